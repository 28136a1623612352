package dev.godwit.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.Processes;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.testing.ChaosFault;
import dev.godwit.testing.ChaosFault.Ending;
import dev.godwit.testing.ChaosPlan;
import dev.godwit.testing.ChaosProxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server process and five live devices, each with a network of its own that is parted, one way or both, reset and made to
 * flap, round after round, while they write. When the networks heal, every device comes to the server's state by itself within
 * the longest backoff and 30 s (P5), nothing is lost and nothing counts twice. {@code -Drounds=} for more, {@code -Dseed=}
 * replays the choices.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS)
class PartitionTest {
    private static final String SCHEMA = "create table task (id text primary key, team text scope not null,"
            + " title text not null, votes integer counter not null default 0);";
    private static final int DEVICES = 5;
    private static final long BACKOFF_MILLIS = 2_000;
    private static final long BOUND_MILLIS = BACKOFF_MILLIS + 30_000;

    /** Long enough for a busy machine, short enough that a partition is noticed soon. */
    private static final long TIMEOUT_MILLIS = 4_000;

    /** The device takes a live connection for dead after three of these, and the server sends one every 15 s. */
    private static final Limits LIMITS = Limits.DEFAULT
            .with("backoffMinMillis", 50)
            .with("backoffMaxMillis", BACKOFF_MILLIS)
            .with("pokeMillis", 9_000);

    @TempDir
    Path folder;

    /** Of so many rounds, one has a connection that dies silently: it takes three pokes to notice, 27 s of the 32. */
    private static final int SILENT_DEATH_EVERY = 12;

    /** What a device's network does in a round. */
    private enum Weather {
        LIVE_CONNECTION_DIES_SILENTLY,
        GOOD,
        PARTED,
        NOTHING_GOES_UP,
        NOTHING_COMES_DOWN,
        RESETS,
        BLACK_HOLE,
        FLAPPING,
        ANSWERS_LOST,
        LOGIN_PAGE,
        MIXED
    }

    /** A device, live, with a network of its own. */
    private static final class Away implements AutoCloseable {
        private final ChaosProxy network;
        private final HttpTransport transport;
        private final Godwit db;
        private final AtomicInteger failures = new AtomicInteger();

        Away(Path file, Processes.Server server, Semaphore news) {
            network = ChaosProxy.before(URI.create(server.address()).getPort());
            transport = new HttpTransport(HttpTransportOptions.of(network.address(), server::token, LIMITS)
                    .withTimeoutMillis(TIMEOUT_MILLIS));
            db = Godwit.open(GodwitOptions.of(file.toString(), new JdbcSqlite())
                    .withSchema(SCHEMA)
                    .withScopes("red")
                    .withDurability(Durability.NORMAL)
                    .withLimits(LIMITS)
                    .withTransport(transport));
            db.goLive(result -> {
                if (result.outcome() != SyncResult.End.SYNCED) {
                    failures.incrementAndGet();
                }
                news.release();
            });
        }

        void comes(Weather weather, long seed) {
            switch (weather) {
                case GOOD -> network.heal();
                case PARTED -> network.stall(true, true);
                case NOTHING_GOES_UP -> network.stall(true, false);
                case NOTHING_COMES_DOWN -> network.stall(false, true);
                case RESETS -> always(ChaosFault.reset());
                case BLACK_HOLE -> always(ChaosFault.blackHole());
                case FLAPPING -> {
                    network.plan(ChaosPlan.flapping(1, 2, ChaosFault.reset()));
                    network.resetConnections();
                }
                case ANSWERS_LOST -> always(ChaosFault.answerLost());
                case LIVE_CONNECTION_DIES_SILENTLY -> {
                    network.plan(ChaosPlan.each(new ChaosFault.CutAnswer(140, Ending.SILENCE))
                            .only("GET /v1/live"));
                    network.resetConnections();
                }
                case LOGIN_PAGE -> always(ChaosFault.loginPage());
                case MIXED ->
                    network.plan(ChaosPlan.seeded(
                            seed,
                            70,
                            ChaosFault.reset(),
                            ChaosFault.answerLost(),
                            new ChaosFault.Duplicate(),
                            new ChaosFault.CutAnswer(200, Ending.RESET),
                            new ChaosFault.CutRequest(500, Ending.CLOSE),
                            new ChaosFault.Stale()));
            }
        }

        private void always(ChaosFault fault) {
            network.plan(ChaosPlan.each(fault));
            network.resetConnections();
        }

        boolean hasAll(long commits) {
            return db.outbox().isEmpty() && db.status().checkpoints().get("red") == commits;
        }

        List<String> rows() {
            return db.query("select id, title, votes from task order by id").stream()
                    .map(row -> row.values().toString())
                    .toList();
        }

        @Override
        public void close() {
            network.close();
            db.close();
            transport.close();
        }
    }

