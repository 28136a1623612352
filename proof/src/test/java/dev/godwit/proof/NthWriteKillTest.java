package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.Remote;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at the first operation on the disk, at the second, and so on until a process ends by itself: right before,
 * right after and half-way through. A real device that writes and syncs, and a real server. {@code -Dkills=5000} kills more often
 * than at the steps that a normal run chooses; {@code -Dseed=…} replays the choice.
 */
class NthWriteKillTest {
    private static final List<String> HOW = List.of("before", "after", "torn");
    /** How the shell and the JDK say that a process was killed: 128, and the number of the signal. */
    private static final int KILLED = 137;
    /** What a device writes before it ends by itself, syncing after every third. */
    private static final int ROWS = 9;

    private final int kills = Integer.getInteger("kills", 100);
    private final long seed = Seeds.given(20261125);
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    private FaultDisk disk;
    private Path server;
    private Path device;
    private Process serving;
    private String address;
    private String token;
    private int port;
    private int killed;
    private int endedAlone;
    private long acknowledged;
    private HttpTransport transport;

    @BeforeEach
    void startAServerAndMakeADevice() throws Exception {
        Path data = Files.createDirectories(folder.resolve("data")).toRealPath();
        server = data.resolve("server.db");
        device = Files.createDirectories(folder.resolve("device")).toRealPath().resolve("d.db");
        disk = new FaultDisk(device.getParent());
        serve(Map.of());
        transport = new HttpTransport(HttpTransportOptions.of(address, () -> token, Limits.DEFAULT));
        try (Godwit db = Godwit.open(options().withSchema(Crew.SCHEMA).withScopes("red"))) {
            new Remote(address, token).write(Crew.DRIVER, device.toString());
            db.write(tx -> tx.run("insert into part values ('p1', 'filter', 0)"));
            assertThat(db.sync().isSynced()).isTrue();
        }
    }

    @AfterEach
    void endThem() throws Exception {
        transport.close();
        serving.destroyForcibly().waitFor();
    }

    @Test
    void aDeviceThatIsKilledAtAnyOperationLosesNothing() throws Exception {
        Path log = folder.resolve("log");
        List<String> all = work(disk.recording(log), "first-");
        assertThat(all).hasSize(ROWS);
        check("first-", all, "not killed");
        Steps steps = new Steps(kills * 4 / 5, FaultLog.changes(log));
        while (killed < steps.wanted()) {
            int step = steps.next();
            String prefix = "k" + steps.taken + "-";
            List<String> written =
                    work(disk.armed("kill " + step + " " + HOW.get(random.nextInt(3)) + " d.db"), prefix);
            check(prefix, written, "device killed at operation " + step);
        }
        everythingIsThereOnce("device", steps);
    }

    @Test
    void aServerThatIsKilledAtAnyOperationLosesNothing() throws Exception {
        FaultDisk serversDisk = new FaultDisk(server.getParent());
        Path log = folder.resolve("log");
        serving.destroyForcibly().waitFor();
        visit(serversDisk.recording(log), "first-", "not killed");
        Steps steps = new Steps(kills / 5, FaultLog.changes(log));
        while (killed < steps.wanted()) {
            int step = steps.next();
            Map<String, String> armed =
                    serversDisk.armed("kill " + step + " " + HOW.get(random.nextInt(3)) + " server.db");
            visit(armed, "k" + steps.taken + "-", "server killed at operation " + step);
        }
        everythingIsThereOnce("server", steps);
    }

    /** A server that perhaps dies is started, and a device writes and syncs meanwhile; then the server is started soundly. */
    private void visit(Map<String, String> environment, String prefix, String where) throws Exception {
        boolean started = serve(environment);
        List<String> written = new ArrayList<>();
        List<String> answered = List.of();
        try (Godwit db = Godwit.open(options())) {
            for (int i = 0; started && i < ROWS; i++) {
                String id = prefix + i;
                db.write(tx -> {
                    tx.run("insert into work_order (id, team, number, customer) values (?, 'red', ?, 'x')", id, id);
                    tx.run("insert into line values (?, 1, 'red', 'p1', 1)", id);
                    tx.run("update part set stock = stock - 1 where id = 'p1'");
                });
                written.add(id);
                if (i % 3 == 2 && db.sync().isSynced()) {
                    answered = List.copyOf(written);
                }
            }
        }
        countEnd(environment, serving.isAlive() ? 0 : serving.waitFor());
        serving.destroyForcibly().waitFor();
        serve(Map.of());
        assertThat(count(server, "select count(*) from work_order where id like '" + prefix + "%'"))
                .as("answered before, " + where)
                .isGreaterThanOrEqualTo(answered.size());
        check(prefix, written, where);
        serving.destroyForcibly().waitFor();
    }

