package dev.godwit.rows;

import dev.godwit.model.Key;
import dev.godwit.model.Value;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Keys as bytes, for metadata that holds keys of every table in one column.
 *
 * <p>Per value a tag, then: 1 a zigzag varint (integer), 2 eight bytes (real), 3 a length varint and UTF-8 (text), 4 a
 * length varint and bytes (blob), 5 sixteen bytes (a text that is a UUID in canonical lower case). One key has exactly one
 * encoding; the order of the bytes means nothing.
 */
public final class KeyCodec {
    /** What a key takes at most. The place in a download is a key, and each request names one for each scope. */
    public static final int MOST_BYTES = 64 << 10;

    private KeyCodec() {}

    /** Whether a key takes no more than it may. */
    public static boolean fits(Key key) {
        long size = 0;
        for (Value value : key.values()) {
            size += value.size();
        }
        // a character takes three bytes at most, and a number or a length ten
        return size <= MOST_BYTES / 4 || encode(key).length <= MOST_BYTES;
    }

    /** The bytes of a key. */
    public static byte[] encode(Key key) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(24);
        for (Value value : key.values()) {
            write(out, value);
        }
        return out.toByteArray();
    }

    /**
     * The key of bytes that {@link #encode} made.
     *
     * @throws IllegalArgumentException if they are something else
     */
    public static Key decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        List<Value> values = new ArrayList<>(2);
        while (in.hasRemaining()) {
            values.add(read(in));
        }
        return new Key(values);
    }

    private static void write(ByteArrayOutputStream out, Value value) {
        if (value instanceof Value.IntegerValue integer) {
            out.write(1);
            StoredNumbers.writeVarint(out, (integer.value() << 1) ^ (integer.value() >> 63));
        } else if (value instanceof Value.RealValue real) {
            out.write(2);
            StoredNumbers.writeLong(out, Double.doubleToRawLongBits(real.value()));
        } else if (value instanceof Value.TextValue text) {
            writeText(out, text.value());
        } else if (value instanceof Value.BlobValue blob) {
            out.write(4);
            writeBytes(out, blob.value());
        } else {
            throw new IllegalArgumentException("not a key value: " + value);
        }
    }

    private static void writeText(ByteArrayOutputStream out, String text) {
        UUID uuid = canonicalUuid(text);
        if (uuid == null) {
            out.write(3);
            writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
        } else {
            out.write(5);
            StoredNumbers.writeLong(out, uuid.getMostSignificantBits());
            StoredNumbers.writeLong(out, uuid.getLeastSignificantBits());
        }
    }

    private static @org.jspecify.annotations.Nullable UUID canonicalUuid(String text) {
        if (text.length() != 36) {
            return null;
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (dash ? c != '-' : !hex) {
                return null;
            }
        }
        return UUID.fromString(text);
    }

    private static Value read(ByteBuffer in) {
        byte tag = in.get();
        return switch (tag) {
            case 1 -> {
                long zigzag = StoredNumbers.readVarint(in);
                yield Value.of((zigzag >>> 1) ^ -(zigzag & 1));
            }
            case 2 -> Value.of(Double.longBitsToDouble(StoredNumbers.readLong(in)));
            case 3 -> Value.of(new String(StoredNumbers.readBytes(in), StandardCharsets.UTF_8));
            case 4 -> Value.of(StoredNumbers.readBytes(in));
            case 5 -> Value.of(new UUID(StoredNumbers.readLong(in), StoredNumbers.readLong(in)).toString());
            default -> throw new IllegalArgumentException("not a key: tag " + tag);
        };
    }

    private static void writeBytes(ByteArrayOutputStream out, byte[] bytes) {
        StoredNumbers.writeVarint(out, bytes.length);
        out.writeBytes(bytes);
    }
}
