package dev.godwit.rows;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects rows into blocks: rows of the same table, kind and columns share one. Blocks come out in the order in which
 * their first row came in.
 */
public final class BlockBuilder {
    private static final BitSet NONE = new BitSet();

    private final Map<Shape, Block> blocks = new LinkedHashMap<>();
    private final Map<String, BitSet> wholes = new HashMap<>();
    private @Nullable Block last;
    private int rows;
    private long bytes;

    /** The table stands for itself by its name: comparing all its columns would cost more than the rows. */
    private record Shape(String table, RowKind kind, BitSet sets, BitSet adds) {}

    private record Block(Table table, Shape shape, List<Value[]> rows) {

        boolean is(Table otherTable, RowKind kind, BitSet sets, BitSet adds) {
            return shape.table.equals(otherTable.name())
                    && shape.kind == kind
                    && shape.sets.equals(sets)
                    && shape.adds.equals(adds);
        }
    }

    /** A whole row: every column that is not part of the key is set. */
    public void addWhole(Table table, Value[] row) {
        add(table, RowKind.INSERT, row, wholes.computeIfAbsent(table.name(), name -> allButTheKey(table)), NONE);
    }

    private static BitSet allButTheKey(Table table) {
        BitSet sets = new BitSet();
        sets.set(0, table.columns().size());
        table.key().forEach(sets::clear);
        return sets;
    }

    /**
     * Some columns of a row.
     *
     * @param row a value per column of the table; only the key and the columns named are read
     * @param sets the columns to be set
     * @param adds the columns whose value is a delta to be added
     */
    public void addUpdate(Table table, Value[] row, BitSet sets, BitSet adds) {
        add(table, RowKind.UPDATE, row, sets, adds);
    }

    /** A row that is gone: {@link RowKind#DELETE} or {@link RowKind#LEFT}. */
    public void addGone(Table table, RowKind kind, Key key) {
        List<Value[]> block = block(table, kind, NONE, NONE);
        Value[] values = key.values().toArray(new Value[0]);
        count(values);
        block.add(values);
    }

    private void add(Table table, RowKind kind, Value[] row, BitSet sets, BitSet adds) {
        List<Value[]> block = block(table, kind, sets, adds);
        Value[] values = new Value[table.key().size() + sets.cardinality() + adds.cardinality()];
        int at = 0;
        for (int k : table.key()) {
            values[at++] = row[k];
        }
        for (int i = sets.nextSetBit(0); i >= 0; i = sets.nextSetBit(i + 1)) {
            values[at++] = row[i];
        }
        for (int i = adds.nextSetBit(0); i >= 0; i = adds.nextSetBit(i + 1)) {
            values[at++] = row[i];
        }
        count(values);
        block.add(values);
    }

    private List<Value[]> block(Table table, RowKind kind, BitSet sets, BitSet adds) {
        Block block = last;
        if (block == null || !block.is(table, kind, sets, adds)) {
            block = blocks.computeIfAbsent(
                    new Shape(table.name(), kind, sets, adds), shape -> new Block(table, shape, new ArrayList<>()));
            last = block;
        }
        return block.rows();
    }

    private void count(Value[] values) {
        rows++;
        for (Value value : values) {
            bytes += value.size();
        }
    }

    /** How many rows were added. */
    public int rowCount() {
        return rows;
    }

    /** About how many bytes their values take. */
    public long byteCount() {
        return bytes;
    }

    /** The blocks. The builder is empty afterwards. */
    public List<RowBlock> build() {
        List<RowBlock> built = new ArrayList<>(blocks.size());
        blocks.forEach((shape, block) ->
                built.add(new RowBlock(shape.table(), shape.kind(), columns(shape, block.table()), block.rows())));
        blocks.clear();
        last = null;
        rows = 0;
        bytes = 0;
        return built;
    }

    private static List<BlockColumn> columns(Shape shape, Table table) {
        List<BlockColumn> columns = new ArrayList<>();
        table.key().forEach(k -> columns.add(column(table, k, ColumnRole.KEY)));
        shape.sets().stream().forEach(i -> columns.add(column(table, i, ColumnRole.SET)));
        shape.adds().stream().forEach(i -> columns.add(column(table, i, ColumnRole.ADD)));
        return columns;
    }

    private static BlockColumn column(Table table, int index, ColumnRole role) {
        return new BlockColumn(table.columns().get(index).name(), role);
    }
}
