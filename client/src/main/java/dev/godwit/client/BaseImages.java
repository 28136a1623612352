package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Sql;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's state of every row that has pending changes: what the row is when they are taken away.
 *
 * <p>Table {@code godwit_base_T}: the key, whether the row is present at the visible checkpoint, its columns, {@code last},
 * the local number of the last pending transaction that touched the row, and {@code born}, that of the last pending
 * transaction that inserted it, be it the very row that the server has (0 if none did, or one deleted it since), and
 * {@code edited}, that of the last pending transaction that edited a text of it. No row here: nothing pending.
 *
 * <p>Rows that a transaction inserts get their images late, by {@link #complete}: an insert needs none as long as nobody
 * asks, and under random keys each would cost its commit a page of this table. {@code godwit_local.based_local} says up to
 * which entry they are there. Not safe for use by two threads.
 */
final class BaseImages {
    private static final int SLICE = 16;

    private final SqliteConnection connection;
    private final Schema schema;
    private final LocalState state;
    private final Entries entries;
    private final RowChanges changes;
    private final CompiledStatements statements;

    BaseImages(SqliteConnection connection, Schema schema, LocalState state, Entries entries, RowChanges changes) {
        this.connection = connection;
        this.statements = new CompiledStatements(connection);
        this.schema = schema;
        this.state = state;
        this.entries = entries;
        this.changes = changes;
    }

    /** One base image; {@code row} is null where the server has no such row. */
    record Base(Key key, Value @Nullable [] row, long born, long edited) {}

    static String ddl(Table table) {
        return Capture.imagesDdl(
                table,
                name(table),
                "present integer not null, born integer not null, last integer not null, edited integer not null default 0, ",
                "godwit: the server's state of rows with pending changes");
    }

    static String name(Table table) {
        return Sql.name("godwit_base_" + table.name());
    }

    /**
     * Makes the images whole: those of rows that pending transactions insert are written if they are not there yet. To be
     * called before anything here is asked or changed, except for {@link #forgetIfLast}.
     */
    void complete() {
        long last = entries.lastLocal();
        long local = state.basedLocal();
        if (last <= local) {
            return;
        }
        List<Entry> slice;
        do {
            slice = entries.pendingAfter(local, SLICE);
            for (Entry entry : slice) {
                local = entry.local();
                changes.forEach(entry.decoded(), change -> {
                    if (change.kind() == RowKind.INSERT) {
                        touch(change.table(), change.key(), null, entry.local(), entry.local());
                    }
                });
            }
        } while (slice.size() == SLICE);
        state.setBasedLocal(last);
    }

    /** Whether the images of what an entry inserts are still to be written. */
    boolean isLate(Entry entry) {
        return entry.local() > state.basedLocal();
    }

    /**
     * Notes that a transaction touches a row: keeps the image if there is none yet.
     *
     * @return what was there already: an earlier pending transaction has touched the row; else null
     */
    @Nullable
    Base touch(Table table, Key key, Value @Nullable [] before, long born, long local) {
        int keys = table.key().size();
        SqliteStatement keep = statement(
                table,
                "keep",
                () -> "insert or ignore into " + name(table) + " ("
                        + list(keys, "k") + ", present, born, last, "
                        + list(table.columns().size(), "c") + ") values ("
                        + "?" + ", ?".repeat(keys + 2 + table.columns().size()) + ")");
        Sql.bindAll(keep, 1, key.values());
        keep.bindLong(keys + 1, before == null ? 0 : 1);
        keep.bindLong(keys + 2, born);
        keep.bindLong(keys + 3, local);
        for (int i = 0; i < table.columns().size(); i++) {
            Sql.bind(keep, keys + 4 + i, before == null ? Value.NULL : before[i]);
        }
        run(keep);
        if (connection.changes() > 0) {
            return null;
        }
        Base known = find(table, key);
        SqliteStatement last = statement(
                table,
                "last",
                () -> "update " + name(table) + " set last = ?1, born = case when ?2 = 0 then born else ?2 end where "
                        + keyMatches(table));
        last.bindLong(1, local);
        last.bindLong(2, born);
        Sql.bindAll(last, 3, key.values());
        run(last);
        return known;
    }

    /** The base image of a row, or null if nothing is pending on it. */
    @Nullable
    Base find(Table table, Key key) {
        SqliteStatement find = statement(
                table,
                "find",
                () -> "select " + columns(table) + " from " + name(table) + " where " + keyMatches(table));
        Sql.bindAll(find, 1, key.values());
        try {
            return find.step() ? read(table, find) : null;
        } finally {
            find.reset();
        }
    }

    /** Forgets the image of a row whose last pending transaction is this one. */
    boolean forgetIfLast(Table table, Key key, long local) {
        SqliteStatement delete = statement(
                table, "forget", () -> "delete from " + name(table) + " where " + keyMatches(table) + " and last = ?");
        Sql.bindAll(delete, 1, key.values());
        delete.bindLong(table.key().size() + 1, local);
        run(delete);
        return connection.changes() > 0;
    }

    /** Notes that a transaction edits a text of a row that it has touched. */
    void noteEdit(Table table, Key key, long local) {
        SqliteStatement edited = statement(
                table, "edited", () -> "update " + name(table) + " set edited = ?1 where " + keyMatches(table));
        edited.bindLong(1, local);
        Sql.bindAll(edited, 2, key.values());
        run(edited);
    }

    /** Notes that a pending transaction deleted a row that one before it had inserted: nothing builds on that any more. */
    void forgetBirth(Table table, Key key) {
        SqliteStatement forget =
                statement(table, "unborn", () -> "update " + name(table) + " set born = 0 where " + keyMatches(table));
        Sql.bindAll(forget, 1, key.values());
        run(forget);
    }

    /** Gives a row that stays pending another image, which the server has since it accepted the entry {@code local}. */
    void replace(Table table, Base base, Value @Nullable [] row, long local) {
        int width = table.columns().size();
        SqliteStatement replace = statement(
                table,
                "replace",
                () -> "update " + name(table) + " set present = ?, born = ?, " + join(width, i -> "c" + i + " = ?")
                        + " where " + keyMatches(table));
        replace.bindLong(1, row == null ? 0 : 1);
        replace.bindLong(2, base.born() > local ? base.born() : 0);
        for (int i = 0; i < width; i++) {
            Sql.bind(replace, 3 + i, row == null ? Value.NULL : row[i]);
        }
        Sql.bindAll(replace, 3 + width, base.key().values());
        run(replace);
    }

    /** Whether any row of any table has pending changes. */
    boolean any() {
        for (Table table : schema.tables()) {
            if (any(table)) {
                return true;
            }
        }
        return false;
    }

    boolean any(Table table) {
        SqliteStatement any = statement(table, "any", () -> "select exists (select 1 from " + name(table) + ")");
        try {
            return any.step() && any.columnLong(0) != 0;
        } finally {
            any.reset();
        }
    }

    /** All images of a table, a slice at a time, so that a large outbox does not fill the heap. */
    List<Base> slice(Table table, @Nullable Key after, int limit) {
        int keys = table.key().size();
        String position = "(" + list(keys, "k") + ") > (" + join(keys, i -> "?") + ")";
        SqliteStatement slice = after == null
                ? statement(
                        table,
                        "first",
                        () -> "select " + columns(table) + " from " + name(table) + " order by " + list(keys, "k")
                                + " limit ?")
                : statement(
                        table,
                        "next",
                        () -> "select " + columns(table) + " from " + name(table) + " where " + position + " order by "
                                + list(keys, "k") + " limit ?");
        if (after != null) {
            Sql.bindAll(slice, 1, after.values());
        }
        slice.bindLong(after == null ? 1 : keys + 1, limit);
        List<Base> bases = new ArrayList<>();
        while (slice.step()) {
            bases.add(read(table, slice));
        }
        slice.reset();
        return bases;
    }

    /** Forgets every image of a table. */
    void clear(Table table) {
        run(statement(table, "clear", () -> "delete from " + name(table)));
    }

    private static Base read(Table table, SqliteStatement row) {
        int keys = table.key().size();
        Key key = new Key(List.of(Sql.values(row, 0, keys)));
        boolean present = row.columnLong(keys) != 0;
        Value[] image = present ? Sql.values(row, keys + 3, table.columns().size()) : null;
        return new Base(key, image, row.columnLong(keys + 1), row.columnLong(keys + 2));
    }

    private static String columns(Table table) {
        return list(table.key().size(), "k") + ", present, born, edited, "
                + list(table.columns().size(), "c");
    }

    private static String keyMatches(Table table) {
        return String.join(
                " and ",
                java.util.stream.IntStream.range(0, table.key().size())
                        .mapToObj(i -> "k" + i + " = ?")
                        .toList());
    }

    private static String list(int count, String prefix) {
        return join(count, i -> prefix + i);
    }

    private static String join(int count, java.util.function.IntFunction<String> piece) {
        return String.join(
                ", ", java.util.stream.IntStream.range(0, count).mapToObj(piece).toList());
    }

    private static void run(SqliteStatement statement) {
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    private SqliteStatement statement(Table table, String purpose, java.util.function.Supplier<String> sql) {
        return statements.named(purpose + ' ' + table.name(), sql);
    }
}