    private final List<Away> devices = new ArrayList<>();
    private final Semaphore news = new Semaphore(0);
    private final Map<Weather, Integer> reached = new EnumMap<>(Weather.class);
    private long commits;
    private long votes;

    @Test
    void everyDeviceConvergesInTimeAfterEachPartition() throws Exception {
        int rounds = Integer.getInteger("rounds", 12);
        String given = System.getProperty("seed", "");
        long seed = given.isEmpty() ? 20261121 : Long.parseLong(given);
        System.out.println("PartitionTest: seed " + seed + ", rounds " + rounds);
        Random random = new Random(seed);
        Path schema = Files.writeString(folder.resolve("schema.sql"), SCHEMA);
        long longest = 0;
        long sum = 0;
        try (Processes processes = Processes.brief()) {
            Processes.Server server = processes.serve(schema, folder.resolve("server"), "red", 0);
            try {
                for (int i = 0; i < DEVICES; i++) {
                    devices.add(new Away(folder.resolve(i + ".db"), server, news));
                }
                write(devices.get(0), "insert into task (id, team, title) values ('all', 'red', 'votes')");
                while (!devices.stream().allMatch(device -> device.hasAll(commits))) {
                    assertThat(news.tryAcquire(2, TimeUnit.MINUTES))
                            .as("the start")
                            .isTrue();
                }
                for (int round = 0; round < rounds; round++) {
                    String story = partition(round, random);
                    long millis = converge("round " + round + " of seed " + seed + ": " + story);
                    longest = Math.max(longest, millis);
                    sum += millis;
                }
                compare();
            } finally {
                devices.forEach(Away::close);
            }
        }
        System.out.println("PartitionTest: " + rounds + " rounds, " + commits + " transactions, " + reached
                + "; 0 rounds did not converge; after a heal all had within " + longest + " ms, on average "
                + sum / rounds + ", at most " + BOUND_MILLIS + " allowed");
        assertThat(reached.size()).as("kinds of weather, of " + reached).isGreaterThan(Weather.values().length / 2);
    }

    /** Every device writes while its network is bad, until each that is cut off has noticed. */
    private String partition(int round, Random random) throws InterruptedException {
        List<Weather> weathers = new ArrayList<>();
        for (Away device : devices) {
            Weather weather = Weather.values()[1 + random.nextInt(Weather.values().length - 1)];
            if (round % SILENT_DEATH_EVERY == 1 && weathers.isEmpty()) {
                weather = Weather.LIVE_CONNECTION_DIES_SILENTLY;
            }
            weathers.add(weather);
            reached.merge(weather, 1, Integer::sum);
            device.failures.set(0);
            device.comes(weather, random.nextLong());
        }
        for (int i = 0; i < devices.size(); i++) {
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                write(
                        devices.get(i),
                        "insert into task (id, team, title) values (?, 'red', ?)",
                        "r" + round + "-" + i + "-" + n,
                        "x");
                write(devices.get(i), "update task set votes = votes + 1 where id = 'all'");
                votes++;
                if (random.nextInt(4) == 0) {
                    devices.get(i).network.resetConnections();
                }
            }
        }
        for (int i = 0; i < devices.size(); i++) {
            int failures = isCutOff(weathers.get(i)) ? 1 : 0;
            while (devices.get(i).failures.get() < failures) {
                assertThat(news.tryAcquire(1, TimeUnit.MINUTES))
                        .as(weathers + " are noticed")
                        .isTrue();
            }
        }
        return weathers.toString();
    }

    private static boolean isCutOff(Weather weather) {
        return switch (weather) {
            case PARTED, NOTHING_GOES_UP, NOTHING_COMES_DOWN, RESETS, BLACK_HOLE, ANSWERS_LOST, LOGIN_PAGE -> true;
            case GOOD, FLAPPING, LIVE_CONNECTION_DIES_SILENTLY, MIXED -> false;
        };
    }

    private void write(Away device, String sql, Object... parameters) {
        device.db.write(tx -> tx.run(sql, parameters));
        commits++;
    }

    /** Heals every network and waits; each transaction is a commit of the server's, and there are no others. */
    private long converge(String story) throws InterruptedException {
        long begun = System.nanoTime();
        devices.forEach(device -> device.network.heal());
        while (!devices.stream().allMatch(device -> device.hasAll(commits))) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThat(news.tryAcquire(Math.max(1, BOUND_MILLIS - millis), TimeUnit.MILLISECONDS))
                    .as(() -> story + ": not converged in time; " + commits + " commits expected, "
                            + devices.stream()
                                    .map(device -> device.db.status().toString())
                                    .toList())
                    .isTrue();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private void compare() {
        List<String> rows = devices.get(0).rows();
        for (Away device : devices) {
            assertThat(device.rows()).isEqualTo(rows);
        }
        assertThat(rows.size()).isEqualTo(commits - votes);
        assertThat(devices.get(0)
                        .db
                        .query("select votes from task where id = 'all'")
                        .get(0)
                        .integer("votes"))
                .isEqualTo(votes);
    }
}
