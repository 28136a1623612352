package dev.godwit.client;

import dev.godwit.model.Value;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One row of a query's result. Columns are found by name, without regard to case, or by place from 0. */
public record Row(List<String> names, List<Value> values) {

    /** The value of a column. */
    public Value value(String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return values.get(i);
            }
        }
        throw new IllegalArgumentException("no column " + name + " among " + names);
    }

    /** The value of a column by its place. */
    public Value value(int column) {
        return values.get(column);
    }

    /** A text; null for NULL. Numbers are printed. */
    public @Nullable String text(String name) {
        Value value = value(name);
        if (value.isNull()) {
            return null;
        }
        return value.kind() == Value.Kind.TEXT ? value.asText() : value.toString();
    }

    /** An integer; 0 for NULL. */
    public long integer(String name) {
        Value value = value(name);
        return value.isNull() ? 0 : value.asLong();
    }

    /** A real; 0 for NULL. Integers are widened. */
    public double real(String name) {
        Value value = value(name);
        if (value instanceof Value.RealValue real) {
            return real.value();
        }
        return value.isNull() ? 0 : value.asLong();
    }

    /** A blob; null for NULL. */
    public byte @Nullable [] blob(String name) {
        return value(name) instanceof Value.BlobValue blob ? blob.value() : null;
    }

    @Override
    public String toString() {
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.get(i) + "=" + values.get(i))
                .collect(Collectors.joining(", "));
    }
}
