package dev.godwit.rows;

import dev.godwit.model.Key;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Catches every write of a synced table, whoever makes it, with triggers of core SQL.
 *
 * <p>Per table {@code T} a shadow {@code godwit_before_T} keeps, for each row touched since the shadow was last cleared,
 * the row's first before-image: the key ({@code k0…}), whether the row was {@code present}, and its columns
 * ({@code c0…}), untyped so that every value keeps its storage class. The triggers over-record on purpose; reading the
 * shadow beside the table decides what really changed. Like every row the shadow follows the writer's transaction: a
 * rollback, also to a savepoint, takes its images along.
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
     */
    static final String CONTROL = "godwit_control";

    private static final String WHEN = " when (select applying from " + CONTROL + ") = 0 ";

    private final SqliteConnection connection;
    private final Schema schema;
    private final Map<String, SqliteStatement> statements = new HashMap<>();

    /** For the synced tables of this schema. */
    public Capture(SqliteConnection connection, Schema schema) {
        this.connection = connection;
        this.schema = schema;
    }

    /** What a table's row was and is; null where there was or is none. */
    public interface Visitor {
        /** Called once per row that differs. The arrays are the visitor's to keep. */
        void changed(Value @Nullable [] before, Value @Nullable [] after);
    }

    /** Creates or renews shadows and triggers. Shadows must be empty: call it in a transaction that has just sealed. */
    public void install() {
        connection.execute("create table if not exists " + CONTROL
                + " (id integer primary key check (id = 1), applying integer not null default 0);"
                + "insert into " + CONTROL + " (id) select 1 where not exists (select 1 from " + CONTROL + ")");
        for (Table table : schema.tables()) {
            connection.execute("drop table if exists " + shadow(table));
            connection.execute(shadowDdl(table, shadow(table), "", "godwit"));
            for (String trigger : new CaptureTriggers(table).statements()) {
                connection.execute(trigger);
            }
        }
    }

    /**
     * The DDL of an untyped copy of a table: key columns {@code k0…} that compare as the table's, whether the row was
     * present, then every column as {@code c0…}.
     *
     * @param quotedName the copy's name, quoted
     * @param more further columns, each ending in a comma; or nothing
     */
    public static String shadowDdl(Table table, String quotedName, String more, String purpose) {
        return "create table " + quotedName + " (/* " + purpose + " */ "
                + Sql.join(
                        table.key().size(),
                        ", ",
                        i -> "k" + i + " collate "
                                + table.columns().get(table.key().get(i)).collation() + " not null")
                + ", present integer not null, " + more
                + Sql.join(table.columns().size(), ", ", i -> "c" + i)
                + ", primary key (" + Sql.join(table.key().size(), ", ", i -> "k" + i) + ")) without rowid";
    }

    /** The tables whose shadows hold something: those that may have changed. */
    public List<Table> touched() {
        List<Table> touched = new ArrayList<>();
        SqliteStatement any = statement(Sql.join(
                schema.tables().size(),
                " union all ",
                i -> "select " + i + " where exists (select 1 from "
                        + shadow(schema.tables().get(i)) + ")"));
        while (any.step()) {
            touched.add(schema.tables().get((int) any.columnLong(0)));
        }
        any.reset();
        return touched;
    }

    /** Shows every row of a table that differs from its before-image; those written back to what they were do not. */
    public void scan(Table table, Visitor visitor) {
        int width = table.columns().size();
        SqliteStatement scan = statement(scanSql(table));
        while (scan.step()) {
            Value[] before = scan.columnLong(0) == 0 ? null : Sql.values(scan, 1, width);
            Value[] after = scan.columnLong(1 + width) == 0 ? null : Sql.values(scan, 2 + width, width);
            visit(table, before, after, visitor);
        }
        scan.reset();
    }

    private static void visit(Table table, Value @Nullable [] before, Value @Nullable [] after, Visitor visitor) {
        if (Arrays.equals(before, after)) {
            return;
        }
        if (before != null && after != null && !keyOf(table, before).equals(keyOf(table, after))) {
            // the same key for SQL, for instance under NOCASE, but spelled otherwise: for us another row
            visitor.changed(before, null);
            visitor.changed(null, after);
            return;
        }
        visitor.changed(before, after);
    }

    private static Key keyOf(Table table, Value[] row) {
        return table.keyOf(List.of(row));
    }

    private static String scanSql(Table table) {
        int width = table.columns().size();
        String firstKey = Sql.name(table.columns().get(table.key().get(0)).name());
        return "select b.present, " + Sql.join(width, ", ", i -> "b.c" + i) + ", t." + firstKey + " is not null, "
                + Sql.join(
                        width, ", ", i -> "t." + Sql.name(table.columns().get(i).name()))
                + " from " + shadow(table) + " b left join " + Sql.name(table.name()) + " t on "
                + Sql.join(
                        table.key().size(),
                        " and ",
                        i -> "t."
                                + Sql.name(
                                        table.columns().get(table.key().get(i)).name()) + " = b.k" + i);
    }

    /** Forgets the images of a table. */
    public void clear(Table table) {
        SqliteStatement clear = statement("delete from " + shadow(table));
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

    /** The quoted name of a table's shadow. */
    public static String shadow(Table table) {
        return Sql.name("godwit_before_" + table.name());
    }

    static String when() {
        return WHEN;
    }

    private SqliteStatement statement(String sql) {
        return statements.computeIfAbsent(sql, connection::prepare);
    }
}
