package dev.godwit.wire;

import java.nio.charset.StandardCharsets;

/** The four bytes that begin every request and every answer: three that name the protocol, and its version. */
final class Magic {

    static final int BYTES = 4;

    private static final byte VERSION = 1;
    private static final byte[] MAGIC = {'G', 'd', 'w', VERSION};
    private static final int PREVIEW = 32;

    private Magic() {}

    static byte[] bytes() {
        return MAGIC.clone();
    }

    /** Checks the first bytes of a message or stream; there may be fewer than four. */
    static void check(String what, byte[] bytes, int count) {
        for (int i = 0; i < Math.min(count, BYTES - 1); i++) {
            if (bytes[i] != MAGIC[i]) {
                throw notGodwit(what, bytes, count);
            }
        }
        if (count < BYTES) {
            throw WireException.truncated(what + " ends after " + count + " bytes");
        }
        if (bytes[BYTES - 1] != VERSION) {
            throw WireException.unsupported(
                    what + " is of version " + (bytes[BYTES - 1] & 0xff) + " of the protocol, not " + VERSION);
        }
    }

    static WireException notGodwit(String what, byte[] bytes, int count) {
        return new WireException(
                WireException.Kind.NOT_GODWIT,
                what + " does not speak Godwit: it begins with '" + preview(bytes, count)
                        + "'; is there a sign-in page or a proxy in between?");
    }

    private static String preview(byte[] bytes, int count) {
        StringBuilder text = new StringBuilder();
        for (char c : new String(bytes, 0, Math.min(count, PREVIEW), StandardCharsets.ISO_8859_1).toCharArray()) {
            text.append(c >= ' ' && c < 0x7f ? c : '.');
        }
        return text.toString();
    }
}
