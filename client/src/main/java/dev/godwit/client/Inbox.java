package dev.godwit.client;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.Sql;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conflict inbox of this device's scopes: writes that lost a merge, those that a person must decide first. It is the
 * synced table {@code godwit_conflict}, which an application may query and observe like its own; to decide is an ordinary
 * transaction. Safe for use by many threads.
 */
public final class Inbox {
    private static final String ALL = "select id, state, tbl, row_key, col, base, mine, theirs, winner, rule, mine_by,"
            + " mine_device, mine_at, theirs_by, theirs_device, theirs_at, txn, choice from " + ConflictTable.NAME;

    /** Words whose rule may keep what is there, whatever a person wants. */
    private static final Set<MergeWord> KEEPING = Set.of(MergeWord.FIRST_WRITE, MergeWord.MAX, MergeWord.MIN);

    private final Godwit godwit;
    private final Schema schema;

    Inbox(Godwit godwit, Schema schema) {
        this.godwit = godwit;
        this.schema = schema;
    }

    /** Everything that is remembered: what waits for a person, then the history, the newest first. */
    public List<Conflict> conflicts() {
        return godwit.query(ALL + " order by state = 'undecided' desc, commit_number desc, id").stream()
                .map(Inbox::read)
                .toList();
    }

    /** What waits for a person. */
    public List<Conflict> undecided() {
        return godwit.query(ALL + " where state = 'undecided' order by commit_number, id").stream()
                .map(Inbox::read)
                .toList();
    }

    /** What waits and was written by this device, in the order in which it was written. */
    List<Conflict> waitingFor(String device) {
        return godwit
                .query(
                        ALL + " left join (select id as entry_id, local from godwit_entry) on entry_id = txn"
                                + " where state = 'undecided' and mine_device = ?"
                                + " order by commit_number, mine_at, local, id",
                        device)
                .stream()
                .map(Inbox::read)
                .toList();
    }

    /** The entry of this id. */
    public Optional<Conflict> find(String id) {
        return godwit.query(ALL + " where id = ?", id).stream().map(Inbox::read).findFirst();
    }

    /** What is remembered about a row, the newest first. */
    List<Conflict> about(Table table, Key key) {
        return godwit
                .query(
                        ALL + " where tbl = ? and row_key = ? order by commit_number desc, id",
                        table.name(),
                        KeyCodec.encode(key))
                .stream()
                .map(Inbox::read)
                .toList();
    }

    private static Conflict read(Row row) {
        Value.BlobValue key = (Value.BlobValue) row.value("row_key");
        return new Conflict(
                row.value("id").asText(),
                row.value("state").asText().equals(ConflictTable.UNDECIDED),
                row.value("tbl").asText(),
                KeyCodec.decode(key.value()),
                row.value("col").isNull() ? null : row.value("col").asText(),
                row.value("base"),
                row.value("mine"),
                row.value("theirs"),
                row.value("winner"),
                row.value("rule").asText(),
                writer(row, "mine"),
                writer(row, "theirs"),
                text(row.value("txn")),
                Optional.of(row.value("choice")).filter(c -> !c.isNull()).map(Value::asText));
    }

    private static Conflict.Writer writer(Row row, String side) {
        Value at = row.value(side + "_at");
        return new Conflict.Writer(
                text(row.value(side + "_by")), text(row.value(side + "_device")), at.isNull() ? 0 : at.asLong());
    }

    private static String text(Value value) {
        return value.isNull() ? "" : value.asText();
    }

    /**
     * Writes the value that lost, as a write of now, and marks the entry as decided.
     *
     * @throws GodwitException if there is no such entry, or its row cannot take the value any more
     */
    public Commit takeMine(String id) {
        return decide(id, "mine", (tx, conflict) -> {
            if (conflict.column() == null) {
                takeRow(tx, conflict);
            } else {
                put(tx, conflict, conflict.mine(), false);
            }
        });
    }

    /** Writes the value that it met, where the cell holds another, and marks the entry as decided. */
    public Commit takeTheirs(String id) {
        return decide(id, "theirs", (tx, conflict) -> {
            if (conflict.column() != null) {
                put(tx, conflict, conflict.theirs(), true);
            }
        });
    }

    /** Writes something else, and marks the entry as decided. */
    public Commit write(String id, Value value) {
        return decide(id, "other", (tx, conflict) -> put(tx, conflict, value, false));
    }

    /** Marks the entry as decided, and leaves the row as it is. */
    public Commit dismiss(String id) {
        return decide(id, "dismissed", (tx, conflict) -> {});
    }

    private interface Decision {
        void write(Tx tx, Conflict conflict);
    }

    private Commit decide(String id, String choice, Decision decision) {
        Conflict conflict = find(id).orElseThrow(() ->
                refused("there is no entry " + id + " in the inbox: list them, with their ids, by conflicts()"));
        return godwit.write(tx -> {
            decision.write(tx, conflict);
            markDecided(tx, conflict, choice);
        });
    }

