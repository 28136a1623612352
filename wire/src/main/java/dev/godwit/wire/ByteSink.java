package dev.godwit.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Arrays;

/** Grows as bytes are written to it. A column needs up to seven of these, so an empty one costs next to nothing. */
final class ByteSink {

    private static final byte[] NOTHING = new byte[0];

    private byte[] bytes = NOTHING;
    private int size;

    int size() {
        return size;
    }

    void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void littleEndian(long value) {
        reserve(8);
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    void bigEndian(long value, int count) {
        reserve(count);
        for (int i = count - 1; i >= 0; i--) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    void write(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** What was written. Nothing may be written afterwards: the array is shared. */
    ByteString toByteString() {
        return size == 0 ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(bytes, 0, size);
    }

    /** How many bytes {@link #varint} takes. */
    static int varintSize(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /** How many bytes {@link #zigzag} takes. */
    static int zigzagSize(long value) {
        return varintSize((value << 1) ^ (value >> 63));
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max((long) size + more, bytes.length + (bytes.length >> 1) + 16L);
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, wanted));
        }
    }
}
