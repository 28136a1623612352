package dev.godwit.client;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteException;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of this device that are still remembered: those in the outbox, and those that the server has accepted
 * within about the last day. Safe for use by many threads.
 */
public final class Transactions {
    private static final Set<MergeWord> MERGING = Set.of(MergeWord.ADD_WINS_SET, MergeWord.MERGED_JSON);

    private final Godwit godwit;
    private final Schema schema;

    Transactions(Godwit godwit, Schema schema) {
        this.godwit = godwit;
        this.schema = schema;
    }

    /**
     * One of them.
     *
     * @param id its id
     * @param state {@code pending}, {@code parked} or {@code accepted}
     * @param tables the tables that it changed
     * @param rows how many rows
     * @param writtenMillis when it was written, by the local wall clock
     */
    public record Remembered(TransactionId id, String state, String tables, int rows, long writtenMillis) {}

    /** All of them, the newest first. */
    public List<Remembered> list() {
        return godwit
                .query("select id, coalesce(state, 'pending') as state, tables, rows, sealed_wall from godwit_entry"
                        + " where state is not 'void' order by local desc")
                .stream()
                .map(r -> new Remembered(
                        TransactionId.parse(r.value("id").asText()),
                        r.value("state").asText(),
                        r.value("tables").asText(),
                        (int) r.integer("rows"),
                        r.integer("sealed_wall")))
                .toList();
    }

    /**
     * What undoing did.
     *
     * @param commit the new transaction
     * @param leftAlone what could not be undone, each with the reason
     */
    public record Undone(Commit commit, List<String> leftAlone) {}

    /**
     * Takes back what a transaction did, by a new one: rows that it inserted are deleted, rows that it deleted come back, and
     * values go back to what they were unless somebody has changed them since.
     *
     * @throws GodwitException if it is not remembered here or is undone already, if its changes are not in the local view since
     *     it was refused or is blocked, or if nothing of it can be taken back
     */
    public Undone undo(TransactionId id) {
        List<String> leftAlone = new ArrayList<>();
        Commit commit = godwit.write(tx -> {
            // as they are now: a sync may have given their rows other keys since
            Entry entry = godwit.entry(id);
            byte[] images = godwit.images(entry.local());
            checkInView(tx, entry);
            tx.undoes(entry.local());
            tx.run("pragma defer_foreign_keys = on");
            List<RowBlock> blocks = entry.decoded();
            for (int i = blocks.size() - 1; i >= 0; i--) {
                if (blocks.get(i).kind() != RowKind.DELETE) {
                    undo(tx, blocks.get(i), leftAlone);
                } else if (images.length == 0) {
                    leftAlone.add(blocks.get(i).rows().size() + " rows of "
                            + blocks.get(i).table() + " were deleted, and how they were is not kept");
                }
            }
            if (images.length > 0) {
                Changes.decodeOwn(images).forEach(block -> bringBack(tx, block, leftAlone));
            }
        });
        if (commit.id().isEmpty()) {
            throw refused("nothing of transaction " + id + " can be taken back: "
                    + (leftAlone.isEmpty() ? "everything is as it was before it" : String.join("; ", leftAlone)));
        }
        return new Undone(commit, leftAlone);
    }

    /** What is not in the local view cannot be taken out of it, and nothing can twice: a counter would not notice. */
    private static void checkInView(Tx tx, Entry entry) {
        Row row = tx
                .query(
                        "select coalesce(state, 'pending') as state, blocked, exists (select 1 from godwit_shown) as rekeyed"
                                + " from godwit_entry where local = ?",
                        entry.local())
                .stream()
                .findFirst()
                .orElseThrow(() -> Godwit.unknown(entry.id()));
        if (row.value("state").asText().equals("parked")) {
            throw refused("transaction " + entry.id() + " was refused, and nothing of it is here: discard it");
        } else if (!row.value("blocked").isNull()) {
            throw refused("transaction " + entry.id() + " is blocked, and nothing of it is here: sync, or discard it");
        } else if (row.integer("rekeyed") != 0) {
            throw ShownKeys.notYet(entry.id(), "undone");
        } else if (isUndone(tx, entry.local())) {
            throw refused("transaction " + entry.id()
                    + " is undone already: to have it again, undo the transaction that" + " took it back");
        }
    }

    /** Whether it was taken back by a transaction that was not itself taken back, refused or discarded. */
    private static boolean isUndone(Tx tx, long local) {
        boolean undone = false;
        for (long by = undoneBy(tx, local); by != 0; by = undoneBy(tx, by)) {
            undone = !undone;
        }
        return undone;
    }

    private static long undoneBy(Tx tx, long local) {
        return tx
                .query(
                        "select undone_by from godwit_undo u join godwit_entry e on e.local = u.undone_by"
                                + " where u.local = ? and e.state is not 'parked'",
                        local)
                .stream()
                .findFirst()
                .map(row -> row.integer("undone_by"))
                .orElse(0L);
    }

