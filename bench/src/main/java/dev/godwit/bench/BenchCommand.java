package dev.godwit.bench;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Subcommand;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.http.GodwitHttp;
import dev.godwit.http.HttpOptions;
import dev.godwit.http.SharedSecretTokens;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code godwit bench}: the workload through the public API, each figure beside plain SQLite with the same rows, tables,
 * indexes and durability in the same run. A first version: one run, and server and device share one process and its loopback.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Times the workload beside plain SQLite; verifies every result.",
        footer = {"", "Example: godwit bench --rows 20000"})
public final class BenchCommand implements Subcommand {
    private static final byte[] SECRET =
            "only for a bench on loopback, and for nothing else".getBytes(StandardCharsets.US_ASCII);

    @Option(names = "--rows", defaultValue = "100000", description = "Rows of W1b to W3.")
    int rows;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    private final JdbcSqlite driver = new JdbcSqlite();
    private boolean broken;

    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("godwit-bench");
        try {
            run(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return broken ? ExitCode.FAILED : ExitCode.DONE;
    }

    private void run(Path folder) throws IOException {
        List<Object[]> some = Rows.make(Math.min(rows, 5_000), 1);
        List<Object[]> all = Rows.make(rows, 2);
        row("W1a single commits, FULL", write(folder, "w1a", some, 1), plain(folder, "p1a", some, 1), 1.5);
        double bulk = plain(folder, "p1b", all, 1_000);
        row("W1b batches of 1,000", write(folder, "a", all, 1_000), bulk, 2.0);
        SyncServer engine = SyncServer.open(new ServerOptions(
                new SchemaReader(driver).read("bench", Rows.SCHEMA),
                driver,
                folder.resolve("server.db").toString(),
                Limits.DEFAULT,
                System::currentTimeMillis,
                UUID::randomUUID,
                List.of()));
        SharedSecretTokens tokens = new SharedSecretTokens(SECRET, System::currentTimeMillis);
        String token = tokens.mint("bench", List.of("red"), false, 3_600_000);
        try (engine;
                GodwitHttp http = GodwitHttp.start(HttpOptions.loopback(0, tokens, Limits.DEFAULT), engine);
                HttpTransport one = transport(http, token);
                HttpTransport two = transport(http, token);
                Godwit a = open(folder, "a", one);
                Godwit b = open(folder, "b", two)) {
            sync("W2 push", a, bulk, 6.0);
            sync("W3 first pull", b, bulk, 4.0);
            verify("W3", a, b);
            fields(a, b, token.length());
        }
    }

    private void fields(Godwit a, Godwit b, int tokenLength) {
        a.write(tx ->
                tx.run("update work_order set status = 'changed' where id in (select id from work_order limit 1000)"));
        SyncResult up = a.sync();
        SyncResult down = b.sync();
        figure("W4 up, bytes a field", up.bytesUp() / 1000.0, 60);
        figure("W4 down, bytes a field", down.bytesDown() / 1000.0, 60);
        verify("W4", a, b);
        b.sync();
        SyncResult quiet = b.sync();
        figure("W5 nothing new, bytes", (double) (quiet.bytesUp() + quiet.bytesDown() - tokenLength), 600);
    }

    private HttpTransport transport(GodwitHttp http, String token) {
        return new HttpTransport(HttpTransportOptions.of(http.address().toString(), () -> token, Limits.DEFAULT));
    }

    private Godwit open(Path folder, String name, HttpTransport transport) {
        return Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), driver)
                .withSchema(Rows.SCHEMA)
                .withScopes("red")
                .withTransport(transport));
    }

    private void sync(String what, Godwit device, double beside, double limit) {
        long begun = System.nanoTime();
        SyncResult result = device.sync();
        row(what, (System.nanoTime() - begun) / 1e9, beside, limit);
        spec.commandLine().getErr().println("  " + result);
        broken |= !result.isSynced();
    }

    private double write(Path folder, String name, List<Object[]> data, int batch) {
        try (Godwit godwit =
                Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), driver)
                        .withSchema(Rows.SCHEMA)
                        .withScopes("red"))) {
            long begun = System.nanoTime();
            for (int from = 0; from < data.size(); from += batch) {
                List<Object[]> part = data.subList(from, Math.min(data.size(), from + batch));
                godwit.write(tx -> part.forEach(row -> tx.run(Rows.INSERT, row)));
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            broken |=
                    godwit.query("select count(*) as n from work_order").get(0).integer("n") != data.size();
            return seconds;
        }
    }

    private double plain(Path folder, String name, List<Object[]> data, int batch) {
        try (SqliteConnection connection =
                driver.open(SqliteOptions.of(folder.resolve(name + ".db").toString()))) {
            return Rows.plain(connection, data, batch) / 1e9;
        }
    }

    private void verify(String what, Godwit a, Godwit b) {
        String sql = "select * from work_order order by id";
        if (!a.query(sql).equals(b.query(sql))) {
            broken = true;
            spec.commandLine().getErr().println(what + ": the two devices differ");
        }
    }

    private void row(String what, double seconds, double beside, double limit) {
        print(what, seconds, beside, seconds / beside, limit);
    }

    private void figure(String what, double value, double limit) {
        print(what, value, 0, value, limit);
    }

    private void print(String what, double ours, double beside, double figure, double limit) {
        PrintWriter out = spec.commandLine().getOut();
        String format = json
                ? "{\"phase\":\"%s\",\"ours\":%.3f,\"plain\":%.3f,\"figure\":%.2f,\"limit\":%.1f,\"ok\":%b}%n"
                : "%-28s ours %8.3f  plain %8.3f  figure %8.2f  limit %6.1f  %s%n";
        Object ok = json ? (Object) (figure <= limit) : figure <= limit ? "ok" : "MISSED";
        out.printf(Locale.ROOT, format, what, ours, beside, figure, limit, ok);
        out.flush();
    }
}
