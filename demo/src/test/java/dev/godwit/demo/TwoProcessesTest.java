package dev.godwit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Processes;
import dev.godwit.client.SyncResult;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real processes on one local database: both write, one syncs, and whichever is left when the other is killed goes on. */
class TwoProcessesTest {
    private static final int ROUNDS = 2;

    @TempDir
    Path folder;

    private final Processes processes = Processes.brief();
    private Gate gate;
    private DemoDevice device;

    @BeforeEach
    void setUpADatabaseAndCloseIt() throws IOException {
        String schema;
        try (var in = TwoProcessesTest.class.getResourceAsStream("field-service.sql")) {
            schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Path schemaFile = Files.writeString(folder.resolve("schema.sql"), schema);
        Processes.Server server = processes.serve(schemaFile, folder.resolve("server"), "red,shared", 0);
        gate = new Gate(server.address());
        device = new DemoDevice(
                "d",
                folder.resolve("d.db"),
                schema,
                new Processes.Server(server.process(), gate.address(), server.token()));
        device.write("insert into part values ('p1', 'filter', 0)");
        assertThat(device.sync().isSynced()).isTrue();
        device.stop();
    }

    @AfterEach
    void endThem() throws IOException {
        device.close();
        processes.close();
        gate.close();
    }

    @Test
    void theOtherWritesDuringASyncAndTakesOverWhenItsProcessIsKilled() throws Exception {
        Told first = tell();
        Told second = tell();
        assertThat(first.to("write a0")).isEqualTo("wrote a0");
        gate.keepNext();
        first.begin("sync");
        byte[] request = gate.awaitKept();
        int connections = gate.connections();

        for (int i = 0; i < 3; i++) {
            assertThat(second.to("write b" + i)).as("while the first syncs").isEqualTo("wrote b" + i);
        }
        assertThat(second.to("sync"))
                .startsWith("BUSY: another process has been syncing " + device.file())
                .contains("sends this process's writes too")
                .endsWith("(docs/troubleshooting.md#busy)");
        assertThat(gate.connections()).as("only one talks to the server").isEqualTo(connections);

        first.process().toHandle().destroyForcibly();
        first.process().waitFor();
        gate.passOn(request);
        assertThat(onServer("select count(*) from work_order where id = 'a0'"))
                .as("what the killed process had sent takes effect")
                .isEqualTo(1);
        assertThat(second.to("sync")).startsWith("synced: sent 4").contains("pending 0");
        assertThat(second.to("write b3")).isEqualTo("wrote b3");
        assertThat(second.to("sync")).startsWith("synced: sent 1");
        second.process().toHandle().destroyForcibly();
        second.process().waitFor();
        everyWriteIsThereOnce(5);
    }

    @Test
    void bothWriteAndSyncAtOnceAndAKillOfOneCostsNothing() throws Exception {
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? 20261122 : Long.parseLong(given);
        System.out.println("TwoProcessesTest: seed " + seed + ", rounds " + ROUNDS);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String one = "x" + round + "-";
            String two = "y" + round + "-";
            Worker killed = work(one);
            Worker left = work(two);
            left.acknowledge(1 + random.nextInt(10));
            killed.acknowledge(1 + random.nextInt(20));
            killed.kill();
            // more than come from one sync to the next: it has synced alone
            left.acknowledge(left.acknowledged() + 10);
            left.kill();
            device.restart();
            assertThat(kept(one)).isBetween(killed.acknowledged(), killed.acknowledged() + 1);
            assertThat(kept(two)).isBetween(left.acknowledged(), left.acknowledged() + 1);
            assertThat(onServer("select count(*) from work_order where id like '" + two + "%'"))
                    .as("the one that is left syncs")
                    .isPositive();
            device.stop();
        }
        device.restart();
        long rows = device.number("select count(*) from work_order");
        device.stop();
        everyWriteIsThereOnce(rows);
    }

    private long kept(String prefix) {
        return device.number("select count(*) from work_order where id like '" + prefix + "%'");
    }

    /** Each write is a transaction of its own that inserts an order and takes one part: see what became of so many. */
    private void everyWriteIsThereOnce(long writes) {
        device.restart();
        SyncResult result = device.sync();
        assertThat(result.isSynced()).as(result.toString()).isTrue();
        assertThat(device.db().outbox()).isEmpty();
        assertThat(device.number("select count(*) from work_order")).isEqualTo(writes);
        assertThat(device.number("select stock from part")).isEqualTo(-writes);
        assertThat(onServer("select count(*) from work_order")).isEqualTo(writes);
        assertThat(onServer("select stock from part")).isEqualTo(-writes);
        assertThat(onServer("select count(*) from godwit_receipt"))
                .as("transactions captured, with that of the part")
                .isEqualTo(writes + 1);
        assertThat(onServer("select count(distinct device) from godwit_receipt"))
                .isEqualTo(1);
    }

    private long onServer(String sql) {
        String file = folder.resolve("server").resolve("server.db").toString();
        try (SqliteConnection connection =
                DemoDevice.DRIVER.open(SqliteOptions.of(file).reading())) {
            return Sql.number(connection, sql);
        }
    }

    private Told tell() throws IOException {
        Process process =
                processes.start(List.of("obedient-device", device.file().toString()));
        return new Told(process, reader(process), process.getOutputStream());
    }

    private Worker work(String prefix) throws IOException {
        Process process = processes.start(
                List.of("demo-worker", device.file().toString(), "--prefix", prefix, "--sync-every", "3"));
        return new Worker(process, reader(process), new ArrayList<>());
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** A process that does what it is told. */
    private record Told(Process process, BufferedReader out, OutputStream in) {
        String to(String what) throws IOException {
            begin(what);
            return String.valueOf(out.readLine());
        }

        void begin(String what) throws IOException {
            in.write((what + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        }
    }

    /** A process that writes and syncs without end. */
    private record Worker(Process process, BufferedReader out, List<String> written) {
        void acknowledge(long atLeast) throws IOException {
            while (acknowledged() < atLeast) {
                String id = out.readLine();
                assertThat(id)
                        .as("the next write of a process that was not killed")
                        .isNotNull();
                written.add(id);
            }
        }

        long acknowledged() {
            return written.size();
        }

        void kill() throws Exception {
            process.toHandle().destroyForcibly();
            for (String id = out.readLine(); id != null; id = out.readLine()) {
                written.add(id);
            }
            process.waitFor();
        }
    }
}
