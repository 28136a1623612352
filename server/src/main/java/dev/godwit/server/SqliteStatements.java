package dev.godwit.server;

import dev.godwit.merge.Seen.Former;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.Sql;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import dev.godwit.wire.SyncCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What reader and writer of the SQLite store share: compiled statements, and rows of the metadata tables. */
final class SqliteStatements {
    private final Map<Long, Table> tables;
    private final Map<String, Long> tableIds = new HashMap<>();
    private final Map<Long, String> scopeNames = new HashMap<>();
    private final Map<String, Long> scopeIds = new HashMap<>();
    private final UUID timeline;
    private final CompiledStatements statements;

    SqliteStatements(SqliteConnection connection, Map<Long, Table> tables, UUID timeline) {
        this.statements = new CompiledStatements(connection);
        this.tables = tables;
        this.timeline = timeline;
        tables.forEach((id, table) -> tableIds.put(table.name(), id));
    }

    SqliteStatement statement(String sql) {
        return statements.of(sql);
    }

    /** The table of an id; null for one that only an older schema had. */
    @Nullable
    Table table(long id) {
        return tables.get(id);
    }

    long id(Table table) {
        Long id = tableIds.get(table.name());
        if (id == null) {
            throw new IllegalArgumentException("no table " + table.name());
        }
        return id;
    }

    /** The id of a scope; 0 if nobody has written to it. */
    long scopeId(String scope) {
        Long known = scopeIds.get(scope);
        if (known != null) {
            return known;
        }
        long id = number("select id from godwit_scope where name = ?", Value.of(scope));
        if (id != 0) {
            scopeIds.put(scope, id);
        }
        return id;
    }

    /** Forgets ids that a rollback may have taken back. */
    void forgetScopes() {
        scopeIds.clear();
        scopeNames.clear();
    }

    String scopeName(long id) {
        String known = scopeNames.get(id);
        if (known != null) {
            return known;
        }
        SqliteStatement select = statement("select name from godwit_scope where id = ?");
        select.bindLong(1, id);
        try {
            if (!select.step()) {
                throw new IllegalStateException("broken store: no scope " + id);
            }
            String name = select.columnText(0);
            scopeNames.put(id, name);
            return name;
        } finally {
            select.reset();
        }
    }

    StoreWriter.Writer writer(long number) {
        SqliteStatement select = statement("select id, subject from godwit_device where number = ?");
        select.bindLong(1, number);
        try {
            return select.step()
                    ? new StoreWriter.Writer(select.columnText(0), select.columnText(1))
                    : StoreWriter.Writer.SERVER;
        } finally {
            select.reset();
        }
    }

    long horizon(String scope) {
        return number(
                "select commit_number from godwit_horizon where scope_id = (select id from godwit_scope where name = ?)",
                Value.of(scope));
    }

    long head(String scope) {
        return number("select head from godwit_scope where name = ?", Value.of(scope));
    }

    long sharedUntil(UUID of, String scope) {
        if (of.equals(timeline)) {
            return head(scope);
        }
        long number = number("select number from godwit_timeline where id = ?", Value.of(of.toString()));
        return number == 0
                ? -1
                : number(
                        "select head from godwit_timeline_end where scope_id = ? and timeline <= ?"
                                + " order by timeline desc limit 1",
                        Value.of(scopeId(scope)),
                        Value.of(number));
    }

    @Nullable
    DeviceState device(DeviceId id) {
        SqliteStatement select =
                statement("select number, subject, last_sequence, confirmed, safe, last_stamp, last_seen"
                        + " from godwit_device where id = ?");
        select.bindText(1, id.toString());
        try {
            return select.step()
                    ? new DeviceState(
                            select.columnLong(0),
                            select.columnText(1),
                            select.columnLong(2),
                            select.columnLong(3),
                            select.columnLong(4),
                            select.columnLong(5),
                            select.columnLong(6))
                    : null;
        } finally {
            select.reset();
        }
    }

    /** A receipt of a row with device, sequence, transaction id and outcome. */
    static StoredReceipt receipt(SqliteStatement row) {
        ByteBuffer id = ByteBuffer.wrap(row.columnBlob(2));
        boolean open = row.columnType(3) != SqliteStatement.Type.NULL;
        return new StoredReceipt(
                row.columnLong(0),
                row.columnLong(1),
                new TransactionId(new UUID(id.getLong(), id.getLong())),
                open ? SyncCodec.decodeOutcome(row.columnBlob(3)) : null);
    }

    static byte[] bytes(TransactionId id) {
        return ByteBuffer.allocate(16)
                .putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits())
                .array();
    }

    /** See {@link StoreMemory#formers}. */
    List<Former> formers(long device, String scope) {
        SqliteStatement select = statement("select former, commit_number from godwit_former where device = ?"
                + " and scope_id = (select id from godwit_scope where name = ?) order by former");
        select.bindLong(1, device);
        select.bindText(2, scope);
        List<Former> formers = new ArrayList<>();
        while (select.step()) {
            formers.add(new Former(select.columnLong(0), select.columnLong(1)));
        }
        select.reset();
        return formers;
    }

    /** Metadata from columns scope_id, commit_number, cells, from {@code first} on. */
    RowMeta meta(SqliteStatement row, int first) {
        String scope = scopeName(row.columnLong(first));
        long commit = row.columnLong(first + 1);
        CellGroups.Row stored = CellGroups.decode(commit, row.columnBlob(first + 2));
        long arrived = commit - stored.since();
        CellGroups.Birth birth = stored.birth();
        RowMeta.Birth born = birth == null
                ? new RowMeta.Birth(
                        scope, arrived, stored.cells().get(0).stamp().writer(), false)
                : new RowMeta.Birth(scopeName(birth.scopeId()), birth.commit(), birth.writer(), true);
        return new RowMeta(scope, commit, arrived, born, stored.deleted(), stored.cells());
    }

    /** What {@link #meta} reads. The birth of the first row under its key is left out: no change can mistake it for an earlier one. */
    byte[] bytes(RowMeta meta) {
        RowMeta.Birth birth = meta.birth();
        CellGroups.Birth kept =
                birth.again() ? new CellGroups.Birth(scopeId(birth.scope()), birth.commit(), birth.writer()) : null;
        return CellGroups.encode(
                meta.commit(), new CellGroups.Row(meta.deleted(), meta.commit() - meta.arrived(), kept, meta.cells()));
    }

    long number(String sql, Value... parameters) {
        SqliteStatement statement = statement(sql);
        Sql.bindAll(statement, 1, List.of(parameters));
        try {
            return statement.step() ? statement.columnLong(0) : 0;
        } finally {
            statement.reset();
        }
    }

    void run(String sql, Value... parameters) {
        SqliteStatement statement = statement(sql);
        Sql.bindAll(statement, 1, List.of(parameters));
        run(statement);
    }

    static void run(SqliteStatement statement) {
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    static byte[] bytes(Key key) {
        return KeyCodec.encode(key);
    }
}
