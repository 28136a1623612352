package dev.godwit.rows;

import dev.godwit.model.Key;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Catches every write of a synced table, whoever makes it, with triggers of core SQL.
 *
 * <p>Two shadows per table {@code T} say what its rows were when the shadows were last cleared. {@code godwit_before_T}
 * keeps an image of each row that was changed or removed: the key ({@code k0…}) and the columns ({@code c0…}), untyped so
 * that every value keeps its storage class. {@code godwit_absent_T} is a list of keys that had no row. The triggers
 * over-record on purpose: a row that came and was changed has an entry in both, and {@code marks} says how long the list
 * was when the image was made, so that the earlier of the two counts. Reading the shadows beside the table decides what
 * really changed. Like every row they follow the writer's transaction: a rollback, also to a savepoint, takes them along.
 *
 * <p>The triggers are silent while {@code godwit_control.applying} is set, which only {@link #suspend} does, inside the
 * transaction of the engine's own writes.
 *
 * <p>Not safe for use by two threads.
 */
public final class Capture {
    /*
     * Why these triggers (tried on SQLite 3.40 and 3.53):
     * - A BEFORE INSERT or UPDATE trigger that looks up the key and each unique key sees the rows that OR REPLACE is about
     *   to delete; SQLite fires no DELETE trigger for them unless recursive_triggers is on.
     * - An AFTER INSERT trigger gets the key that SQLite chose.
     * - No conflict clause inside a trigger: the outer statement's policy overrides it. "where not exists" keeps the
     *   first image.
     * - The list of absent keys has no index: appending to it costs a bulk insert half of what a keyed shadow does.
     */
    static final String CONTROL = "godwit_control";

    private static final String WHEN = " when (select applying from " + CONTROL + ") = 0 ";

    private final SqliteConnection connection;
    private final Schema schema;
    private final String touchedSql;
    private final Map<Table, ShadowScans> scans = new HashMap<>();
    private final CompiledStatements statements;

    /** For the synced tables of this schema. */
    public Capture(SqliteConnection connection, Schema schema) {
        this.connection = connection;
        this.statements = new CompiledStatements(connection);
        this.schema = schema;
        this.touchedSql = Sql.join(
                schema.tables().size(),
                " union all ",
                i -> "select " + i + " where exists (select 1 from "
                        + before(schema.tables().get(i)) + ") or exists (select 1 from "
                        + absent(schema.tables().get(i)) + ")");
    }

    /** What a table's row was and is; null where there was or is none. */
    public interface Visitor {
        /** Called once per row that differs, or is wanted all the same. The arrays are the visitor's to keep. */
        void changed(Value @Nullable [] before, Value @Nullable [] after);
    }

    /**
     * Creates or renews shadows and triggers. Shadows must be empty: call it in a transaction that has just sealed.
     *
     * @param locked whether {@code read_only} columns are closed to every writer but the engine: on devices
     */
    public void install(boolean locked) {
        connection.execute("create table if not exists " + CONTROL
                + " (id integer primary key check (id = 1), applying integer not null default 0);"
                + "insert into " + CONTROL + " (id) select 1 where not exists (select 1 from " + CONTROL + ")");
        for (Table table : schema.tables()) {
            connection.execute("drop table if exists " + before(table));
            connection.execute("drop table if exists " + absent(table));
            connection.execute(imagesDdl(table, before(table), "marks integer not null, ", "godwit"));
            connection.execute("create table " + absent(table) + " (" + keysDdl(table) + ")");
            for (String trigger : new CaptureTriggers(table, locked).statements()) {
                connection.execute(trigger);
            }
        }
    }

    /**
     * The DDL of an untyped copy of a table: key columns {@code k0…} that compare as the table's, then every column as
     * {@code c0…}.
     *
     * @param quotedName the copy's name, quoted
     * @param more columns between both, each ending in a comma
     */
    public static String imagesDdl(Table table, String quotedName, String more, String purpose) {
        return "create table " + quotedName + " (/* " + purpose + " */ " + keysDdl(table) + ", " + more
                + Sql.join(table.columns().size(), ", ", i -> "c" + i) + ", primary key (" + keys(table, "")
                + ")) without rowid";
    }

    private static String keysDdl(Table table) {
        return Sql.join(
                table.key().size(),
                ", ",
                i -> "k" + i + " collate "
                        + table.columns().get(table.key().get(i)).collation() + " not null");
    }

    /** {@code k0, k1, …}, each with a prefix. */
    static String keys(Table table, String prefix) {
        return Sql.join(table.key().size(), ", ", i -> prefix + "k" + i);
    }

    /** The tables whose shadows hold something: those that may have changed. */
    public List<Table> touched() {
        List<Table> touched = new ArrayList<>();
        forEachRow(touchedSql, row -> touched.add(schema.tables().get((int) row.columnLong(0))));
        return touched;
    }

    /** Shows every row of a table that differs from its before-image; those written back to what they were do not. */
    public void scan(Table table, Visitor visitor) {
        scan(table, row -> false, visitor);
    }

    /** The same, and of those written back to what they were the ones that are wanted all the same. */
    public void scan(Table table, Predicate<Value[]> wanted, Visitor visitor) {
        ShadowScans sql = scans.computeIfAbsent(table, ShadowScans::new);
        if (any(sql.anyImage())) {
            scanImages(table, sql.images(), wanted, visitor);
            scanAbsent(table, sql.absentBesideImages(), visitor);
        } else {
            scanAbsent(table, sql.absent(), visitor);
        }
    }

    private boolean any(String sql) {
        SqliteStatement any = statement(sql);
        try {
            return any.step();
        } finally {
            any.reset();
        }
    }

    private void scanImages(Table table, String sql, Predicate<Value[]> wanted, Visitor visitor) {
        int width = table.columns().size();
        forEachRow(sql, row -> {
            Value[] after = row.columnLong(0) == 0 ? null : Sql.values(row, 1 + width, width);
            Value[] before = Sql.values(row, 1, width);
            if (!Arrays.equals(before, after) || wanted.test(before)) {
                visit(table, before, after, visitor);
            }
        });
    }

    private void scanAbsent(Table table, String sql, Visitor visitor) {
        int width = table.columns().size();
        forEachRow(sql, row -> visitor.changed(null, Sql.values(row, 0, width)));
    }

    /**
     * Runs a query. It is reset also if a visitor refuses a row: the next run, of another transaction, would go on in the middle
     * of this one and miss what was written.
     */
    private void forEachRow(String sql, Consumer<SqliteStatement> visitor) {
        SqliteStatement query = statement(sql);
        try {
            while (query.step()) {
                visitor.accept(query);
            }
        } finally {
            query.reset();
        }
    }

    private static void visit(Table table, Value[] before, Value @Nullable [] after, Visitor visitor) {
        if (after != null && !table.keyOf(before).equals(table.keyOf(after))) {
            // the same key for SQL, for instance under NOCASE, but spelled otherwise: for us another row
            visitor.changed(before, null);
            visitor.changed(null, after);
            return;
        }
        visitor.changed(before, after);
    }

    /**
     * Marks rows that are there as if they had just been inserted, in the order of their keys.
     *
     * @param after the last key that was marked before, or null to begin
     * @param limit how many at most
     * @return the last key that was marked, or null if there was none left
     */
    public @Nullable Key markInserted(Table table, @Nullable Key after, long limit) {
        int count = table.key().size();
        String keys = Sql.join(
                count,
                ", ",
                i -> Sql.name(table.columns().get(table.key().get(i)).name()));
        List<Value> parameters = new ArrayList<>(after == null ? List.of() : after.values());
        parameters.add(Value.of(limit));
        long marked = Sql.run(
                connection,
                "insert into " + absent(table) + " (" + keys(table, "") + ") select " + keys + " from "
                        + Sql.name(table.name())
                        + (after == null ? "" : " where (" + keys + ") > (" + Sql.join(count, ", ", i -> "?") + ")")
                        + " order by " + keys + " limit ?",
                parameters.toArray(Value[]::new));
        if (marked == 0) {
            return null;
        }
        return new Key(List.of(Sql.rows(
                        connection,
                        "select " + keys(table, "") + " from " + absent(table) + " order by rowid desc limit 1")
                .get(0)));
    }

    /** Forgets the images of a table. */
    public void clear(Table table) {
        clear(before(table));
        clear(absent(table));
    }

    private void clear(String shadow) {
        SqliteStatement clear = statement("delete from " + shadow);
        clear.step();
        clear.reset();
    }

    /** Silences the triggers until {@link #resume}; both within one transaction, so that no other writer is missed. */
    public void suspend() {
        setApplying(1);
    }

    /** Ends {@link #suspend}. */
    public void resume() {
        setApplying(0);
    }

    private void setApplying(long applying) {
        SqliteStatement set = statement("update " + CONTROL + " set applying = ?");
        set.bindLong(1, applying);
        set.step();
        set.reset();
    }

    /** The quoted name of the table of images. */
    static String before(Table table) {
        return Sql.name("godwit_before_" + table.name());
    }

    /** The quoted name of a view that keeps images: see {@link CaptureTriggers}. */
    static String keeper(Table table) {
        return Sql.name("godwit_keep_" + table.name());
    }

    /** The quoted name of the list of keys that had no row; its columns are {@code k0…}. */
    static String absent(Table table) {
        return Sql.name("godwit_absent_" + table.name());
    }

    static String when() {
        return WHEN;
    }

    private SqliteStatement statement(String sql) {
        return statements.of(sql);
    }
}
