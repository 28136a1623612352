package dev.godwit.model;

import java.util.Arrays;
import java.util.List;

/**
 * Rows of one table that say the same thing about the same columns. Changes travel as lists of these, both ways.
 *
 * @param table the table's name
 * @param kind what every row of the block says
 * @param columns the columns, the key columns first, in the key's order
 * @param rows the rows; each has a value per column. The arrays are not copied: whoever hands them over must not write
 *     to them again
 */
public record RowBlock(String table, RowKind kind, List<BlockColumn> columns, List<Value[]> rows) {

    /** A column of a block: its name and what its values are. */
    public record BlockColumn(String name, ColumnRole role) {}

    /** Copies the lists, not the rows. */
    public RowBlock {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        if (columns.isEmpty() || columns.get(0).role() != ColumnRole.KEY) {
            throw new IllegalArgumentException(
                    "columns " + columns + " do not begin with a key column: table " + table);
        }
    }

    /** How many of the columns are key columns; they come first. */
    public int keyWidth() {
        int width = 0;
        while (width < columns.size() && columns.get(width).role() == ColumnRole.KEY) {
            width++;
        }
        return width;
    }

    /** The key of a row of this block. */
    public Key keyOf(Value[] row) {
        return Key.of(Arrays.copyOf(row, keyWidth()));
    }

    /**
     * Whether it says of new rows under which keys they were sealed: their device has given some of them others since (H12), and
     * the bases of the key columns, which stand last and in the key's order, are the first ones.
     */
    public boolean namesSealedKeys() {
        int width = keyWidth();
        int first = columns.size() - width;
        boolean names = kind == RowKind.INSERT && first >= width;
        for (int i = 0; names && i < width; i++) {
            names = columns.get(first + i).equals(new BlockColumn(columns.get(i).name(), ColumnRole.BASE));
        }
        return names;
    }

    /**
     * The key under which a new row was sealed, by which every copy of its device knows it, whatever it calls the row by now. It is
     * the row's own unless the block names another; NULL names none.
     */
    public Key sealedKeyOf(Value[] row) {
        int first = row.length - keyWidth();
        boolean named = namesSealedKeys();
        for (int i = first; named && i < row.length; i++) {
            named = !row[i].isNull();
        }
        return named ? Key.of(Arrays.copyOfRange(row, first, row.length)) : keyOf(row);
    }
}
