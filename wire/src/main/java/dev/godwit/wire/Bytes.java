package dev.godwit.wire;

import java.util.Arrays;

/** A short, immutable string of bytes, compared by content. */
public record Bytes(byte[] value) {

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    /** Copies the array. */
    public Bytes {
        value = value.clone();
    }

    /** These bytes; the array is copied. */
    public static Bytes of(byte... value) {
        return value.length == 0 ? EMPTY : new Bytes(value);
    }

    /** A copy of the bytes. */
    @Override
    public byte[] value() {
        return value.clone();
    }

    /** How many there are. */
    public int size() {
        return value.length;
    }

    /** True if there are none. */
    public boolean isEmpty() {
        return value.length == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** In hexadecimal. */
    @Override
    public String toString() {
        StringBuilder hex = new StringBuilder(2 * value.length);
        for (byte b : value) {
            hex.append(Character.forDigit((b >> 4) & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
        }
        return hex.toString();
    }
}