    private static GodwitException refused(String message) {
        return new GodwitException(GodwitException.Kind.REQUEST, message);
    }

    private void bringBack(Tx tx, RowBlock block, List<String> leftAlone) {
        Table table = schema.table(block.table()).orElse(null);
        for (Value[] row : block.rows()) {
            Key key = block.keyOf(row);
            if (table == null) {
                leftAlone.add("table " + block.table() + " is not here any more");
            } else if (find(tx, table, key) == null) {
                insert(tx, table, block, row, leftAlone);
            } else {
                leftAlone.add("row " + key + " of " + table.name() + " is there again");
            }
        }
    }

    private static void insert(Tx tx, Table table, RowBlock block, Value[] row, List<String> leftAlone) {
        try {
            Inbox.insert(tx, table, block, row);
        } catch (SqliteException clash) {
            if (!clash.code().isConstraint()) {
                throw clash;
            }
            leftAlone.add("row " + block.keyOf(row) + " of " + table.name() + " does not fit any more: "
                    + clash.getMessage());
        }
    }

    private static @Nullable Row find(Tx tx, Table table, Key key) {
        return Inbox.rows(tx, table, key).stream().findFirst().orElse(null);
    }

    private void undo(Tx tx, RowBlock block, List<String> leftAlone) {
        Table table = schema.table(block.table()).orElse(null);
        if (table == null) {
            leftAlone.add("table " + block.table() + " is not here any more");
            return;
        }
        for (Value[] row : block.rows()) {
            Key key = block.keyOf(row);
            Row now = find(tx, table, key);
            if (now == null) {
                leftAlone.add("row " + key + " of " + table.name() + " is gone");
            } else if (block.kind() == RowKind.INSERT) {
                tx.run(
                        "delete from " + Sql.name(table.name()) + " where " + Tx.keyMatches(table),
                        key.values().toArray());
            } else {
                undo(tx, table, block, row, now, leftAlone);
            }
        }
    }

    private static void undo(Tx tx, Table table, RowBlock block, Value[] row, Row now, List<String> leftAlone) {
        Key key = block.keyOf(row);
        for (int i = block.keyWidth(); i < row.length; i++) {
            RowBlock.BlockColumn written = block.columns().get(i);
            if (!written.role().writes()) {
                continue;
            }
            Column column =
                    table.columns().get(table.columnIndex(written.name()).orElseThrow());
            Value back = undone(column, new CellWrite(written.role(), row[i], base(block, row, written.name())), now);
            if (back == null) {
                leftAlone.add("column " + written.name() + " of " + table.name() + ", row " + key
                        + ", was changed since, or has no way back");
                continue;
            }
            if (written.role() == ColumnRole.RESET && !back.equals(now.value(column.name()))) {
                // a difference would come on top of what others count
                tx.resetCounter(
                        table.name(), column.name(), back.asLong(), key.values().toArray());
            } else {
                tx.put(table, written.name(), back, key.values().toArray());
            }
        }
    }

    private static @Nullable Value base(RowBlock block, Value[] row, String column) {
        for (int i = block.keyWidth(); i < row.length; i++) {
            if (block.columns().get(i).role() == ColumnRole.BASE
                    && block.columns().get(i).name().equals(column)) {
                return row[i];
            }
        }
        return null;
    }

    /** What the cell holds without the write; null if that cannot be said. */
    private static @Nullable Value undone(Column column, CellWrite write, Row row) {
        Value now = row.value(column.name());
        Value base = write.base();
        if (write.role() == ColumnRole.ADD) {
            return less(now.asLong(), write.value().asLong());
        } else if (write.role() == ColumnRole.EDIT) {
            return undoneEdit(now, TextEdit.decode(write.value()));
        } else if (base == null) {
            return null;
        } else if (MERGING.contains(column.merge())) {
            return ColumnRule.of(column).predict(now, CellWrite.set(base, write.value()));
        }
        return now.equals(write.value()) && !Inbox.keeps(column, now, base) ? base : null;
    }

    private static @Nullable Value less(long now, long added) {
        try {
            return Value.of(Math.subtractExact(now, added));
        } catch (ArithmeticException tooFar) {
            return null;
        }
    }

    /** Insertions can be taken out again while they are where they were; what was deleted is not remembered. */
    private static @Nullable Value undoneEdit(Value now, TextEdit edit) {
        String text = TextEdit.text(now);
        for (int i = edit.splices().size() - 1; i >= 0; i--) {
            Splice splice = edit.splices().get(i);
            if (splice.deleted() > 0 || !text.startsWith(splice.inserted(), splice.at())) {
                return null;
            }
            text = text.substring(0, splice.at())
                    + text.substring(splice.at() + splice.inserted().length());
        }
        return text.length() == edit.length() ? Value.of(text) : null;
    }
}
