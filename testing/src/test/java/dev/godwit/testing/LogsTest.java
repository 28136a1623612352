package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.LiveSync;
import dev.godwit.client.SyncResult;
import dev.godwit.http.SharedSecretTokens;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What both engines log, at their most talkative, of a day on which everything happens: no row data, no tokens. */
@Timeout(120)
class LogsTest {
    /** Stands in every value of every row; keys, tables and columns are names and may be logged. */
    private static final String DATA = "Zq7rowdata";

    @TempDir
    Path folder;

    @Test
    void nothingOfTheRowsAndNoTokenIsLogged() throws Exception {
        Path log = folder.resolve("log.txt");
        String said = run(log.toFile());
        String logged = Files.readString(log);
        assertThat(said).startsWith("done ");
        assertThat(logged)
                .as("the scenario reaches the places that log")
                .contains("sync (manual): synced")
                .contains("sync (manual): failed")
                .contains("parked 1")
                .contains("conflicts 1")
                .contains("live connection")
                .contains("was refused")
                .contains("a live query or its subscriber failed");
        assertThat(logged).doesNotContain(DATA).doesNotContain("secret for tests");
        for (String token : said.trim().split(" ")) {
            if (!token.equals("done")) {
                assertThat(logged).doesNotContain(token.substring(token.lastIndexOf('.') + 1));
            }
        }
    }

    @Test
    void aLogThatCannotBeWrittenStopsNothing() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no device here on which nothing can be written");
        assertThat(run(full.toFile())).startsWith("done ");
    }

    /** Runs the day in a process of its own, whose standard error is the log; returns what it says on standard output. */
    private String run(java.io.File log) throws IOException, InterruptedException {
        Path said = folder.resolve("said.txt");
        Process day = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-Djava.io.tmpdir=" + folder,
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-Dorg.slf4j.simpleLogger.log.dev.godwit=trace",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LogsTest.class.getName(),
                        folder.toString())
                .redirectOutput(said.toFile())
                .redirectError(log)
                .start();
        assertThat(day.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(day.exitValue()).isZero();
        return Files.readString(said);
    }

    /** The day: devices that agree and clash, a refused transaction, bad tokens, bad bytes, a live sync, a broken subscriber. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "day");
        try (OverHttp over = new OverHttp(folder, Limits.DEFAULT, null);
                OverHttp.Connected a = over.device("a");
                OverHttp.Connected b = over.device("b")) {
            a.write("1", DATA + " base");
            sync(a, true);
            sync(b, true);
            a.write("2", DATA + " by a");
            b.write("2", DATA + " by b, under a key that is taken");
            sync(a, true);
            sync(b, true);
            update(a, DATA + " one");
            update(b, DATA + " two");
            sync(a, true);
            sync(b, true);
            a.db().live("select title from task").subscribe(new Broken());
            a.db().inbox().undecided();
            over.post((DATA + " is no request").getBytes(StandardCharsets.US_ASCII), false);
            try (SqliteConnection operator = over.server.sql()) {
                operator.execute("insert into task values ('op', 'red', '" + DATA + "'), ('no', '', '" + DATA + "')");
            }
            over.server.engine().tick();
            BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
            try (LiveSync live = a.db().goLive(results::add)) {
                results.take();
                b.write("3", DATA + " live");
                sync(b, true);
                // what tells it is the live connection
                while (!String.valueOf(live).isEmpty() && results.take().received() == 0) {}
            }
            String forged = new SharedSecretTokens(
                            "another secret for tests, long enough".getBytes(StandardCharsets.US_ASCII),
                            over.server::wallMillis)
                    .mint("eve", List.of("red"), false, 1_000);
            for (String bad : List.of(forged, "nonsense-that-is-no-token-at-all")) {
                refused(over, bad);
            }
            System.out.println("done " + over.token() + " " + forged + " nonsense-that-is-no-token-at-all");
        }
    }

    private static void update(OverHttp.Connected device, String title) {
        device.db().write(tx -> tx.run("update task set title = ? where id = '1'", title));
    }

    private static void sync(OverHttp.Connected device, boolean synced) {
        SyncResult result = device.db().sync();
        if (result.isSynced() != synced) {
            throw new AssertionError(result);
        }
    }

    private static void refused(OverHttp over, String token) {
        try (HttpTransport transport =
                        new HttpTransport(HttpTransportOptions.of(over.address(), () -> token, Limits.DEFAULT));
                Godwit db = Godwit.open(GodwitOptions.of(
                                over.folder
                                        .resolve("eve" + token.length() + ".db")
                                        .toString(),
                                Fleet.DRIVER)
                        .withSchema(OverHttp.SCHEMA)
                        .withScopes("red")
                        .withTransport(transport))) {
            db.write(tx -> tx.run("insert into task values ('e', 'red', ?)", DATA));
            if (db.sync().isSynced()) {
                throw new AssertionError("a bad token was taken");
            }
        }
    }

    /** A subscriber that fails. What it says is logged as it is, so it says nothing of the rows: that is the application's duty. */
    private static final class Broken implements java.util.concurrent.Flow.Subscriber<List<dev.godwit.client.Row>> {
        @Override
        public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(List<dev.godwit.client.Row> rows) {
            throw new IllegalStateException("broken subscriber");
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
