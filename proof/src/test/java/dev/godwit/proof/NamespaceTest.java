package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server in a network namespace of its own, behind a link whose packets are really dropped. Needs Linux, root and {@code ip},
 * for one direction or some of the packets {@code nft} too; says so loudly where they are missing. What it makes in the system
 * is named after this process, and taken away.
 */
@Timeout(300)
class NamespaceTest {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";
    private static final String NAMESPACE = "godwit" + ProcessHandle.current().pid();
    private static final String OUTSIDE = "gwo" + ProcessHandle.current().pid() % 1_000_000_000;
    private static final String INSIDE = "gwi" + ProcessHandle.current().pid() % 1_000_000_000;
    private static final Limits LIMITS =
            Limits.DEFAULT.with("backoffMinMillis", 50).with("backoffMaxMillis", 2_000);
    private static final long BOUND_SECONDS = 32;

    @TempDir
    Path folder;

    private final BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
    private Process server;
    private String token = "";

    @BeforeEach
    void build() throws Exception {
        assumed(runs("ip", "netns", "add", NAMESPACE), "root and `ip netns`");
        must("ip", "link", "add", OUTSIDE, "type", "veth", "peer", "name", INSIDE, "netns", NAMESPACE);
        must("ip", "addr", "add", "10.203.75.1/30", "dev", OUTSIDE);
        must("ip", "link", "set", OUTSIDE, "up");
        must("ip", "-n", NAMESPACE, "addr", "add", "10.203.75.2/30", "dev", INSIDE);
        must("ip", "-n", NAMESPACE, "link", "set", "lo", "up");
        must("ip", "-n", NAMESPACE, "link", "set", INSIDE, "up");
        serve();
    }

    @AfterEach
    void takeAway() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
        runs("ip", "netns", "del", NAMESPACE);
        runs("ip", "link", "del", OUTSIDE); // gone with its other end, unless building it failed
    }

    private static void assumed(boolean there, String what) {
        if (!there) {
            System.out.println("SKIPPED: NamespaceTest needs " + what + ", and no packet was dropped");
        }
        assumeTrue(there, what);
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    private static void must(String... command) throws InterruptedException {
        assertThat(runs(command)).as(String.join(" ", command)).isTrue();
    }

    private void serve() throws IOException {
        Path schema = Files.writeString(folder.resolve("schema.sql"), SCHEMA);
        Path secret = Files.writeString(folder.resolve("secret.txt"), "a secret for tests that is long enough");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE, java, "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.godwit.cli.Main", "serve", "--schema", schema.toString()));
        command.addAll(List.of("--data", folder.resolve("server").toString(), "--secret", secret.toString()));
        command.addAll(
                List.of("--host", "10.203.75.2", "--port", "8484", "--insecure", "--dev", "--dev-scopes", "red"));
        server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("token ")) {
                token = line.substring(6);
            } else if (line.startsWith("listening on ")) {
                return;
            }
        }
        throw new IOException("the server ended before it listened; its messages are above");
    }

    private record Device(Godwit db, HttpTransport transport) implements AutoCloseable {
        void write(String id) {
            db.write(tx -> tx.run("insert into task values (?, 'red', 'x')", id));
        }

        @Override
        public void close() {
            db.close();
            transport.close();
        }
    }

    private Device device(String name) {
        HttpTransport transport =
                new HttpTransport(HttpTransportOptions.of("http://10.203.75.2:8484", () -> token, LIMITS)
                        .withInsecure()
                        .withTimeoutMillis(3_000));
        return new Device(
                Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), new JdbcSqlite())
                        .withSchema(SCHEMA)
                        .withScopes("red")
                        .withLimits(LIMITS)
                        .withTransport(transport)),
                transport);
    }

    /** Waits for the first result that ends so, and has nothing pending if it is synced. */
    private void next(boolean synced) throws InterruptedException {
        long begun = System.nanoTime();
        for (SyncResult result = null; result == null || result.isSynced() != synced; ) {
            result = results.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            assertThat(result)
                    .as("a sync that is " + (synced ? "synced" : "not"))
                    .isNotNull();
        }
        System.out.println("NamespaceTest: " + (synced ? "synced" : "noticed") + " after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
    }

    private void arrived(String... ids) {
        try (Device other = device("other" + ids.length)) {
            SyncResult result = other.db().sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(other.db().query("select id from task order by id").stream()
                            .map(row -> row.text("id")))
                    .containsExactly(ids);
        }
    }

    @Test
    void linkThatCarriesNothingAndComesBack() throws Exception {
        try (Device device = device("a")) {
            device.db().goLive(results::add);
            device.write("1");
            next(true);
            must("ip", "-n", NAMESPACE, "link", "set", INSIDE, "down");
            results.clear();
            device.write("2");
            next(false);
            device.write("3");
            must("ip", "-n", NAMESPACE, "link", "set", INSIDE, "up");
            next(true);
            arrived("1", "2", "3");
        }
    }

    private static void drop(String hook, String rule) throws InterruptedException {
        must("ip", "netns", "exec", NAMESPACE, "nft", "flush", "ruleset");
        if (!rule.isEmpty()) {
            must("ip", "netns", "exec", NAMESPACE, "nft", "add", "table", "inet", "godwit");
            String chain = "{ type filter hook " + hook + " priority 0; }";
            must("ip", "netns", "exec", NAMESPACE, "nft", "add", "chain", "inet", "godwit", "bad", chain);
            must("ip", "netns", "exec", NAMESPACE, "nft", "add", "rule", "inet", "godwit", "bad", rule);
        }
    }

    @Test
    void oneDirectionIsDroppedAndComesBack() throws Exception {
        assumed(runs("nft", "--version"), "`nft`");
        try (Device device = device("a")) {
            device.db().goLive(results::add);
            next(true);
            int id = 1;
            for (String hook : List.of("input", "output")) {
                drop(hook, "drop");
                results.clear();
                device.write("" + id++);
                next(false);
                device.write("" + id++);
                drop(hook, "");
                next(true);
            }
            arrived("1", "2", "3", "4");
        }
    }

    /** Of a hundred packets, fifteen of those that come in are lost: everything comes through by itself, and each once. */
    @Test
    void lossyLinkLetsEverythingThrough() throws Exception {
        assumed(runs("nft", "--version"), "`nft`");
        drop("input", "numgen random mod 100 < 15 drop");
        try (Device device = device("a")) {
            device.db().goLive(results::add);
            String[] ids = new String[20];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = "" + (100 + i);
                device.write(ids[i]);
                if (i % 5 == 4) {
                    results.clear();
                }
            }
            while (!device.db().outbox().isEmpty()) {
                next(true);
            }
            drop("input", "");
            assertThat(device.db().status().checkpoints().get("red")).isEqualTo(ids.length);
            arrived(ids);
        }
    }
}
