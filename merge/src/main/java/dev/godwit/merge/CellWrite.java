package dev.godwit.merge;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does to one cell, whoever looks at it.
 *
 * @param role {@code SET} a value, {@code ADD} a delta, {@code RESET} a counter to a value, or {@code EDIT} a text by splices
 * @param value the value, the delta or the encoded splices
 * @param base the value that this write replaced on the device that made it; null if it was not sent
 */
public record CellWrite(
        ColumnRole role, Value value, @Nullable Value base) {
    /** Checks the components. */
    public CellWrite {
        Objects.requireNonNull(value, "value");
        if (role == ColumnRole.KEY || role == ColumnRole.BASE) {
            throw new IllegalArgumentException("role " + role + " writes nothing");
        }
    }

    /** Sets a value over another. */
    public static CellWrite set(Value value, @Nullable Value base) {
        return new CellWrite(ColumnRole.SET, value, base);
    }

    /** Adds to a counter. */
    public static CellWrite add(long delta) {
        return new CellWrite(ColumnRole.ADD, Value.of(delta), null);
    }

    /** The value that was replaced; NULL if it was not sent. */
    public Value baseOrNull() {
        return base == null ? Value.NULL : base;
    }
}
