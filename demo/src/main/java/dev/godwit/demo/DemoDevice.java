package dev.godwit.demo;

import dev.godwit.cli.Processes;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.client.Row;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One device of the story: a database file and the way to the server. */
final class DemoDevice implements AutoCloseable {
    static final JdbcSqlite DRIVER = new JdbcSqlite();

    private final String name;
    private final Path file;
    private final HttpTransport transport;
    private Godwit db;

    DemoDevice(String name, Path file, String schema, Processes.Server server) {
        this.name = name;
        this.file = file;
        this.transport = new HttpTransport(HttpTransportOptions.of(server.address(), server::token, Limits.DEFAULT));
        this.db = Godwit.open(options().withSchema(schema).withScopes("red"));
        new Remote(server.address(), server.token()).write(DRIVER, file.toString());
    }

    private GodwitOptions options() {
        return GodwitOptions.of(file.toString(), DRIVER).withTransport(transport);
    }

    String name() {
        return name;
    }

    Path file() {
        return file;
    }

    Godwit db() {
        return db;
    }

    SyncResult sync() {
        return db.sync();
    }

    void write(String sql, @Nullable Object... parameters) {
        db.write(tx -> tx.run(sql, parameters));
    }

    String one(String sql) {
        List<Row> rows = db.query(sql);
        return rows.isEmpty()
                ? "nothing"
                : String.valueOf(rows.get(0).text(rows.get(0).names().get(0)));
    }

    long number(String sql) {
        return Long.parseLong(one(sql));
    }

    List<String> rows(String sql) {
        return db.query(sql).stream().map(r -> r.values().toString()).toList();
    }

    void stop() {
        db.close();
    }

    void restart() {
        db = Godwit.open(options());
    }

    @Override
    public void close() {
        db.close();
        transport.close();
    }
}
