package dev.godwit.cli;

import static dev.godwit.cli.Terminal.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.cli.Terminal.Ran;
import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.Remote;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.Period;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkDriver;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a server process, as a person would type them. */
class ServedTest {
    private static final List<String> TABLES = List.of(
            "Album",
            "Artist",
            "Customer",
            "Employee",
            "Genre",
            "Invoice",
            "InvoiceLine",
            "MediaType",
            "Playlist",
            "PlaylistTrack",
            "Track");

    @TempDir
    Path folder;

    /** Beside the project, or beside a folder that it is in. */
    private static Path sample() {
        Path above = Path.of("").toAbsolutePath().getParent();
        Path sample = null;
        while (sample == null && above != null) {
            Path there = above.resolve("shared/data/chinook.sqlite");
            sample = Files.exists(there) ? there : null;
            above = above.getParent();
        }
        if (sample == null) {
            System.out.println(
                    "SKIPPED: a test of the command needs shared/data/chinook.sqlite beside the project, and it is not there");
        }
        assumeTrue(sample != null, "no sample database");
        return sample;
    }

    private static void done(Ran ran) {
        assertThat(ran.code()).as("%s%n%s", ran.out(), ran.err()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aDatabaseWithRowsIsAttachedPushedPulledAndEditedOnAllSides() throws IOException, InterruptedException {
        Path a = folder.resolve("a.db");
        Path b = folder.resolve("b.db");
        Files.copy(sample(), a);
        Path schema = folder.resolve("chinook.sql");
        Ran starting = run("schema", a);
        done(starting);
        Files.writeString(schema, starting.out());
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "shared", 0);
            for (Path device : List.of(a, b)) {
                done(run("init", device, "--schema", schema, "--server", server.address(), "--token", server.token()));
                done(run("sync", device));
            }
            Path served = folder.resolve("server").resolve("server.db");
            assertThat(contents(a)).hasSize(15_607).isEqualTo(contents(b)).isEqualTo(contents(served));
            assertThat(contents(a).stream().map(row -> row.substring(0, row.indexOf(' '))))
                    .as("tables with rows")
                    .containsAll(TABLES);
            done(run("sql", a, "update Artist set Name = 'by a' where ArtistId = 1"));
            done(run("sql", a, "delete from PlaylistTrack where PlaylistId = 1 and TrackId < 100"));
            done(run("sql", b, "update Artist set Name = 'by b' where ArtistId = 2"));
            done(run("sql", b, "insert into Genre values (100, 'by b')"));
            try (SqliteConnection operator = new JdbcSqlite().open(SqliteOptions.of(served.toString()))) {
                operator.execute("update Album set Title = 'by hand' where AlbumId = 3");
            }
            for (Path device : List.of(a, b, a)) {
                done(run("sync", device));
            }
            List<String> rows = contents(served);
            assertThat(rows)
                    .hasSize(15_608 - 99)
                    .contains(
                            "Artist [1, 'by a']",
                            "Artist [2, 'by b']",
                            "Genre [100, 'by b']",
                            "Album [3, 'by hand', 2]");
            assertThat(contents(a)).isEqualTo(rows);
            assertThat(contents(b)).isEqualTo(rows);
            assertThat(log(served)).as("its log while it runs").exists();
            server.process().destroy();
            assertThat(server.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
            // a JVM that is told to end by a signal, and ends in order, says 128 + 15
            assertThat(server.process().exitValue()).isEqualTo(143);
            assertThat(log(served))
                    .as("its log, after the engine has closed its database")
                    .doesNotExist();
            Ran offline = run("sync", a);
            assertThat(offline.code()).isEqualTo(ExitCode.OFFLINE);
        }
    }

    private static Path log(Path database) {
        return database.resolveSibling(database.getFileName() + "-wal");
    }

    /** Every row of the sample's tables, as {@code table [values]}; types tell apart what prints alike. */
    private static List<String> contents(Path file) {
        List<String> rows = new ArrayList<>();
        try (SqliteConnection connection =
                        new JdbcSqlite().open(SqliteOptions.of(file.toString()).reading());
                SqliteStatement tables = connection.prepare("select name from sqlite_master where type = 'table'"
                        + " and name not like 'godwit%' and name not like 'sqlite%' order by name")) {
            while (tables.step()) {
                String table = tables.columnText(0);
                try (SqliteStatement all = connection.prepare("select * from \"" + table + "\" order by 1, 2")) {
                    while (all.step()) {
                        List<String> row = new ArrayList<>();
                        for (int i = 0; i < all.columnCount(); i++) {
                            row.add(value(all, i));
                        }
                        rows.add(table + " " + row);
                    }
                }
            }
        }
        return rows;
    }

    private static String value(SqliteStatement row, int column) {
        return switch (row.columnType(column)) {
            case NULL -> "null";
            case INTEGER -> Long.toString(row.columnLong(column));
            case REAL -> Double.toString(row.columnDouble(column));
            case TEXT -> "'" + row.columnText(column) + "'";
            case BLOB -> HexFormat.of().formatHex(row.columnBlob(column));
        };
    }

    @Test
    void aParkedTransactionIsShownRepairedAndSentAgain() throws IOException {
        Path schema = folder.resolve("app.sql");
        Files.writeString(
                schema,
                "create table task (id text primary key, team text scope not null, code text unique check (code <> 'bad'));");
        Path a = folder.resolve("a.db");
        Path b = folder.resolve("b.db");
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            for (Path device : List.of(a, b)) {
                done(run(
                        "init",
                        device,
                        "--schema",
                        schema,
                        "--scope",
                        "red",
                        "--server",
                        server.address(),
                        "--token",
                        server.token()));
            }
            done(run("sql", a, "insert into task values ('1', 'red', 'c1')"));
            done(run("sync", a));
            String taken =
                    run("sql", b, "insert into task values ('2', 'red', 'c1')").lastWord();
            Ran sync = run("sync", b, "--json");
            assertThat(sync.code()).isEqualTo(ExitCode.PARKED);
            assertThat(sync.out()).contains("\"outcome\":\"synced\"", "\"parked\":1");
            assertThat(run("status", b).code()).isEqualTo(ExitCode.PARKED);
            Ran outbox = run("outbox", b, "--json");
            assertThat(outbox.code()).isEqualTo(ExitCode.PARKED);
            assertThat(outbox.out()).contains(taken, "\"status\":\"parked\"", "code");
            done(run("retry", b, taken, "--set", "code=c2"));
            done(run("sync", b));
            done(run("sync", a));
            assertThat(run("sql", a, "select id, code from task order by id", "--json")
                            .lines())
                    .containsExactly("{\"id\":\"1\",\"code\":\"c1\"}", "{\"id\":\"2\",\"code\":\"c2\"}");
            Ran second = run("serve", "--schema", schema, "--data", folder.resolve("server"), "--port", "0", "--dev");
            assertThat(second.code()).isEqualTo(ExitCode.FAILED);
            assertThat(second.err()).contains("in use by another server", "--data");
            Ran forged = run("sync", a, "--token", server.token() + "x");
            assertThat(forged.code()).isEqualTo(ExitCode.FAILED);
            assertThat(forged.out() + forged.err()).contains("token");
        }
    }

