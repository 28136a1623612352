package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A real server on loopback, and real devices that try to sync with it or with something else. */
final class Serving implements AutoCloseable {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";
    private static final byte[] SECRET = "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII);
    private static final long HOUR = 3_600_000;

    private final Path folder;
    private final JdbcSqlite driver = new JdbcSqlite();
    private final SharedSecretTokens tokens = new SharedSecretTokens(SECRET, System::currentTimeMillis);
    private final SyncServer engine;
    private final GodwitHttp server;
    private final HttpClient client = HttpClient.newHttpClient();

    Serving(Path folder, HttpOptions.@Nullable Tls tls) {
        this(folder, tls, "127.0.0.1");
    }

    Serving(Path folder, HttpOptions.@Nullable Tls tls, String host) {
        folder.toFile().mkdirs();
        this.folder = folder;
        this.engine = SyncServer.open(new ServerOptions(
                new SchemaReader(driver).read("schema", SCHEMA),
                driver,
                folder.resolve("server.db").toString(),
                Limits.DEFAULT,
                System::currentTimeMillis,
                UUID::randomUUID,
                List.of()));
        try {
            this.server = GodwitHttp.start(new HttpOptions(host, 0, tokens, Limits.DEFAULT, tls, false), engine);
        } catch (RuntimeException notStarted) {
            engine.close();
            throw notStarted;
        }
    }

    String address() {
        return server.address().toString();
    }

    int port() {
        return server.port();
    }

    String token() {
        return tokens.mint("ann", List.of("red"), false, HOUR);
    }

    HttpTransport transport(String address, HttpTransportOptions.@Nullable Trust trust) {
        HttpTransportOptions options = HttpTransportOptions.of(address, this::token, Limits.DEFAULT);
        return new HttpTransport(trust == null ? options : options.withTrust(trust));
    }

    /** A device; the same name is the same database. */
    Godwit device(String name, HttpTransport transport) {
        return Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), driver)
                .withSchema(SCHEMA)
                .withScopes("red")
                .withTransport(transport));
    }

    /** What comes of a sync that cannot succeed. Checks that the write before it is kept, and that others are served. */
    SyncResult refused(String name, String address, HttpTransportOptions.@Nullable Trust trust) {
        try (HttpTransport transport = transport(address, trust);
                Godwit db = device(name, transport)) {
            db.write(tx -> tx.run("insert into task values (?, 'red', 'kept')", name));
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(result.toString()).isFalse();
            assertThat(db.status().pending()).as("nothing is lost").isEqualTo(1);
            assertThat(db.query("select title from task"))
                    .as("nothing is changed")
                    .hasSize(1);
            return result;
        }
    }

    /** The same device reaches the server, with what it could not send before, and another one gets it. */
    void arrives(String name, HttpTransportOptions.@Nullable Trust trust) {
        try (HttpTransport transport = transport(address(), trust);
                Godwit same = device(name, transport);
                Godwit other = device("other-than-" + name, transport)) {
            SyncResult result = same.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(result.sent()).isEqualTo(1);
            assertThat(other.sync().isSynced()).isTrue();
            assertThat(other.query("select id from task where id = ?", name)).hasSize(1);
        }
    }

    /** Posts a body as it is, from a user of its own. */
    HttpResponse<byte[]> post(byte[] body, boolean gzip) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve("/v1/sync"))
                .header("Authorization", "Bearer " + tokens.mint("eve", List.of("red"), false, HOUR))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (gzip) {
            request.header("Content-Encoding", "gzip");
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** What the server's tables hold: one value. */
    String onServer(String sql) {
        try (SqliteConnection connection = driver.open(
                        SqliteOptions.of(folder.resolve("server.db").toString()).reading());
                SqliteStatement statement = connection.prepare(sql)) {
            assertThat(statement.step()).isTrue();
            return statement.columnText(0);
        }
    }

    /** Changes a device's own database behind its back. */
    void onDevice(String name, String sql) {
        try (SqliteConnection connection =
                driver.open(SqliteOptions.of(folder.resolve(name + ".db").toString()))) {
            connection.execute(sql);
        }
    }

    @Override
    public void close() {
        server.close();
        engine.close();
    }
}
