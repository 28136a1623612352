package dev.godwit.model;

import java.util.List;
import java.util.stream.Collectors;

/** The primary key of a row: one value per key column, in the order of {@link Table#key()}; none of them NULL. */
public record Key(List<Value> values) {

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
    public String toString() {
        return values.stream().map(Value::toString).collect(Collectors.joining(", "));
    }
}
