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

    /** Reads what {@link #writeVarint} wrote. */
    public static long readVarint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** Writes eight bytes, as {@link ByteBuffer#getLong} reads them. */
    public static void writeLong(ByteArrayOutputStream out, long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            out.write((int) (value >>> shift));
        }
    }
}