    @Test
    void aDeviceFollowsThePaceThatTheServerWasStartedWith() throws IOException {
        Path schema = folder.resolve("app.sql");
        Files.writeString(schema, "create table task (id text primary key, team text scope not null);");
        JdbcSqlite driver = new JdbcSqlite();
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(
                    schema,
                    folder.resolve("server"),
                    "red",
                    0,
                    "--pace-every",
                    "6h",
                    "--pace-transactions",
                    "3",
                    "--pace-bytes",
                    "20000");
            Path file = folder.resolve("a.db");
            SchedulerOptions work = SchedulerOptions.of(
                    driver, SqliteOptions.of(file.toString()), new ManualClock(1_800_000_000_000L), () -> 0.5);
            try (Godwit db = Godwit.open(GodwitOptions.of(file.toString(), driver)
                            .withSchema(Files.readString(schema))
                            .withScopes("red")
                            .withTransport(DatabaseCommand.transport(new Remote(server.address(), server.token()))));
                    WorkDriver scheduled = WorkDriver.open(work);
                    BackgroundSync background = db.background(scheduled.scheduler(), BackgroundOptions.DEFAULT)) {
                assertThat(db.sync().isSynced()).isTrue();
                assertThat(scheduled
                                .scheduler()
                                .newest(BackgroundSync.PERIODIC)
                                .flatMap(periodic -> periodic.request().every()))
                        .contains(Period.every(6 * 3_600_000));
                for (int i = 0; i < 7; i++) {
                    String id = "t" + i;
                    db.write(tx -> tx.run("insert into task values (?, 'red')", id));
                }
                assertThat(db.sync().requests()).isEqualTo(3);
                assertThat(background.stopped()).isEmpty();
            }
        }
    }
}
