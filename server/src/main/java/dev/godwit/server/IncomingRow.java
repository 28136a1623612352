package dev.godwit.server;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One row of a pushed transaction, checked against the schema: its columns are indexes into its table. */
record IncomingRow(Table table, RowKind kind, Key key, int[] columns, boolean[] deltas, Value[] values) {

    /** Every row of these blocks; names, shape and sizes are right. */
    static List<IncomingRow> of(Schema schema, List<RowBlock> blocks, int valueBytes) {
        List<IncomingRow> rows = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (RowBlock block : blocks) {
            Table table = schema.table(block.table())
                    .orElseThrow(
                            () -> refused(
                                    RejectionCode.UNKNOWN_NAME,
                                    "The server has no table '" + block.table()
                                            + "': its schema is older than the application's. Upgrade the server, then retry."));
            Header header = new Header(table, block);
            for (Value[] values : block.rows()) {
                IncomingRow row = header.row(block, values, valueBytes);
                if (!seen.add(List.of(table.name(), row.key()))) {
                    throw new Refused(
                            RejectionCode.MALFORMED,
                            "The transaction names row " + row.key() + " of " + table.name() + " twice.",
                            table.name(),
                            row.key());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Refused refused(RejectionCode code, String message) {
        return new Refused(code, message, null, null);
    }

    /** What all rows of a block share. */
    private static final class Header {
        private final Table table;
        private final int[] columns;
        private final boolean[] deltas;

        Header(Table table, RowBlock block) {
            this.table = table;
            List<BlockColumn> names = block.columns();
            int keys = table.key().size();
            columns = new int[names.size() - keys < 0 ? 0 : names.size() - keys];
            deltas = new boolean[columns.length];
            if (block.keyWidth() != keys || block.kind() == RowKind.LEFT) {
                throw refused(RejectionCode.MALFORMED, "The key of " + table.name() + " has " + keys + " columns.");
            }
            for (int i = 0; i < names.size(); i++) {
                int column = index(names.get(i).name());
                if (i < keys) {
                    checkKey(column, i);
                } else {
                    columns[i - keys] = column;
                    deltas[i - keys] = names.get(i).role() == ColumnRole.ADD;
                    checkRole(column, block.kind(), deltas[i - keys]);
                }
            }
        }

        private int index(String name) {
            return table.columnIndex(name)
                    .orElseThrow(
                            () -> refused(
                                    RejectionCode.UNKNOWN_NAME,
                                    "The server's table " + table.name() + " has no column '" + name
                                            + "': its schema is older than the application's. Upgrade the server, then retry."));
        }

        private void checkKey(int column, int place) {
            if (column != table.key().get(place)) {
                throw refused(
                        RejectionCode.MALFORMED,
                        "The key columns of " + table.name() + " come first, in the key's order.");
            }
        }

        private void checkRole(int column, RowKind kind, boolean delta) {
            boolean counter = table.columns().get(column).merge() == MergeWord.COUNTER;
            boolean wanted = counter && kind == RowKind.UPDATE;
            if (table.isKey(column) || delta != wanted) {
                throw refused(
                        RejectionCode.MALFORMED,
                        "Column " + table.name() + "."
                                + table.columns().get(column).name()
                                + (wanted ? " is a counter and takes deltas." : " takes values."));
            }
        }

        IncomingRow row(RowBlock block, Value[] values, int valueBytes) {
            Key key = block.keyOf(values);
            int keys = table.key().size();
            Value[] cells = new Value[columns.length];
            for (int i = 0; i < columns.length; i++) {
                cells[i] = values[keys + i];
                if (cells[i].size() > valueBytes) {
                    throw new Refused(
                            RejectionCode.SIZE,
                            "Column " + table.columns().get(columns[i]).name() + " of " + table.name() + ", row " + key
                                    + ", holds about " + cells[i].size() + " bytes; the server takes valueBytes = "
                                    + valueBytes
                                    + ".",
                            table.name(),
                            key);
                }
            }
            return new IncomingRow(table, block.kind(), key, columns, deltas, cells);
        }
    }
}
