package dev.godwit.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** UUIDs as sixteen bytes, and texts that are one: 36 characters, in lower case, hyphens in their places. */
final class Uuids {

    static final int BYTES = 16;
    static final int CHARS = 36;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < DIGITS.length; i++) {
            VALUES[DIGITS[i]] = (byte) i;
        }
    }

    private Uuids() {}

    static ByteString toBytes(UUID id) {
        return UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }

    static UUID ofBytes(String what, ByteString bytes) {
        if (bytes.size() != BYTES) {
            throw WireException.malformed(what + " has " + bytes.size() + " bytes, not " + BYTES);
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /** Whether a text looks like one by its length and hyphens: a guess for estimates. */
    static boolean resembles(String text) {
        return text.length() == CHARS && text.charAt(8) == '-' && text.charAt(23) == '-';
    }

    /** Writes a text's sixteen bytes if it is a UUID; else writes nothing and returns false. */
    static boolean writeIfUuid(String text, ByteSink sink) {
        if (text.length() != CHARS) {
            return false;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < CHARS; i++) {
            char c = text.charAt(i);
            if (isHyphenPlace(i)) {
                if (c != '-') {
                    return false;
                }
                continue;
            }
            int digit = c < VALUES.length ? VALUES[c] : -1;
            if (digit < 0) {
                return false;
            }
            high = (high << 4) | (low >>> 60);
            low = (low << 4) | digit;
        }
        sink.bigEndian(high, 8);
        sink.bigEndian(low, 8);
        return true;
    }

    /** The text of sixteen bytes. */
    static String text(byte[] bytes, int offset) {
        byte[] chars = new byte[CHARS];
        int from = offset;
        for (int i = 0; i < CHARS; ) {
            if (isHyphenPlace(i)) {
                chars[i++] = '-';
            } else {
                chars[i++] = DIGITS[(bytes[from] >> 4) & 0xf];
                chars[i++] = DIGITS[bytes[from++] & 0xf];
            }
        }
        return new String(chars, StandardCharsets.ISO_8859_1);
    }

    private static boolean isHyphenPlace(int i) {
        return i == 8 || i == 13 || i == 18 || i == 23;
    }
}
