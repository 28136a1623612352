package dev.godwit.client;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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

    /**
     * The row after this change of the server's; null if there is none.
     *
     * @throws ServerTexts.OtherText if edits of a text were made on another one
     */
    Value @Nullable [] applyTo(Value @Nullable [] before, ServerTexts texts) {
        return after(
                before,
                Set.of(),
                (place, current) -> texts.after(
                        this, columns[place], block.columns().get(place).role(), current, values[place]));
    }

    /** Whether this change edits a text: its places are in what stood there before. */
    boolean edits() {
        return block.columns().stream().anyMatch(c -> c.role() == ColumnRole.EDIT);
    }

    /** Whether this change edits the text in a column. */
    boolean edits(int column) {
        CellWrite write = writeOf(column);
        return write != null && write.role() == ColumnRole.EDIT;
    }

    /**
     * The row after this change of our own, by the rules of its columns, except for those that are not wanted; null if there is
     * none.
     *
     * @throws ArithmeticException if a counter would overflow
     * @throws IllegalArgumentException if edits of a text were not made on the text that is there
     */
    Value @Nullable [] predictOn(Value @Nullable [] before, Set<Integer> without) {
        return after(before, without, this::predicted);
    }

    private Value @Nullable [] after(Value @Nullable [] before, Set<Integer> without, Cell cell) {
        if (removes() || (kind() == RowKind.UPDATE && before == null)) {
            return null;
        }
        Value[] after = before == null ? blank.clone() : before.clone();
        for (int i = 0; i < columns.length; i++) {
            boolean isBase = block.columns().get(i).role() == ColumnRole.BASE;
            if (!isBase && columns[i] >= 0 && !without.contains(columns[i])) {
                after[columns[i]] = cell.after(i, after[columns[i]]);
            }
        }
        return after;
    }

    private interface Cell {
        Value after(int place, Value current);
    }

    private Value predicted(int place, Value current) {
        ColumnRole role = block.columns().get(place).role();
        if (kind() == RowKind.INSERT || !role.writes()) {
            return values[place];
        }
        return ColumnRule.of(table.columns().get(columns[place])).predict(current, write(place));
    }

    /**
     * The row as a person who writes the change again wants it: who has seen what is there need not wait for a person, and what
     * was counted is what was counted.
     *
     * @param before the row as it is; null if there is none
     */
    Value @Nullable [] writtenOn(Value @Nullable [] before) {
        return after(
                before,
                Set.of(),
                (place, current) -> isWrittenWhole(place) ? values[place] : predicted(place, current));
    }

    private boolean isWrittenWhole(int place) {
        ColumnRole role = block.columns().get(place).role();
        return kind() != RowKind.INSERT
                && (role == ColumnRole.RESET
                        || (role.writes() && table.columns().get(columns[place]).merge() == MergeWord.MANUAL));
    }

    /** Which columns it says are counted. */
    List<Integer> counted() {
        return IntStream.range(0, columns.length)
                .filter(place -> block.columns().get(place).role() == ColumnRole.RESET)
                .mapToObj(place -> columns[place])
                .toList();
    }

    private CellWrite write(int place) {
        Value base = null;
        for (int i = place + 1; i < columns.length; i++) {
            boolean isBase = block.columns().get(i).role() == ColumnRole.BASE;
            base = isBase && columns[i] == columns[place] ? values[i] : base;
        }
        return new CellWrite(block.columns().get(place).role(), values[place], base);
    }

    /** What this change does to a column, or null if it leaves it alone. */
    @Nullable
    CellWrite writeOf(int column) {
        for (int i = block.keyWidth(); i < columns.length; i++) {
            if (columns[i] == column && block.columns().get(i).role() != ColumnRole.BASE) {
                return write(i);
            }
        }
        return null;
    }

    /** Whether it says what every column holds. */
    boolean namesAll() {
        return IntStream.range(0, table.columns().size())
                .allMatch(column -> table.isKey(column) || writeOf(column) != null);
    }

    /** A whole row made of this change alone; columns that it does not name have their default if it inserts, else NULL. */
    Value[] wholeRow() {
        Value[] row = blank.clone();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0 && block.columns().get(i).role() != ColumnRole.BASE) {
                row[columns[i]] = values[i];
            }
        }
        return row;
    }
}
