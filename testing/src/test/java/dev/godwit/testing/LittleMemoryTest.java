package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices with little memory, in processes of their own: a large transaction and a large download cost them no more than pages. */
@Timeout(300)
class LittleMemoryTest {
    /** One transaction of this many rows; {@code -Drows=1000000} with {@code -Dheap=512m} in a long run. */
    private static final int ROWS = Integer.getInteger("rows", 50_000);

    private static final String HEAP = System.getProperty("heap", "32m");

    @TempDir
    Path folder;

    @Test
    void aTransactionOfManyRowsIsWrittenSentAndReadWholeWithinAFewMegabytes() throws Exception {
        try (OverHttp over = new OverHttp(folder, Limits.DEFAULT, null)) {
            assertThat(run(over, "write")).startsWith("synced: sent 1");
            assertThat(over.everythingOnTheServer().stream()
                            .filter(row -> row.startsWith("task "))
                            .count())
                    .isEqualTo(ROWS);
            assertThat(run(over, "read")).startsWith("synced: sent 0, received " + ROWS + " rows");
        }
    }

    private String run(OverHttp over, String what) throws Exception {
        File said = folder.resolve(what + ".txt").toFile();
        Process device = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx" + HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.io.tmpdir=" + folder,
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-Drows=" + ROWS,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LittleMemoryTest.class.getName(),
                        what,
                        folder.resolve(what + ".db").toString(),
                        over.address(),
                        over.token())
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start();
        assertThat(device.waitFor(280, TimeUnit.SECONDS)).isTrue();
        String words = Files.readString(said.toPath());
        assertThat(device.exitValue()).as(words).isZero();
        return words;
    }

    /** A device: writes all rows in one transaction or none, and syncs. */
    public static void main(String[] args) {
        HttpTransportOptions options = HttpTransportOptions.of(args[2], () -> args[3], Limits.DEFAULT);
        try (HttpTransport transport = new HttpTransport(options.withTimeoutMillis(250_000));
                Godwit db = Godwit.open(GodwitOptions.of(args[1], Fleet.DRIVER)
                        .withSchema(OverHttp.SCHEMA)
                        .withScopes("red")
                        .withTransport(transport))) {
            if (args[0].equals("write")) {
                db.write(tx -> tx.run(
                        "with recursive k(i) as (select 1 union all select i + 1 from k where i < ?)"
                                + " insert into task select 'key ' || i, 'red', 'a title that is like no other ' || i * 7919"
                                + " from k",
                        ROWS));
            }
            SyncResult result = db.sync();
            System.out.println(result);
        }
    }
}
