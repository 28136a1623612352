package dev.godwit.merge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link PackedWriter} has written. Anything else is an {@link IllegalArgumentException}: what ends too early, a
 * number that is longer than it needs to be or too great, text that is not UTF-8. It makes nothing that is larger than the
 * bytes that are there.
 */
final class PackedReader {
    private final byte[] bytes;
    private int at;

    PackedReader(byte[] bytes) {
        this.bytes = bytes;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int part = next();
            value |= (part & 0x7fL) << shift;
            if ((part & 0x80) == 0) {
                if ((part == 0 && shift > 0) || (shift == 63 && part > 1)) {
                    throw bad("a number that is too long");
                }
                return value;
            }
        }
        throw bad("a number of more than 64 bits");
    }

    /** A number from 0 to the most that it can be here. */
    int number(int most) {
        long value = number();
        if (value < 0 || value > most) {
            throw bad("the number " + value + ", at most " + most);
        }
        return (int) value;
    }

    long signed() {
        long value = number();
        return (value >>> 1) ^ -(value & 1);
    }

    byte[] block() {
        int length = length();
        byte[] block = new byte[length];
        System.arraycopy(bytes, at, block, 0, length);
        at += length;
        return block;
    }

    String text() {
        int length = length();
        String text = utf8(bytes, at, length);
        at += length;
        return text;
    }

    /** Text, and nothing but. */
    static String utf8(byte[] bytes) {
        return utf8(bytes, 0, bytes.length);
    }

    private static String utf8(byte[] bytes, int from, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException(
                    "text that is not UTF-8, in the " + length + " bytes from byte " + from + " on");
        }
    }

    int left() {
        return bytes.length - at;
    }

    /** A number of bytes that are there. */
    private int length() {
        int length = number(bytes.length);
        if (length > bytes.length - at) {
            throw bad("the end too early");
        }
        return length;
    }

    void end() {
        if (at != bytes.length) {
            throw bad("more than there should be");
        }
    }

    IllegalArgumentException bad(String what) {
        return new IllegalArgumentException(what + ", at byte " + at + " of " + bytes.length);
    }

    private int next() {
        if (at == bytes.length) {
            throw bad("the end too early");
        }
        return bytes[at++] & 0xff;
    }
}
