package dev.godwit.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The primary key of a row: one value per key column, in the order of {@link Table#key()}; none of them NULL.
 *
 * <p>Keys come from other machines, and many texts that have one hash code are easily made. The order, which means nothing else
 * and agrees with {@link #equals}, lets the JDK's hash tables find such keys among each other without looking at them all.
 */
public record Key(List<Value> values) implements Comparable<Key> {

    /** Copies the list and checks it. */
    public Key {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values is empty: a key has at least one column");
        }
        for (Value value : values) {
            if (value.isNull()) {
                throw new IllegalArgumentException("values holds NULL: " + values);
            }
        }
    }

    /** A key of these values. */
    public static Key of(Value... values) {
        return new Key(List.of(values));
    }

    @Override
    public int compareTo(Key other) {
        int result = Integer.compare(values.size(), other.values.size());
        for (int i = 0; result == 0 && i < values.size(); i++) {
            result = compare(values.get(i), other.values.get(i));
        }
        return result;
    }

    private static int compare(Value one, Value other) {
        if (one.kind() != other.kind()) {
            return one.kind().compareTo(other.kind());
        }
        return switch (one.kind()) {
            case NULL -> 0;
            case INTEGER -> Long.compare(one.asLong(), other.asLong());
            case REAL -> Double.compare(((Value.RealValue) one).value(), ((Value.RealValue) other).value());
            case TEXT -> one.asText().compareTo(other.asText());
            case BLOB -> Arrays.compare(((Value.BlobValue) one).value(), ((Value.BlobValue) other).value());
        };
    }

    @Override
    public String toString() {
        return values.stream().map(Value::toString).collect(Collectors.joining(", "));
    }
}
