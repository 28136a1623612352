package dev.godwit.client;

import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Defaults;
import dev.godwit.wire.WireException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Reads blocks through the local schema. Not safe for use by two threads. */
final class RowChanges {
    private final Schema schema;
    private final Defaults defaults;

    RowChanges(Schema schema, Defaults defaults) {
        this.schema = schema;
        this.defaults = defaults;
    }

    /** Every row of these blocks whose table the schema has, in order. */
    void forEach(List<RowBlock> blocks, Consumer<RowChange> visitor) {
        forEach(blocks, visitor, block -> true);
    }

    /** The same, those that go before those that come, which may have their place: SQL may take two keys for one (H4). */
    void forEachGoneFirst(List<RowBlock> blocks, Consumer<RowChange> visitor) {
        forEach(blocks, visitor, RowChanges::isGone);
        forEach(blocks, visitor, block -> !isGone(block));
    }

    /** The same, those that go at the end: children turn away from a parent before it goes. */
    void forEachGoneLast(List<RowBlock> blocks, Consumer<RowChange> visitor) {
        forEach(blocks, visitor, block -> !isGone(block));
        forEach(blocks, visitor, RowChanges::isGone);
    }

    static boolean isGone(RowBlock block) {
        return block.kind() == RowKind.DELETE || block.kind() == RowKind.LEFT;
    }

    private void forEach(List<RowBlock> blocks, Consumer<RowChange> visitor, Predicate<RowBlock> which) {
        for (RowBlock block : blocks) {
            Optional<Table> table = schema.table(block.table());
            if (table.isPresent() && which.test(block)) {
                int[] columns = columns(table.get(), block);
                Value[] blank = blank(table.get(), block, columns);
                for (Value[] values : block.rows()) {
                    visitor.accept(new RowChange(table.get(), block, columns, values, blank));
                }
            }
        }
    }

    private static int[] columns(Table table, RowBlock block) {
        int[] columns = new int[block.columns().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = table.columnIndex(block.columns().get(i).name()).orElse(-1);
        }
        List<Integer> key =
                Arrays.stream(columns).limit(block.keyWidth()).boxed().toList();
        if (!key.equals(table.key())) {
            throw new WireException(
                    WireException.Kind.MALFORMED,
                    "rows of " + table.name() + " come with another key than the local schema gives them: compare the"
                            + " schema files of device and server");
        }
        return columns;
    }

    /** An insert that is older than a column leaves it to its default, as the server does. It may name its key twice. */
    private Value[] blank(Table table, RowBlock block, int[] columns) {
        int width = table.columns().size();
        if (block.kind() == RowKind.INSERT
                && Arrays.stream(columns).filter(c -> c >= 0).distinct().count() < width) {
            return defaults.row(table);
        }
        Value[] nulls = new Value[width];
        Arrays.fill(nulls, Value.NULL);
        return nulls;
    }
}
