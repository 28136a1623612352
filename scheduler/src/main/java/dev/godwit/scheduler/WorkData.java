package dev.godwit.scheduler;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Small data of a work: names with texts, longs, doubles, booleans, byte arrays, or lists of these. Immutable; byte arrays are
 * copied in and out.
 *
 * <p>Encoded as the names in order, each a UTF-8 text with a length of four bytes, a letter for the type, and the value.
 */
public final class WorkData {
    /** No data. */
    public static final WorkData EMPTY = new WorkData(new TreeMap<>());

    private final Map<String, Object> values;

    private WorkData(Map<String, Object> values) {
        this.values = values;
    }

    /** One value. */
    public static WorkData of(String name, Object value) {
        return EMPTY.with(name, value);
    }

    /**
     * The same data and one more value, or another under this name.
     *
     * @throws IllegalArgumentException if the value is of no type that can be kept
     */
    public WorkData with(String name, Object value) {
        TreeMap<String, Object> copy = new TreeMap<>(values);
        copy.put(name, kept(name, value));
        return new WorkData(copy);
    }

    private static Object kept(String name, Object value) {
        if (value instanceof Integer number) {
            return (long) number;
        } else if (value instanceof byte[] bytes) {
            return bytes.clone();
        } else if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            for (Object each : list) {
                if (each instanceof List) {
                    throw new IllegalArgumentException(name + ": a list in a list; make it flat");
                }
                copy.add(kept(name, each));
            }
            return Collections.unmodifiableList(copy);
        } else if (value instanceof String
                || value instanceof Long
                || value instanceof Double
                || value instanceof Boolean) {
            return value;
        }
        throw new IllegalArgumentException(name + ": " + value.getClass().getName()
                + " cannot be kept; use a text, long, double, boolean, byte[] or a list of them");
    }

    /** All of these data, and of the others where a name is in both. */
    public WorkData overwrittenBy(WorkData other) {
        TreeMap<String, Object> copy = new TreeMap<>(values);
        copy.putAll(other.values);
        return new WorkData(copy);
    }

    /** Both data; each value becomes a list, and lists of one name are joined. */
    public WorkData collectedWith(WorkData other) {
        TreeMap<String, Object> copy = new TreeMap<>();
        values.forEach((name, value) -> copy.put(name, list(value)));
        other.values.forEach((name, value) -> copy.merge(name, list(value), (a, b) -> {
            List<Object> joined = new ArrayList<>(list(a));
            joined.addAll(list(b));
            return Collections.unmodifiableList(joined);
        }));
        return new WorkData(copy);
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of(value);
    }

    /** The text of this name, if there is one. */
    public Optional<String> text(String name) {
        return get(name, String.class);
    }

    /** The long of this name, if there is one. */
    public Optional<Long> number(String name) {
        return get(name, Long.class);
    }

    /** The double of this name, if there is one. */
    public Optional<Double> real(String name) {
        return get(name, Double.class);
    }

    /** Whether there is a true of this name. */
    public boolean isTrue(String name) {
        return get(name, Boolean.class).orElse(false);
    }

    /** The bytes of this name, if there are any. */
    public Optional<byte[]> bytes(String name) {
        return get(name, byte[].class).map(byte[]::clone);
    }

    /** The list of this name; a list of one if there is a single value, and empty if there is none. */
    public List<Object> list(String name) {
        Object value = values.get(name);
        return value == null ? List.of() : List.copyOf(list(value));
    }

    private <T> Optional<T> get(String name, Class<T> type) {
        Object value = values.get(name);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }

    /** Whether there is nothing in it. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** The names, in order. */
    public List<String> names() {
        return List.copyOf(values.keySet());
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Map.Entry<String, Object> entry : values.entrySet()) {
                writeBytes(out, entry.getKey().getBytes(StandardCharsets.UTF_8));
                write(out, entry.getValue());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Object value) throws IOException {
        if (value instanceof String text) {
            out.writeByte('t');
            writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof Long number) {
            out.writeByte('l');
            out.writeLong(number);
        } else if (value instanceof Double real) {
            out.writeByte('d');
            out.writeDouble(real);
        } else if (value instanceof Boolean yes) {
            out.writeByte(yes ? 'y' : 'n');
        } else if (value instanceof byte[] bytes) {
            out.writeByte('b');
            writeBytes(out, bytes);
        } else {
            List<?> list = (List<?>) value;
            out.writeByte('a');
            out.writeInt(list.size());
            for (Object each : list) {
                write(out, each);
            }
        }
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Reads what {@link #encode()} wrote. */
    static WorkData decode(byte[] bytes) {
        TreeMap<String, Object> values = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            while (in.available() > 0) {
                values.put(new String(readBytes(in), StandardCharsets.UTF_8), read(in));
            }
        } catch (IOException e) {
            throw new IllegalStateException("data of a work that cannot be read: " + bytes.length + " bytes", e);
        }
        return new WorkData(values);
    }

    private static Object read(DataInputStream in) throws IOException {
        int type = in.readByte();
        return switch (type) {
            case 't' -> new String(readBytes(in), StandardCharsets.UTF_8);
            case 'l' -> in.readLong();
            case 'd' -> in.readDouble();
            case 'y' -> true;
            case 'n' -> false;
            case 'b' -> readBytes(in);
            case 'a' -> {
                List<Object> list = new ArrayList<>();
                for (int n = in.readInt(); n > 0; n--) {
                    list.add(read(in));
                }
                yield Collections.unmodifiableList(list);
            }
            default -> throw new IOException("type " + type);
        };
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("length " + length);
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WorkData data && Arrays.equals(encode(), data.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encode());
    }

    /** The names only: what is in it may be private. */
    @Override
    public String toString() {
        return "WorkData" + values.keySet();
    }
}
