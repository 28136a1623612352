package dev.godwit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Processes;
import dev.godwit.client.SyncResult;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes, killed with SIGKILL at random moments: no write that was acknowledged is lost, none is applied twice.
 * {@code -Dkills=200} kills more often than the few times of a normal run; {@code -Dseed=…} replays the moments.
 */
class KillTest {
    @TempDir
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingCountsTwice() throws Exception {
        int kills = Integer.getInteger("kills", 4);
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? 20261121 : Long.parseLong(given);
        System.out.println("KillTest: seed " + seed + ", kills " + kills);
        Random random = new Random(seed);
        String schema;
        try (var in = KillTest.class.getResourceAsStream("field-service.sql")) {
            schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Path schemaFile = Files.writeString(folder.resolve("schema.sql"), schema);
        long acknowledged = 0;
        int serverKills = 0;
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schemaFile, folder.resolve("server"), "red,shared", 0);
            int port = URI.create(server.address()).getPort();
            try (DemoDevice device = new DemoDevice("d", folder.resolve("d.db"), schema, server)) {
                device.write("insert into part values ('p1', 'filter', 0)");
                assertThat(device.sync().isSynced()).isTrue();
                for (int round = 0; round < kills; round++) {
                    device.stop();
                    List<String> written = work(
                            processes, device, round, 1 + random.nextInt(40), random.nextInt(3) == 0 ? server : null);
                    acknowledged += written.size();
                    device.restart();
                    if (!server.process().isAlive()) {
                        serverKills++;
                        server = processes.serve(schemaFile, folder.resolve("server"), "red,shared", port);
                    }
                    long kept = device.number("select count(*) from work_order where id like 'k" + round + "-%'");
                    assertThat(kept).as("kept of round " + round).isBetween((long) written.size(), written.size() + 1L);
                }
                SyncResult result = device.sync();
                assertThat(result.isSynced()).as(result.toString()).isTrue();
                long rows = device.number("select count(*) from work_order");
                assertThat(rows).isGreaterThanOrEqualTo(acknowledged);
                assertThat(onServer("select count(*) from work_order")).isEqualTo(rows);
                assertThat(onServer("select count(*) from line")).isEqualTo(rows);
                assertThat(onServer("select stock from part")).isEqualTo(-rows);
                assertThat(device.number("select stock from part")).isEqualTo(-rows);
                assertThat(device.db().outbox()).isEmpty();
            }
        }
        System.out.println("KillTest: " + acknowledged + " acknowledged writes, " + kills + " clients and "
                + serverKills + " servers killed");
        assertThat(acknowledged).isGreaterThan(kills);
    }

    /** Lets a worker write until it has acknowledged so many, then kills it, and perhaps the server with it. */
    private static List<String> work(
            Processes processes, DemoDevice device, int round, int killAfter, Processes.Server server)
            throws Exception {
        Process worker = processes.start(
                List.of("demo-worker", device.file().toString(), "--prefix", "k" + round + "-", "--sync-every", "3"));
        List<String> written = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                written.add(line);
                if (written.size() == killAfter) {
                    if (server != null) {
                        server.process().toHandle().destroyForcibly();
                    }
                    worker.toHandle().destroyForcibly();
                }
            }
        }
        worker.waitFor();
        if (server != null) {
            server.process().waitFor();
        }
        return written;
    }

    private long onServer(String sql) {
        try (SqliteConnection connection = DemoDevice.DRIVER.open(
                SqliteOptions.of(folder.resolve("server").resolve("server.db").toString())
                        .reading())) {
            return Sql.number(connection, sql);
        }
    }
}
