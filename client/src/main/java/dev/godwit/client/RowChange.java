package dev.godwit.client;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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

    private RowChange(Table table, RowBlock block, int[] columns, Value[] values) {
        this.table = table;
        this.block = block;
        this.columns = columns;
        this.values = values;
    }

    /** Every row of these blocks whose table the schema has, in order. */
    static void forEach(Schema schema, List<RowBlock> blocks, Consumer<RowChange> visitor) {
        for (RowBlock block : blocks) {
            Optional<Table> table = schema.table(block.table());
            if (table.isEmpty()) {
                continue;
            }
            int[] columns = columns(table.get(), block);
            for (Value[] values : block.rows()) {
                visitor.accept(new RowChange(table.get(), block, columns, values));
            }
        }
    }

    private static int[] columns(Table table, RowBlock block) {
        int[] columns = new int[block.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = table.columnIndex(block.columns().get(i).name()).orElse(-1);
        }
        return columns;
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
        return kind() == RowKind.DELETE || kind() == RowKind.LEFT;
    }

    /** The row after this change, except for columns that are not wanted; null if there is none. */
    Value @Nullable [] applyTo(Value @Nullable [] before, Set<Integer> without) {
        if (removes() || (kind() == RowKind.UPDATE && before == null)) {
            return null;
        }
        Value[] after = before == null ? blank() : before.clone();
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

    /** A whole row made of this change alone, the columns it does not name being NULL. */
    Value[] wholeRow() {
        Value[] row = blank();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0) {
                row[columns[i]] = values[i];
            }
        }
        return row;
    }

    private Value[] blank() {
        Value[] blank = new Value[table.columns().size()];
        Arrays.fill(blank, Value.NULL);
        return blank;
    }
}
