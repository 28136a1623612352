package dev.godwit.server;

import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.ApplicationTriggers;
import dev.godwit.rows.Capture;
import dev.godwit.rows.Sql;
import dev.godwit.schema.SchemaChange;
import dev.godwit.schema.SchemaReader;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteLog;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** The store on SQLite: one connection that writes, durably, and a few that read. */
final class SqliteStore implements Store {
    private static final int IDLE_READERS = 8;

    private final ServerOptions options;
    private final SqliteConnection writing;
    private final SqliteWriter writer;
    private final Map<Long, Table> tables;
    private final UUID timeline;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Deque<SqliteReader> idle = new ArrayDeque<>();
    private boolean closed;

    private SqliteStore(ServerOptions options, SqliteConnection writing, UUID timeline, Map<Long, Table> tables) {
        this.options = options;
        this.writing = writing;
        this.timeline = timeline;
        this.tables = tables;
        this.writer = new SqliteWriter(writing, options.schema(), tables, timeline);
    }

    /** The schema that the file was last opened with, if it is another one. */
    static Optional<Schema> olderSchema(ServerOptions options) {
        try (SqliteConnection connection = options.driver().open(SqliteOptions.of(options.path()))) {
            SqliteLog.settle(connection);
            return exists(connection, "godwit_server") ? otherSchema(connection, options) : Optional.empty();
        }
    }

    /** The schema in a server's file, if it is not the one in force. */
    private static Optional<Schema> otherSchema(SqliteConnection connection, ServerOptions options) {
        String stored = Sql.rows(connection, "select schema from godwit_server")
                .get(0)[0]
                .asText();
        return stored.equals(options.schema().text())
                ? Optional.empty()
                : Optional.of(new SchemaReader(options.driver()).read("the server's schema", stored));
    }

    /** Opens the file, creates what is missing, follows a schema that has grown, and begins a timeline. */
    static SqliteStore open(ServerOptions options) {
        SqliteConnection connection =
                options.driver().open(SqliteOptions.of(options.path()).withForeignKeys(false));
        try {
            SqliteLog.settle(connection);
            connection.execute("begin immediate");
            prepare(connection, options);
            Map<Long, Table> tables = number(connection, options.schema());
            UUID timeline = beginTimeline(connection, options.randomness().get());
            connection.execute("commit");
            return new SqliteStore(options, connection, timeline, tables);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void prepare(SqliteConnection connection, ServerOptions options) {
        Schema schema = options.schema();
        if (!exists(connection, "godwit_server")) {
            connection.execute(StoreTables.DDL);
            connection.execute(StoreTables.ROW_DDL.formatted("godwit_row"));
            connection.execute(StoreTables.ROW_LOG_DDL);
            connection.execute(StoreTables.MEMORY_DDL);
            connection.execute(StoreTables.FORMER_DDL);
            connection.execute(StoreTables.IMAGE_DDL.formatted("godwit_image"));
            Sql.run(
                    connection,
                    "insert into godwit_server (id, format, schema) values (1, ?, ?)",
                    Value.of(StoreTables.FORMAT),
                    Value.of(schema.text()));
            schema.statements().stream()
                    .filter(s -> !exists(connection, s.name()))
                    .forEach(s -> connection.execute(s.sql()));
            new Capture(connection, schema).install(false);
            markAllForeign(connection, schema);
            return;
        }
        StoreUpgrade.run(connection, schema);
        otherSchema(connection, options).ifPresent(old -> {
            SchemaChange.between(old, schema).statements().forEach(connection::execute);
            Sql.run(connection, "update godwit_server set schema = ?", Value.of(schema.text()));
            new Capture(connection, schema).install(false);
        });
    }

    private static boolean exists(SqliteConnection connection, String name) {
        return Sql.number(
                        connection, "select count(*) from sqlite_master where name = ? collate nocase", Value.of(name))
                > 0;
    }

    /** Rows that were in the file before it became a server's are absorbed like an operator's inserts. */
    private static void markAllForeign(SqliteConnection connection, Schema schema) {
        Capture capture = new Capture(connection, schema);
        for (Table table : schema.tables()) {
            capture.markInserted(table, null, Long.MAX_VALUE);
        }
    }

    private static Map<Long, Table> number(SqliteConnection connection, Schema schema) {
        Map<Long, Table> tables = new LinkedHashMap<>();
        for (Table table : schema.tables()) {
            Value name = Value.of(table.name());
            Sql.run(connection, "insert or ignore into godwit_table (name) values (?)", name);
            tables.put(Sql.number(connection, "select id from godwit_table where name = ?", name), table);
        }
        return tables;
    }

    private static UUID beginTimeline(SqliteConnection connection, UUID id) {
        long last = Sql.number(connection, "select coalesce(max(number), 0) from godwit_timeline");
        Sql.run(
                connection,
                "insert into godwit_timeline_end (scope_id, timeline, head) select s.id, ?, s.head from godwit_scope s"
                        + " where s.head is not (select e.head from godwit_timeline_end e where e.scope_id = s.id"
                        + " order by e.timeline desc limit 1)",
                Value.of(last));
        Sql.run(
                connection,
                "insert into godwit_timeline (number, id) values (?, ?)",
                Value.of(last + 1),
                Value.of(id.toString()));
        return id;
    }

    @Override
    public UUID timeline() {
        return timeline;
    }

    @Override
    public <T> T write(Function<StoreWriter, T> work) {
        lock.lock();
        boolean done = false;
        try {
            writing.execute("begin immediate");
            // the application's triggers did their work on the device; they come back before the commit
            ApplicationTriggers triggers = ApplicationTriggers.remove(writing, options.schema());
            writer.begin();
            T result = work.apply(writer);
            writer.end();
            triggers.restore();
            writing.execute("commit");
            done = true;
            return result;
        } finally {
            try {
                if (!done) {
                    // always: after an error of the disk SQLite has rolled back by itself
                    writer.forget();
                    if (writing.inTransaction()) {
                        writing.execute("rollback");
                    }
                }
            } finally {
                lock.unlock(); // also where the disk refuses the rollback: others must hear of it, not wait for ever
            }
        }
    }

    @Override
    public <T> T read(Reading<T> work) throws IOException {
        SqliteReader reader = take();
        try {
            reader.begin();
            try {
                return work.read(reader);
            } finally {
                reader.end();
            }
        } finally {
            giveBack(reader);
        }
    }

    private SqliteReader take() {
        synchronized (idle) {
            if (closed) {
                throw new IllegalStateException("the store is closed");
            }
            SqliteReader reader = idle.pollFirst();
            if (reader != null) {
                return reader;
            }
        }
        SqliteConnection connection =
                options.driver().open(SqliteOptions.of(options.path()).reading());
        return new SqliteReader(connection, options.schema(), tables, timeline);
    }

    private void giveBack(SqliteReader reader) {
        synchronized (idle) {
            if (!closed && idle.size() < IDLE_READERS) {
                idle.addFirst(reader);
                return;
            }
        }
        reader.close();
    }

    @Override
    public long foreignVersion() {
        lock.lock();
        try {
            return closed ? 0 : Sql.number(writing, "pragma data_version");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            synchronized (idle) {
                closed = true;
            }
            idle.forEach(SqliteReader::close);
            idle.clear();
            writing.close();
        } finally {
            lock.unlock();
        }
    }
}
