package dev.godwit.client;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of a block, seen through the local schema. Columns that the local schema does not have are passed over: an older
 * application takes what it knows, and pulls the rest when it has been upgraded.
 */
final class RowChange {
    private final Table table;
    private final RowBlock block;
    private final int[] columns;
    private final Value[] values;
    private final Value[] blank;

    /**
     * One row of a block; {@link RowChanges} makes them.
     *
     * @param columns for each column of the block its place in the table, or -1
     * @param blank what the columns hold that the block does not name, in a row that comes
     */
    RowChange(Table table, RowBlock block, int[] columns, Value[] values, Value[] blank) {
        this.table = table;
        this.block = block;
        this.columns = columns;
        this.values = values;
        this.blank = blank;
    }

    Table table() {
        return table;
    }

    RowKind kind() {
        return block.kind();
    }

    Key key() {
        return block.keyOf(values);
    }

    /** Whether the row is gone after this change. */
    boolean removes() {
        return RowChanges.isGone(block);
    }

    /** The row after this change, except for columns that are not wanted; null if there is none. */
    Value @Nullable [] applyTo(Value @Nullable [] before, Set<Integer> without) {
        if (removes() || (kind() == RowKind.UPDATE && before == null)) {
            return null;
        }
        Value[] after = before == null ? blank.clone() : before.clone();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0 && !without.contains(columns[i])) {
                after[columns[i]] = valueOf(i, after[columns[i]]);
            }
        }
        return after;
    }

    /** The row after this change; null if there is none. */
    Value @Nullable [] applyTo(Value @Nullable [] before) {
        return applyTo(before, Set.of());
    }

    private Value valueOf(int position, Value current) {
        if (block.columns().get(position).role() != ColumnRole.ADD) {
            return values[position];
        }
        long sum = current.kind() == Value.Kind.INTEGER ? current.asLong() : 0;
        return Value.of(Math.addExact(sum, values[position].asLong()));
    }

    /** A whole row made of this change alone; columns that it does not name have their default if it inserts, else NULL. */
    Value[] wholeRow() {
        Value[] row = blank.clone();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0) {
                row[columns[i]] = values[i];
            }
        }
        return row;
    }
}
