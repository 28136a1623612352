package dev.godwit.server;

import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Defaults;
import dev.godwit.rows.References;
import dev.godwit.rows.RowWrites;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import dev.godwit.wire.SyncCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The writing transaction on SQLite. */
final class SqliteWriter implements StoreWriter {
    private final SqliteConnection connection;
    private final SqliteStatements sql;
    private final Capture capture;
    private final RowWrites writes;
    private final References references;
    private final Defaults defaults;
    private final SqliteMemory memory;
    private final SqliteHorizons horizons;
    private final Schema schema;

    SqliteWriter(SqliteConnection connection, Schema schema, Map<Long, Table> tables, UUID timeline) {
        this.connection = connection;
        this.sql = new SqliteStatements(connection, tables, timeline);
        this.capture = new Capture(connection, schema);
        this.writes = new RowWrites(connection, schema);
        this.references = new References(connection, schema);
        this.defaults = new Defaults(connection);
        this.memory = new SqliteMemory(sql);
        this.horizons = new SqliteHorizons(connection, sql);
        this.schema = schema;
    }

    void begin() {
        capture.suspend();
    }

    void end() {
        capture.resume();
    }

    void forget() {
        writes.forget();
        sql.forgetScopes();
    }

    @Override
    public void savepoint() {
        connection.execute("savepoint godwit_one");
    }

    @Override
    public void rollback() {
        forget();
        connection.execute("rollback to godwit_one; release godwit_one");
    }

    @Override
    public void release() {
        connection.execute("release godwit_one");
    }