    /** Which operations to kill at: spread over all that a run has; each of them, if so many are wanted. */
    private final class Steps {
        private final int wanted;
        private final int operations;
        private int taken;

        Steps(int wanted, int operations) {
            this.wanted = wanted;
            this.operations = operations;
            assertThat(operations).as("operations of a run").isGreaterThan(50);
        }

        int wanted() {
            return wanted;
        }

        int next() {
            int place = taken++;
            if (wanted >= operations) {
                return 1 + place % operations;
            }
            int stride = operations / wanted;
            return 1 + place % wanted * stride + random.nextInt(stride);
        }
    }

    private GodwitOptions options() {
        return GodwitOptions.of(device.toString(), Crew.DRIVER).withTransport(transport);
    }

    /** Starts the server, on a disk perhaps; false if it did not live long enough to listen. */
    private boolean serve(Map<String, String> environment) throws Exception {
        Path schema = folder.resolve("schema.sql");
        Path secret = folder.resolve("secret.txt");
        if (!Files.exists(secret)) {
            Files.writeString(schema, Crew.SCHEMA);
            Files.writeString(secret, "0123456789abcdefghijklmnopqrstuvwxyz0123456789");
        }
        serving = FaultDisk.start(
                environment,
                "dev.godwit.cli.Main",
                List.of(
                        "serve",
                        "--schema",
                        schema.toString(),
                        "--data",
                        server.getParent().toString(),
                        "--port",
                        Integer.toString(port),
                        "--secret",
                        secret.toString(),
                        "--dev",
                        "--dev-scopes",
                        "red,shared"));
        BufferedReader out = reader(serving);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("token ")) {
                token = line.substring(6);
            } else if (line.startsWith("listening on ")) {
                address = line.substring(13);
                port = java.net.URI.create(address).getPort();
                return true;
            }
        }
        serving.waitFor();
        return false;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private List<String> work(Map<String, String> environment, String prefix) throws Exception {
        Process worker = FaultDisk.start(
                environment,
                "dev.godwit.cli.Main",
                List.of(
                        "demo-worker",
                        device.toString(),
                        "--prefix",
                        prefix,
                        "--sync-every",
                        "3",
                        "--rows",
                        Integer.toString(ROWS)));
        List<String> written = reader(worker).lines().toList();
        countEnd(environment, worker.waitFor());
        return written;
    }

    /** Counts how a process ended: by the order that it was given, or by itself and well. */
    private void countEnd(Map<String, String> environment, int exit) {
        assertThat(exit).as("exit code, " + environment).isIn(0, KILLED);
        if (environment.containsKey("FAULTDISK_LOG")) {
            return;
        }
        if (exit == 0) {
            endedAlone++;
        } else if (++killed % 100 == 0) {
            System.out.println(
                    "NthWriteKillTest: " + killed + " killed, " + acknowledged + " acknowledged writes so far");
        }
    }

    private void check(String prefix, List<String> written, String where) {
        acknowledged += written.size();
        Crew.assertSound(device);
        try (Godwit db = Godwit.open(options())) {
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(where + ": " + result).isTrue();
            assertThat(db.outbox()).as(where).isEmpty();
        }
        long there = count(server, "select count(*) from work_order where id like '" + prefix + "%'");
        for (Path file : List.of(device, server)) {
            String as = file.getFileName() + ", " + where + ", seed " + seed;
            long kept = count(file, "select count(*) from work_order where id like '" + prefix + "%'");
            assertThat(kept).as(as).isBetween((long) written.size(), written.size() + 1L);
            assertThat(kept).as(as).isEqualTo(there);
            assertThat(count(file, "select count(*) from line"))
                    .as(as)
                    .isEqualTo(count(file, "select count(*) from work_order"));
            assertThat(count(file, "select -stock from part"))
                    .as(as)
                    .isEqualTo(count(file, "select count(*) from work_order"));
        }
    }

    private void everythingIsThereOnce(String whose, Steps steps) {
        Crew.assertSound(server);
        assertThat(acknowledged).as("acknowledged writes").isGreaterThan(killed);
        assertThat(count(server, "select count(*) from work_order")).isGreaterThanOrEqualTo(acknowledged);
        System.out.println("NthWriteKillTest: " + killed + " kills of the " + whose + " among " + steps.operations
                + " operations, " + endedAlone + " runs to the end, " + acknowledged
                + " acknowledged writes, lost 0, seed " + seed);
    }

    private static long count(Path file, String sql) {
        try (SqliteConnection connection =
                Crew.DRIVER.open(SqliteOptions.of(file.toString()).reading())) {
            return Sql.number(connection, sql);
        }
    }
}
