package dev.godwit.server;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.schema.SchemaReader;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A server on a file, with a clock and randomness of its own. */
final class TestServer implements AutoCloseable {
    static final JdbcSqlite DRIVER = new JdbcSqlite();

    final Random random = new Random(7);
    final List<RowValidator> validators = new ArrayList<>();
    Limits limits = Limits.DEFAULT;
    long now = 1_800_000_000_000L;
    private final Path file;
    private String schema;
    private SyncServer engine;

    TestServer(Path file, String schema) {
        this.file = file;
        this.schema = schema;
        start();
    }

    SyncServer engine() {
        return engine;
    }

    UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    void start() {
        Schema read = new SchemaReader(DRIVER).read("schema", schema);
        engine = SyncServer.open(
                new ServerOptions(read, DRIVER, file.toString(), limits, () -> now, this::uuid, validators));
    }

    void restart() {
        engine.close();
        start();
    }

    void restart(String grown) {
        engine.close();
        schema = grown;
        start();
    }

    /** Runs SQL as an operator does, with any tool. */
    void operator(String sql) {
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(file.toString()))) {
            connection.execute(sql);
        }
    }

    List<String> rows(String sql) {
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(file.toString()))) {
            return Sql.rows(connection, sql).stream().map(TestServer::text).toList();
        }
    }

    static String text(Value[] row) {
        return Arrays.toString(row);
    }

    Path file() {
        return file;
    }

    @Override
    public void close() {
        engine.close();
    }
}