    @Override
    public long nextCommit(String scope) {
        Value name = Value.of(scope);
        sql.run("insert or ignore into godwit_scope (name, head) values (?, 0)", name);
        sql.run("update godwit_scope set head = head + 1 where name = ?", name);
        return sql.head(scope);
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
    public void noteHeads(long millis) {
        horizons.noteHeads(millis);
    }

    @Override
    public void forgetBelow(long millis, RowVisitor visitor) {
        horizons.forgetBelow(millis, visitor);
    }

    @Override
    public Writer writer(long number) {
        return sql.writer(number);
    }

    @Override
    public Table table(String name) {
        return schema.table(name).orElseThrow(() -> new IllegalArgumentException("no table " + name));
    }

    @Override
    public StoreMemory memory() {
        return memory;
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
    public DeviceState register(DeviceId id, String subject, long now) {
        sql.run(
                "insert into godwit_device (id, subject, last_sequence, confirmed, safe, last_stamp, last_seen)"
                        + " values (?, ?, 0, 0, 0, 0, ?)",
                Value.of(id.toString()),
                Value.of(subject),
                Value.of(now));
        return java.util.Objects.requireNonNull(sql.device(id), "device");
    }

    @Override
    public void save(DeviceState device) {
        sql.run(
                "update godwit_device set last_sequence = ?, confirmed = ?, safe = ?, last_stamp = ?, last_seen = ?"
                        + " where number = ?",
                Value.of(device.lastSequence()),
                Value.of(device.confirmed()),
                Value.of(device.safe()),
                Value.of(device.lastStamp()),
                Value.of(device.lastSeen()),
                Value.of(device.number()));
    }

    @Override
    public void pruneOutcomes(long device, long confirmed) {
        sql.run(
                "update godwit_receipt set outcome = null where device = ? and sequence <= ? and outcome is not null and applied"
                        + " and sequence > ? - 100000",
                Value.of(device),
                Value.of(confirmed),
                Value.of(confirmed));
    }

    @Override
    public long unconfirmedBytes(long device, long confirmed) {
        return sql.number(
                "select coalesce(sum(length(outcome)), 0) from godwit_receipt where device = ? and sequence > ?",
                Value.of(device),
                Value.of(confirmed));
    }

    @Override
    public long decidedBefore(long device, long after, long millis) {
        long next = sql.number(
                "select sequence from godwit_receipt where device = ? and sequence > ? and decided_at >= ?"
                        + " order by sequence limit 1",
                Value.of(device),
                Value.of(after),
                Value.of(millis));
        return next == 0
                ? Math.max(
                        after,
                        sql.number(
                                "select coalesce(max(sequence), 0) from godwit_receipt where device = ?",
                                Value.of(device)))
                : next - 1;
    }

    @Override
    public @Nullable StoredReceipt receipt(TransactionId id) {
        SqliteStatement select = sql.statement("select device, sequence, transaction_id, outcome from godwit_receipt"
                + " where transaction_id = ? order by device, sequence");
        select.bindBlob(1, SqliteStatements.bytes(id));
        StoredReceipt greatest = null;
        try {
            while (select.step()) {
                StoredReceipt one = SqliteStatements.receipt(select);
                greatest = greatest == null || one.weight() > greatest.weight() ? one : greatest;
            }
        } finally {
            select.reset();
        }
        return greatest;
    }

    @Override
    public @Nullable Applied applied(TransactionId id) {
        SqliteStatement select = sql.statement(
                "select device, sequence, transaction_id, outcome, s.name, commit_number from godwit_receipt"
                        + " left join godwit_scope s on s.id = scope_id where transaction_id = ? order by device, sequence");
        select.bindBlob(1, SqliteStatements.bytes(id));
        try {
            while (select.step()) {
                StoredReceipt one = SqliteStatements.receipt(select);
                if (select.columnType(5) != SqliteStatement.Type.NULL) {
                    return new Applied(one.device(), Map.of(select.columnText(4), select.columnLong(5)));
                }
                if (one.outcome() instanceof Outcome.Applied applied) {
                    return new Applied(one.device(), applied.commits());
                }
            }
            return null;
        } finally {
            select.reset();
        }
    }

    @Override
    public @Nullable StoredReceipt receipt(long device, long sequence) {
        SqliteStatement select = sql.statement(
                "select device, sequence, transaction_id, outcome from godwit_receipt where device = ? and sequence = ?");
        select.bindLong(1, device);
        select.bindLong(2, sequence);
        return first(select);
    }

    private static @Nullable StoredReceipt first(SqliteStatement select) {
        try {
            return select.step() ? SqliteStatements.receipt(select) : null;
        } finally {
            select.reset();
        }
    }

    @Override
    public int keep(long device, long sequence, TransactionId id, Outcome outcome, long now) {
        SqliteStatement insert =
                sql.statement("insert into godwit_receipt (device, sequence, transaction_id, decided_at,"
                        + " outcome, applied, scope_id, commit_number) values (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bindLong(1, device);
        insert.bindLong(2, sequence);
        insert.bindBlob(3, SqliteStatements.bytes(id));
        insert.bindLong(4, now);
        byte[] encoded = SyncCodec.encodeOutcome(outcome);
        insert.bindBlob(5, encoded);
        boolean isApplied = outcome instanceof Outcome.Applied || outcome instanceof Outcome.Duplicate;
        Map<String, Long> commits = outcome instanceof Outcome.Applied applied ? applied.commits() : Map.of();
        // new keys are told again to a copy of the device that brings the transaction later, and where it is counts
        // then
        insert.bindLong(6, isApplied && outcome.rekeyed().isEmpty() && commits.size() <= 1 ? 1 : 0);
        insert.bindNull(7);
        insert.bindNull(8);
        if (commits.size() == 1) {
            Map.Entry<String, Long> only = commits.entrySet().iterator().next();
            insert.bindLong(7, sql.scopeId(only.getKey()));
            insert.bindLong(8, only.getValue());
        }
        SqliteStatements.run(insert);
        return encoded.length;
    }

    @Override
    public @Nullable RowMeta meta(Table table, Key key) {
        SqliteStatement select = sql.statement(
                "select scope_id, commit_number, cells" + " from godwit_row where table_id = ? and key = ?");
        select.bindLong(1, sql.id(table));
        select.bindBlob(2, SqliteStatements.bytes(key));
        try {
            return select.step() ? sql.meta(select, 0) : null;
        } finally {
            select.reset();
        }
    }

    @Override
    public void keep(Table table, Key key, RowMeta meta) {
        SqliteStatement replace =
                sql.statement("insert or replace into godwit_row (table_id, key, scope_id, commit_number, cells)"
                        + " values (?, ?, ?, ?, ?)");
        replace.bindLong(1, sql.id(table));
        replace.bindBlob(2, SqliteStatements.bytes(key));
        replace.bindLong(3, sql.scopeId(meta.scope()));
        replace.bindLong(4, meta.commit());
        replace.bindBlob(5, sql.bytes(meta));
        SqliteStatements.run(replace);
    }

    @Override
    public void keepLeft(String scope, long commit, Table table, Key key) {
        SqliteStatement replace = sql.statement(
                "insert or replace into godwit_left (scope_id, table_id, key, commit_number) values (?, ?, ?, ?)");
        replace.bindLong(1, sql.scopeId(scope));
        replace.bindLong(2, sql.id(table));
        replace.bindBlob(3, SqliteStatements.bytes(key));
        replace.bindLong(4, commit);
        SqliteStatements.run(replace);
    }

    @Override
    public void forgetLeft(String scope, Table table, Key key) {
        SqliteStatement delete =
                sql.statement("delete from godwit_left where scope_id = ? and table_id = ? and key = ?");
        delete.bindLong(1, sql.scopeId(scope));
        delete.bindLong(2, sql.id(table));
        delete.bindBlob(3, SqliteStatements.bytes(key));
        SqliteStatements.run(delete);
    }

    @Override
    public List<Left> left(Table table, Key key) {
        // the marks have no index by row: each scope is asked, which is seldom
        SqliteStatement select =
                sql.statement("select s.name, l.commit_number from godwit_scope s cross join godwit_left l"
                        + " on l.scope_id = s.id and l.table_id = ? and l.key = ? limit 2");
        select.bindLong(1, sql.id(table));
        select.bindBlob(2, SqliteStatements.bytes(key));
        List<Left> marks = new ArrayList<>();
        while (select.step()) {
            marks.add(new Left(select.columnText(0), select.columnLong(1)));
        }
        select.reset();
        return marks;
    }

    @Override
    public Value @Nullable [] row(Table table, Key key) {
        return writes.find(table, key);
    }

    @Override
    public void write(Table table, Value @Nullable [] before, Value @Nullable [] after) {
        writes.write(table, before, after);
    }

    @Override
    public void flush() {
        writes.flush();
    }

    @Override
    public Value[] defaults(Table table) {
        return defaults.row(table);
    }

    @Override
    public RowWrites.@Nullable Place culprit() {
        return writes.culprit();
    }

    @Override
    public References references() {
        return references;
    }

    @Override
    public void foreignChanges(ForeignVisitor visitor) {
        for (Table table : capture.touched()) {
            capture.scan(table, (before, after) -> visitor.changed(table, before, after));
            capture.clear(table);
        }
    }
}