    /** Marks an entry as decided. The history is a ring: a sync may have put another into its place since it was read. */
    static void markDecided(Tx tx, Conflict conflict, String choice) {
        long found = tx.run(
                "update " + ConflictTable.NAME
                        + " set state = ?, choice = ? where id = ? and row_key = ? and col is ? and txn is ?",
                ConflictTable.DECIDED,
                choice,
                conflict.id(),
                KeyCodec.encode(conflict.key()),
                conflict.column(),
                conflict.transaction().isEmpty() ? null : conflict.transaction());
        if (found == 0) {
            throw refused("entry " + conflict.id() + " has made room for a newer one: list the inbox again");
        }
    }

    private static GodwitException refused(String message) {
        return new GodwitException(GodwitException.Kind.REQUEST, message);
    }

    private Table table(Conflict conflict) {
        return schema.table(conflict.table())
                .orElseThrow(() -> refused("the schema here has no table " + conflict.table()
                        + ": decide it with a newer version of the application"));
    }

    /** Writes a value; a count also where it comes to what is there, unless {@code onlyAnother}. */
    private void put(Tx tx, Conflict conflict, Value value, boolean onlyAnother) {
        Table table = table(conflict);
        String column = conflict.column();
        if (column == null || table.columnIndex(column).isEmpty()) {
            throw refused("entry " + conflict.id() + " is about "
                    + (column == null
                            ? "a whole row, and not about a value: take mine or theirs, or write the row as it shall be and"
                                    + " dismiss the entry"
                            : "column " + column + ", which is not here"));
        }
        Column written = table.columns().get(table.columnIndex(column).orElseThrow());
        List<Row> rows = rows(tx, table, conflict.key());
        if (rows.isEmpty()) {
            throw refused("row " + conflict.key() + " of " + table.name()
                    + " is gone: dismiss the entry, or insert the row again");
        }
        Value now = rows.get(0).value(written.name());
        checkTakes(conflict, written, now, value);
        Object[] key = conflict.key().values().toArray();
        if (written.merge() != MergeWord.COUNTER || value.kind() != Value.Kind.INTEGER) {
            tx.put(table, column, value, key);
        } else if (!onlyAnother || !value.equals(now)) {
            // only counts lose, and a count that is chosen is one again: a difference would come on top of other counts
            tx.resetCounter(table.name(), column, value.asLong(), key);
        }
    }

    /** Whether the column's rule keeps what is there over another value, even of somebody who has seen it. */
    static boolean keeps(Column column, Value now, Value value) {
        return !value.equals(now)
                && KEEPING.contains(column.merge())
                && ColumnRule.of(column).predict(now, CellWrite.set(value, now)).equals(now);
    }

    /** A rule may keep the value that is there, and the row would show it again at once: nothing would be decided. */
    private static void checkTakes(Conflict conflict, Column column, Value now, Value value) {
        if (keeps(column, now, value)) {
            throw refused("column " + column.name() + " of " + conflict.table() + ", row " + conflict.key() + ", is "
                    + column.merge().word() + " and keeps " + now + " over " + value + ": dismiss the entry");
        }
    }

    /** A delete that lost is done again; a row that went comes back. */
    private void takeRow(Tx tx, Conflict conflict) {
        Table table = table(conflict);
        if (conflict.mine().isNull()) {
            tx.run(
                    "delete from " + Sql.name(table.name()) + " where " + Tx.keyMatches(table),
                    conflict.key().values().toArray());
            return;
        }
        RowBlock block = Changes.decode(((Value.BlobValue) conflict.mine()).value(), Limits.DEFAULT)
                .get(0);
        if (block.kind() != RowKind.INSERT) {
            throw refused(
                    "row " + conflict.key() + " of " + table.name() + " is gone, and only " + lines(conflict.mine())
                            + " is known of it: insert it again as it shall be, then dismiss the entry");
        }
        if (!rows(tx, table, conflict.key()).isEmpty()) {
            throw refused("row " + conflict.key() + " of " + table.name()
                    + " is there again: change it as it shall be, then dismiss the entry");
        }
        insert(tx, table, block, block.rows().get(0));
    }

    static List<Row> rows(Tx tx, Table table, Key key) {
        return tx.query(
                "select * from " + Sql.name(table.name()) + " where " + Tx.keyMatches(table),
                key.values().toArray());
    }

    static void insert(Tx tx, Table table, RowBlock block, Value[] row) {
        List<String> names = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            if (block.columns().get(i).role() != ColumnRole.BASE
                    && table.columnIndex(block.columns().get(i).name()).isPresent()) {
                names.add(Sql.name(block.columns().get(i).name()));
                values.add(row[i]);
            }
        }
        tx.run(
                "insert into " + Sql.name(table.name()) + " (" + String.join(", ", names) + ") values ("
                        + "?, ".repeat(names.size() - 1) + "?)",
                values.toArray());
    }

    /** The row in a value of the inbox, for people. */
    public String lines(Value row) {
        return row instanceof Value.BlobValue blob
                ? String.join("; ", new Description(schema).of(blob.value()))
                : row.toString();
    }
}
