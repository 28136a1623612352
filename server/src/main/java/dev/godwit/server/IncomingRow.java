package dev.godwit.server;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.rows.KeyCodec;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One row of a pushed transaction, checked against the schema: its columns are indexes into its table.
 *
 * @param fillsGaps whether it was another row that is one with the stored one now: where that says nothing, it does
 */
record IncomingRow(Table table, RowKind kind, Key key, int[] columns, CellWrite[] writes, boolean fillsGaps) {

    /** Every row of these blocks; names, shape and sizes are right. */
    static List<IncomingRow> of(Schema schema, List<RowBlock> blocks, int valueBytes) {
        List<IncomingRow> rows = new ArrayList<>();
        Set<Works.Place> seen = new HashSet<>();
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
                if (!KeyCodec.fits(row.key())) {
                    throw refused(
                            RejectionCode.SIZE,
                            "A key of " + table.name() + " takes more than " + KeyCodec.MOST_BYTES
                                    + " bytes. Give the row a short key.");
                }
                if (!seen.add(new Works.Place(table.name(), row.key()))) {
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

    /** Where it writes a column, or -1 if it does not. */
    int indexOf(int column) {
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] == column) {
                return i;
            }
        }
        return -1;
    }

    /** The same under another key. */
    IncomingRow withKey(Key other) {
        return new IncomingRow(table, kind, other, columns, writes, fillsGaps);
    }

    /** The same with another value in one of the columns that it writes. */
    IncomingRow withValue(int place, Value value) {
        CellWrite[] others = writes.clone();
        others[place] = new CellWrite(writes[place].role(), value, writes[place].base());
        return new IncomingRow(table, kind, key, columns, others, fillsGaps);
    }

    /** The whole row that an insert makes. */
    Value[] complete(StoreWriter store) {
        int width = table.columns().size();
        Value[] row = columns.length + table.key().size() == width ? new Value[width] : store.defaults(table);
        for (int i = 0; i < table.key().size(); i++) {
            row[table.key().get(i)] = key.values().get(i);
        }
        for (int i = 0; i < columns.length; i++) {
            row[columns[i]] = writes[i].value();
        }
        return row;
    }

    /** What the row says, as a value for people and programs: an encoded block. */
    Value image() {
        BlockBuilder block = new BlockBuilder();
        Value[] row = new Value[table.columns().size()];
        for (int i = 0; i < key.values().size(); i++) {
            row[table.key().get(i)] = key.values().get(i);
        }
        BlockBuilder.Written written = new BlockBuilder.Written();
        for (int i = 0; i < columns.length; i++) {
            row[columns[i]] = writes[i].value();
            written.note(columns[i], writes[i].role());
        }
        block.addUpdate(table, row, row, written);
        return Value.of(Changes.encode(block.build()));
    }

    /** The same of the whole row that the change makes of another; of the change alone if it has no place on that. */
    Value imageOn(Value[] was) {
        Value[] row = was.clone();
        try {
            for (int i = 0; i < columns.length; i++) {
                row[columns[i]] = ColumnRule.of(table.columns().get(columns[i])).predict(was[columns[i]], writes[i]);
            }
        } catch (ArithmeticException | IllegalArgumentException hasNoPlace) {
            return image();
        }
        return MissingParents.image(table, row);
    }

    /** What all rows of a block share. */
    private static final class Header {
        private final Table table;
        private final List<BlockColumn> names;
        private final int[] columns;
        /** For each of them where in the block its base stands, or -1. */
        private final int[] bases;

        Header(Table table, RowBlock block) {
            this.table = table;
            this.names = block.columns();
            int keys = table.key().size();
            if (block.keyWidth() != keys || block.kind() == RowKind.LEFT) {
                throw refused(RejectionCode.MALFORMED, "The key of " + table.name() + " has " + keys + " columns.");
            }
            columns =
                    new int[(int) names.stream().filter(n -> n.role().writes()).count()];
            bases = new int[columns.length];
            Arrays.fill(bases, -1);
            // the keys under which new rows were sealed are nothing that is written, see SealedKeys
            int said = names.size() - (block.namesSealedKeys() ? keys : 0);
            for (int i = 0; i < said; i++) {
                place(i, keys, block.kind());
            }
        }

        private void place(int i, int keys, RowKind kind) {
            int column = index(names.get(i).name());
            ColumnRole role = names.get(i).role();
            if (i < keys) {
                checkKey(column, i);
            } else if (role == ColumnRole.BASE) {
                int written = 0;
                while (written < columns.length && columns[written] != column) {
                    written++;
                }
                if (written == columns.length || kind != RowKind.UPDATE) {
                    throw refused(
                            RejectionCode.MALFORMED,
                            "Column " + names.get(i).name() + " of " + table.name()
                                    + " has a base and is not changed.");
                }
                bases[written] = i;
            } else {
                if (i - keys >= columns.length) {
                    throw refused(
                            RejectionCode.MALFORMED, "Bases of " + table.name() + " stand before what is written.");
                }
                columns[i - keys] = column;
                checkRole(column, kind, role);
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

        private void checkRole(int column, RowKind kind, ColumnRole role) {
            Set<ColumnRole> wanted = kind == RowKind.INSERT
                    ? Set.of(ColumnRole.SET)
                    : switch (table.columns().get(column).merge()) {
                        case COUNTER -> Set.of(ColumnRole.ADD, ColumnRole.RESET);
                        case MERGED_TEXT -> Set.of(ColumnRole.EDIT);
                        default -> Set.of(ColumnRole.SET);
                    };
            if (table.isKey(column) || !wanted.contains(role)) {
                throw refused(
                        RejectionCode.MALFORMED,
                        "Column " + table.name() + "."
                                + table.columns().get(column).name()
                                + (wanted.contains(ColumnRole.ADD)
                                        ? " is a counter and takes deltas."
                                        : wanted.contains(ColumnRole.EDIT)
                                                ? " is a merged_text and takes edits."
                                                : " takes values."));
            }
        }

        IncomingRow row(RowBlock block, Value[] values, int valueBytes) {
            Key key = block.keyOf(values);
            int keys = table.key().size();
            CellWrite[] writes = new CellWrite[columns.length];
            for (int i = 0; i < columns.length; i++) {
                Value value = values[keys + i];
                if (value.size() > valueBytes) {
                    throw new Refused(
                            RejectionCode.SIZE,
                            "Column " + table.columns().get(columns[i]).name() + " of " + table.name() + ", row " + key
                                    + ", holds about " + value.size() + " bytes; the server takes valueBytes = "
                                    + valueBytes
                                    + ".",
                            table.name(),
                            key);
                }
                writes[i] = new CellWrite(names.get(keys + i).role(), value, bases[i] < 0 ? null : values[bases[i]]);
            }
            return new IncomingRow(table, block.kind(), key, columns, writes, false);
        }
    }
}
