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
    private static final Written NOTHING = new Written();

    private final Map<Shape, Block> blocks = new LinkedHashMap<>();
    private final Map<String, Written> wholes = new HashMap<>();
    private @Nullable Block last;
    private int rows;
    private long bytes;
    private int names;

    /**
     * Which columns a change writes and how, as indexes into the table; of those in {@code bases} it also says what they were.
     */
    public record Written(BitSet sets, BitSet adds, BitSet resets, BitSet edits, BitSet bases) {
        /** No column yet. */
        public Written() {
            this(new BitSet(), new BitSet(), new BitSet(), new BitSet(), new BitSet());
        }

        /** Columns that are set, without what they were. */
        public static Written set(BitSet columns) {
            return new Written(columns, new BitSet(), new BitSet(), new BitSet(), new BitSet());
        }

        /** Notes that a column is written so. */
        public void note(int column, ColumnRole role) {
            of(role).set(column);
        }

        private BitSet of(ColumnRole role) {
            return switch (role) {
                case SET -> sets;
                case ADD -> adds;
                case RESET -> resets;
                case EDIT -> edits;
                case BASE -> bases;
                case KEY -> throw new IllegalArgumentException("KEY: the table says which columns are its key");
            };
        }

        /** Whether no column is written. */
        public boolean isEmpty() {
            return sets.isEmpty() && adds.isEmpty() && resets.isEmpty() && edits.isEmpty();
        }

        private int width() {
            return sets.cardinality()
                    + adds.cardinality()
                    + resets.cardinality()
                    + edits.cardinality()
                    + bases.cardinality();
        }
    }

    /** In the order in which they stand in a block, behind the key. */
    private static final List<ColumnRole> ROLES =
            List.of(ColumnRole.SET, ColumnRole.ADD, ColumnRole.RESET, ColumnRole.EDIT, ColumnRole.BASE);

    /** The table stands for itself by its name: comparing all its columns would cost more than the rows. */
    private record Shape(String table, RowKind kind, Written written) {}

    private record Block(Table table, Shape shape, List<Value[]> rows) {

        boolean is(Table otherTable, RowKind kind, Written written) {
            return shape.table.equals(otherTable.name()) && shape.kind == kind && shape.written.equals(written);
        }
    }

    /** A whole row: every column that is not part of the key is set. */
    public void addWhole(Table table, Value[] row) {
        Written whole = wholes.computeIfAbsent(table.name(), name -> Written.set(allButTheKey(table)));
        add(table, RowKind.INSERT, row, row, whole);
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
     * @param row a value per column of the table; only the key and the columns that are written are read
     * @param before the row as it was; only the columns in {@code written.bases()} are read
     * @param written must not change any more
     */
    public void addUpdate(Table table, Value[] row, Value[] before, Written written) {
        add(table, RowKind.UPDATE, row, before, written);
    }

    /** A row that is gone: {@link RowKind#DELETE} or {@link RowKind#LEFT}. */
    public void addGone(Table table, RowKind kind, Key key) {
        List<Value[]> block = block(table, kind, NOTHING);
        Value[] values = key.values().toArray(new Value[0]);
        count(values);
        block.add(values);
    }

    private void add(Table table, RowKind kind, Value[] row, Value[] before, Written written) {
        List<Value[]> block = block(table, kind, written);
        Value[] values = new Value[table.key().size() + written.width()];
        int at = 0;
        for (int k : table.key()) {
            values[at++] = row[k];
        }
        for (ColumnRole role : ROLES) {
            BitSet columns = written.of(role);
            Value[] from = role == ColumnRole.BASE ? before : row;
            for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
                values[at++] = from[i];
            }
        }
        count(values);
        block.add(values);
    }

    private List<Value[]> block(Table table, RowKind kind, Written written) {
        Block block = last;
        if (block == null || !block.is(table, kind, written)) {
            block = blocks.computeIfAbsent(new Shape(table.name(), kind, written), shape -> begin(table, shape));
            last = block;
        }
        return block.rows();
    }

    private Block begin(Table table, Shape shape) {
        nameAdded(table.name());
        table.key().forEach(k -> nameAdded(table.columns().get(k).name()));
        for (ColumnRole role : ROLES) {
            shape.written().of(role).stream()
                    .forEach(i -> nameAdded(table.columns().get(i).name()));
        }
        return new Block(table, shape, new ArrayList<>());
    }

    private void nameAdded(String name) {
        names++;
        bytes += name.length();
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

    /** About how many bytes their values and the names that go with them take. */
    public long byteCount() {
        return bytes;
    }

    /** How many names they carry, which is most of a block of few rows: of its table, and of each of its columns. */
    public int nameCount() {
        return names;
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
        names = 0;
        return built;
    }

    private static List<BlockColumn> columns(Shape shape, Table table) {
        List<BlockColumn> columns = new ArrayList<>();
        table.key().forEach(k -> columns.add(column(table, k, ColumnRole.KEY)));
        for (ColumnRole role : ROLES) {
            shape.written().of(role).stream().forEach(i -> columns.add(column(table, i, role)));
        }
        return columns;
    }

    private static BlockColumn column(Table table, int index, ColumnRole role) {
        return new BlockColumn(table.columns().get(index).name(), role);
    }
}
