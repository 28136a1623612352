package dev.godwit.testing;

import dev.godwit.wire.Gzip;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Bytes that nobody honest sends, made by hand as the protocol's page describes them. */
final class HostileBytes {
    /** More fields than any message may have. */
    static final int MILLION = 1_000_001;

    private HostileBytes() {}

    /** A message that has an empty message in this field, a million times. */
    static byte[] repeated(int field) {
        byte[] bytes = new byte[2 * MILLION];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = (byte) (field << 3 | 2);
        }
        return bytes;
    }

    /** A million groups that are opened, each inside the last. */
    static byte[] groups() {
        byte[] bytes = new byte[MILLION];
        Arrays.fill(bytes, (byte) 0x7b);
        return bytes;
    }

    /** Wraps a message in a field of this number, that in one of the next, and so on. */
    static byte[] nest(byte[] message, int... fields) {
        byte[] wrapped = message;
        for (int field : fields) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(field << 3 | 2);
            for (int rest = wrapped.length; ; rest >>>= 7) {
                bytes.write(rest > 0x7f ? rest & 0x7f | 0x80 : rest);
                if (rest <= 0x7f) {
                    break;
                }
            }
            bytes.writeBytes(wrapped);
            wrapped = bytes.toByteArray();
        }
        return wrapped;
    }

    /** A request that holds this message. */
    static byte[] request(byte[] message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {'G', 'd', 'w', 1});
        bytes.writeBytes(message);
        return bytes.toByteArray();
    }

    /** What inflates a thousandfold, to sixty megabytes: as a request a blob of them, as an answer a frame of them. */
    static byte[] bomb() {
        byte[] zeros = new byte[60 << 20];
        // the magic, and a length of fifty million
        byte[] head = {'G', 'd', 'w', 1, (byte) 0x80, (byte) 0xe1, (byte) 0xeb, 0x17};
        System.arraycopy(head, 0, zeros, 0, head.length);
        byte[] bomb = Gzip.compress(zeros);
        if (zeros.length / bomb.length < 900) {
            throw new IllegalStateException("no bomb: " + bomb.length + " bytes");
        }
        return bomb;
    }
}
