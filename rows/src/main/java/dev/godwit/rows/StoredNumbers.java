package dev.godwit.rows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Numbers as they are stored within blobs: base-128 varints, low groups first, and big-endian longs. */
public final class StoredNumbers {
    private StoredNumbers() {}

    /** Writes a number in 1 to 10 bytes; small ones, taken as unsigned, are short. */
    public static void writeVarint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /**
     * Reads what {@link #writeVarint} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && in.hasRemaining(); shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "a number that does not end within its bytes, or within ten, at byte " + in.position());
    }

    /**
     * Reads a length and as many bytes; makes no array for a length that is more than what is there.
     *
     * @throws IllegalArgumentException if there are fewer bytes than the length says
     */
    public static byte[] readBytes(ByteBuffer in) {
        long length = readVarint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "a length of " + length + ", and " + in.remaining() + " bytes are there");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    /**
     * Reads what {@link #writeLong} wrote.
     *
     * @throws IllegalArgumentException if fewer than eight bytes are there
     */
    public static long readLong(ByteBuffer in) {
        if (in.remaining() < Long.BYTES) {
            throw new IllegalArgumentException("eight bytes are wanted, and " + in.remaining() + " are there");
        }
        return in.getLong();
    }

    /** Writes eight bytes, big-endian. */
    public static void writeLong(ByteArrayOutputStream out, long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }
}
