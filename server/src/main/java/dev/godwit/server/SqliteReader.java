package dev.godwit.server;

import dev.godwit.merge.Seen.Former;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.RowWrites;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A snapshot on SQLite: a read transaction of WAL. */
final class SqliteReader implements StoreReader, AutoCloseable {
    private static final String LOG = """
            select commit_number, table_id, key, scope_id, commit_number, cells
              from godwit_row where scope_id = ?1 and (commit_number, table_id, key) > (?2, ?3, ?4)
            union all
            select commit_number, table_id, key, null, null, null
              from godwit_left where scope_id = ?1 and (commit_number, table_id, key) > (?2, ?3, ?4)
            order by 1, 2, 3""";

    private final SqliteConnection connection;
    private final SqliteStatements sql;
    private final Capture capture;
    private final RowWrites rows;
    private final SqliteTexts texts;

    SqliteReader(SqliteConnection connection, Schema schema, Map<Long, Table> tables, UUID timeline) {
        this.connection = connection;
        this.sql = new SqliteStatements(connection, tables, timeline);
        this.capture = new Capture(connection, schema);
        this.rows = new RowWrites(connection, schema);
        this.texts = new SqliteTexts(sql);
    }

    void begin() {
        connection.execute("begin");
        // the snapshot is taken by the first read, not by BEGIN
        sql.number("select count(*) from godwit_server");
    }

    void end() {
        connection.execute("rollback");
    }

    @Override
    public long head(String scope) {
        return sql.head(scope);
    }

    @Override
    public long horizon(String scope) {
        return sql.horizon(scope);
    }

    @Override
    public long sharedUntil(UUID timeline, String scope) {
        return sql.sharedUntil(timeline, scope);
    }

    @Override
    public @Nullable DeviceState device(DeviceId id) {
        return sql.device(id);
    }

    @Override
    public List<StoredReceipt> unconfirmed(long device, long above, int limit) {
        SqliteStatement select = sql.statement("select device, sequence, transaction_id, outcome from godwit_receipt"
                + " where device = ? and sequence > ? and outcome is not null order by sequence limit ?");
        select.bindLong(1, device);
        select.bindLong(2, above);
        select.bindLong(3, limit);
        List<StoredReceipt> receipts = new ArrayList<>();
        while (select.step()) {
            receipts.add(SqliteStatements.receipt(select));
        }
        select.reset();
        return receipts;
    }

    @Override
    public void log(String scope, LogPosition after, LogVisitor visitor) {
        SqliteStatement log = sql.statement(LOG);
        log.bindLong(1, sql.scopeId(scope));
        log.bindLong(2, after.commit());
        log.bindLong(3, after.table());
        log.bindBlob(4, after.key());
        try {
            boolean more = true;
            while (more && log.step()) {
                LogPosition position = new LogPosition(log.columnLong(0), log.columnLong(1), log.columnBlob(2));
                Table table = sql.table(position.table());
                if (table != null) {
                    RowMeta meta = log.columnType(3) == SqliteStatement.Type.NULL ? null : sql.meta(log, 3);
                    more = visitor.visit(new LogRow(position, table, KeyCodec.decode(position.key()), meta));
                }
            }
        } finally {
            log.reset();
        }
    }

    @Override
    public long logSize(String scope, long afterCommit) {
        return sql.number(
                "select count(*) from godwit_row where scope_id = ? and commit_number > ?",
                Value.of(sql.scopeId(scope)),
                Value.of(afterCommit));
    }

    @Override
    public Value @Nullable [] row(Table table, Key key) {
        return rows.find(table, key);
    }

    @Override
    public List<Former> formers(long device, String scope) {
        return sql.formers(device, scope);
    }

    @Override
    public List<StoreMemory.LoggedEdit> edits(Table table, Key key, int column, long above) {
        return texts.above(SqliteTexts.text(sql, table, key, column), above);
    }

    @Override
    public boolean hasForeignChanges() {
        return !capture.touched().isEmpty();
    }

    @Override
    public void close() {
        connection.close();
    }
}
