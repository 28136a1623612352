package dev.godwit.merge;

import java.util.Arrays;

/** Bytes that grow: numbers in seven bits a byte, low ones first, the shortest way. */
final class PackedWriter {
    private byte[] bytes = new byte[64];
    private int size;

    void number(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** A number of either sign, small ones short. */
    void signed(long value) {
        number((value << 1) ^ (value >> 63));
    }

    /** The number of bytes, then the bytes. */
    void block(byte[] value) {
        number(value.length);
        write(value);
    }

    void write(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), size + (size >> 1)));
        }
    }
}
