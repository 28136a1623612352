package dev.godwit.wire;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Row blocks, column by column. */
final class BlockCodec {

    private BlockCodec() {}

    static Messages.Block encode(RowBlock block) {
        Messages.Block.Builder message = Messages.Block.newBuilder()
                .setTable(block.table())
                .setKind(Roles.number(block.kind()))
                .setRows(block.rows().size());
        int lastKey = block.keyWidth() - 1;
        for (int i = 0; i < block.columns().size(); i++) {
            message.addColumns(ColumnWriter.encode(block.columns().get(i), column(block, i), i != lastKey));
        }
        return message.build();
    }

    static List<RowBlock> decode(List<Messages.Block> messages, Allowance allowance) {
        List<RowBlock> blocks = new ArrayList<>(messages.size());
        for (Messages.Block message : messages) {
            blocks.add(decode(message, allowance));
        }
        return blocks;
    }

    private static Value[] column(RowBlock block, int place) {
        Value[] values = new Value[block.rows().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = block.rows().get(i)[place];
        }
        return values;
    }

    private static RowBlock decode(Messages.Block message, Allowance allowance) {
        String table = Bounds.name("the name of a table", message.getTable());
        try {
            RowKind kind = Roles.kind(message);
            List<BlockColumn> columns = columns(message, kind);
            return new RowBlock(table, kind, columns, rows(message, columns, allowance));
        } catch (WireException e) {
            throw new WireException(e.kind(), "table " + table + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw Shape.unreadable("table " + table, e);
        }
    }

    private static List<BlockColumn> columns(Messages.Block message, RowKind kind) {
        List<BlockColumn> columns = new ArrayList<>(message.getColumnsCount());
        Set<String> names = new HashSet<>();
        for (Messages.Column column : message.getColumnsList()) {
            BlockColumn next =
                    new BlockColumn(Bounds.name("the name of a column", column.getName()), Roles.role(column));
            requireInPlace(columns, next, kind);
            requireOnce(names, next);
            columns.add(next);
        }
        if (columns.isEmpty()) {
            throw WireException.malformed("a block without columns");
        }
        return columns;
    }

    /** Each column is named once, and once more if its base is given. */
    private static void requireOnce(Set<String> names, BlockColumn next) {
        String name = foldCase(next.name());
        boolean isBase = next.role() == ColumnRole.BASE;
        if (isBase && !names.contains(name)) {
            throw WireException.malformed("the base of column " + next.name() + ", which is not written before it");
        }
        // no name holds a NUL
        if (!names.add(isBase ? name + '\0' : name)) {
            throw WireException.malformed("column " + next.name() + " is there twice");
        }
    }

    private static void requireInPlace(List<BlockColumn> before, BlockColumn next, RowKind kind) {
        boolean isKey = next.role() == ColumnRole.KEY;
        boolean keysSoFar = before.isEmpty() || before.get(before.size() - 1).role() == ColumnRole.KEY;
        if (isKey ? !keysSoFar : before.isEmpty()) {
            throw WireException.malformed("column " + next.name() + ": the key columns do not come first");
        }
        if (!isKey && (kind == RowKind.DELETE || kind == RowKind.LEFT)) {
            throw WireException.malformed("column " + next.name() + " is no key column, in a block of kind " + kind);
        }
    }

    /** As SQLite compares names: only the ASCII letters have a case. */
    private static String foldCase(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }

    private static List<Value[]> rows(Messages.Block message, List<BlockColumn> columns, Allowance allowance)
            throws IOException {
        int count = message.getRows();
        if (count < 0) {
            throw WireException.malformed(Integer.toUnsignedString(count) + " rows");
        }
        requirePaid(message, columns, count);
        allowance.takeRows(count, columns.size());
        Value[][] rows = new Value[count][columns.size()];
        for (int i = 0; i < columns.size(); i++) {
            ColumnReader.decode(message.getColumns(i), columns.get(i).role(), rows, i, allowance);
        }
        return Arrays.asList(rows);
    }

    /** The last key column never has the constant form, so that each row has at least a byte in it. */
    private static void requirePaid(Messages.Block message, List<BlockColumn> columns, int rows) {
        int last = 0;
        while (last + 1 < columns.size() && columns.get(last + 1).role() == ColumnRole.KEY) {
            last++;
        }
        Messages.Column column = message.getColumns(last);
        long bytes = (long) column.getIndexes().size()
                + column.getIntegers().size()
                + column.getReals().size()
                + column.getLengths().size()
                + column.getUuids().size();
        if (rows > 1 && rows > bytes) {
            throw WireException.malformed(
                    rows + " rows, but " + bytes + " bytes of keys in column " + column.getName());
        }
    }
}
