package dev.godwit.testing;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.http.GodwitHttp;
import dev.godwit.http.HttpOptions;
import dev.godwit.http.SharedSecretTokens;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server over real HTTP, devices for it, and a look at everything that their databases hold. */
final class OverHttp implements AutoCloseable {
    static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";
    private static final JdbcSqlite DRIVER = new JdbcSqlite();
    private static final long HOUR = 3_600_000;

    final Path folder;
    final InProcessServer server;
    final SharedSecretTokens tokens;
    final GodwitHttp http;
    private final Limits limits;

    OverHttp(Path folder, Limits limits, HttpOptions.@Nullable Tls tls) {
        this.folder = folder;
        this.limits = limits;
        this.server = new InProcessServer(folder.resolve("server.db"), SCHEMA, limits, List.of(), 1);
        this.tokens = new SharedSecretTokens(
                "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII), server::wallMillis);
        this.http = GodwitHttp.start(new HttpOptions("127.0.0.1", 0, tokens, limits, tls, false), server.engine());
    }

    String token() {
        return tokens.mint("ann", List.of("red"), false, HOUR);
    }

    String address() {
        return http.address().toString();
    }

    /** A device and its way to an address. */
    record Connected(Godwit db, HttpTransport transport, Path file) implements AutoCloseable {
        void write(String id, String title) {
            db.write(tx -> tx.run("insert into task values (?, 'red', ?)", id, title));
        }

        @Override
        public void close() {
            db.close();
            transport.close();
        }
    }

    Connected device(String name) {
        return device(name, address(), options -> options);
    }

    Connected device(String name, String address, UnaryOperator<HttpTransportOptions> how) {
        return device(name, address, how, options -> options);
    }

    Connected device(
            String name,
            String address,
            UnaryOperator<HttpTransportOptions> how,
            UnaryOperator<GodwitOptions> options) {
        String token = token();
        HttpTransport transport = new HttpTransport(
                how.apply(HttpTransportOptions.of(address, () -> token, limits).withTimeoutMillis(20_000)));
        Path file = folder.resolve(name + ".db");
        Godwit db = Godwit.open(options.apply(GodwitOptions.of(file.toString(), DRIVER)
                .withSchema(SCHEMA)
                .withScopes("red")
                .withDevice(new ManualDevice(name.hashCode(), server.wallMillis()))
                .withLimits(limits)
                .withTransport(transport)));
        return new Connected(db, transport, file);
    }

    /** What a raw request was answered. */
    record Raw(int status, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    /** Sends bytes to {@code /v1/sync}, on the thread that calls. */
    Raw post(byte[] body, boolean gzip) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address() + "/v1/sync").toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        connection.setRequestProperty("Authorization", "Bearer " + token());
        if (gzip) {
            connection.setRequestProperty("Content-Encoding", "gzip");
        }
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Raw(status, in.readAllBytes());
        }
    }

    /** Everything in the server's database. */
    List<String> everythingOnTheServer() {
        return everything(server.file());
    }

    /** Everything in a database but the record of attempts to sync, which a failed sync leaves, and what the server's ticker notes by the hour. */
    static List<String> everything(Path file) {
        List<String> all = new ArrayList<>();
        try (SqliteConnection connection =
                DRIVER.open(SqliteOptions.of(file.toString()).reading())) {
            for (Value[] table : Sql.rows(
                    connection,
                    "select name from sqlite_master where type = 'table' and name not in ('godwit_attempt', 'godwit_clock') order by name")) {
                String name = table[0].asText();
                List<String> columns = Sql.rows(
                                connection,
                                "select name from pragma_table_info(?) where name not in"
                                        + " ('attempts', 'last_error', 'error_since')",
                                table[0])
                        .stream()
                        .map(column -> Sql.name(column[0].asText()))
                        .toList();
                for (Value[] row : Sql.rows(
                        connection,
                        "select " + String.join(", ", columns) + " from " + Sql.name(name) + " order by "
                                + String.join(", ", columns))) {
                    all.add(name + " " + Arrays.toString(row));
                }
            }
        }
        return all;
    }

    @Override
    public void close() {
        http.close();
        server.close();
    }
}
