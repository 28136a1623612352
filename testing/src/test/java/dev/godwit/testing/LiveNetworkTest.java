package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Device;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.testing.ChaosFault.Ending;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices that stay live while the network comes and goes: they go on by themselves, and do not hammer at anybody. */
@Timeout(120)
class LiveNetworkTest {
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path folder;

    private OverHttp over;
    private ChaosProxy proxy;
    private final BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();

    /** Backoff from 20 to 200 ms; heads are repeated as rarely as by default, so that nothing else wakes a device. */
    @BeforeEach
    void start() {
        over = new OverHttp(folder, TestLimits.with("backoffMinMillis", 20, "backoffMaxMillis", 200), null);
        proxy = ChaosProxy.before(over.http.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        over.close();
    }

    private OverHttp.Connected device(String name, long timeoutMillis) {
        return over.device(name, proxy.address(), options -> options.withTimeoutMillis(timeoutMillis));
    }

    /** Waits for the first result that is this. */
    private SyncResult next(SyncResult.End outcome) throws InterruptedException {
        while (true) {
            SyncResult result = results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(result).as("a sync that is " + outcome).isNotNull();
            if (result.outcome() == outcome) {
                return result;
            }
        }
    }

    /** Waits until the device is live. */
    private void live() throws InterruptedException {
        next(SyncResult.End.SYNCED);
        proxy.awaitAnswer("GET /v1/live");
    }

    /** Another device, by a good way, sees it. */
    private void arrived(String id) {
        try (OverHttp.Connected other = over.device("other" + id, over.address(), options -> options)) {
            assertThat(other.db().sync().isSynced()).isTrue();
            assertThat(other.db().query("select 1 from task where id = ?", id)).hasSize(1);
        }
    }

    @Test
    void blackHoleIsLeftWithoutAnybodysHelp() throws InterruptedException {
        proxy.plan(ChaosPlan.each(ChaosFault.blackHole()));
        try (OverHttp.Connected device = device("a", 300)) {
            device.db().goLive(results::add);
            device.write("1", "x");
            assertThat(next(SyncResult.End.OFFLINE).message()).contains("#timeout");
            device.write("2", "local writes go on");
            next(SyncResult.End.OFFLINE);
            proxy.heal();
            next(SyncResult.End.SYNCED);
            assertThat(device.db().outbox()).isEmpty();
            arrived("1");
        }
    }

    @Test
    void liveConnectionMayBeSilentForLongerThanAnAnswer() throws InterruptedException {
        try (OverHttp.Connected device = device("a", 1_000)) {
            device.db().goLive(results::add);
            live();
            assertThat(results.poll(3, TimeUnit.SECONDS))
                    .as("polling, as without a connection")
                    .isNull();
        }
    }

    /** As some proxies do that cannot stream. */
    @Test
    void liveConnectionThatIsNeverAnsweredHoldsUpNothing() throws InterruptedException {
        proxy.plan(ChaosPlan.each(ChaosFault.blackHole()).only("GET /v1/live"));
        try (OverHttp.Connected device = device("a", 300)) {
            device.db().goLive(results::add);
            next(SyncResult.End.SYNCED);
            device.write("1", "x");
            next(SyncResult.End.SYNCED);
            next(SyncResult.End.SYNCED);
            arrived("1");
        }
    }

    /** The live connection stands and looks well, but requests do not get through. */
    @Test
    void pushThatFailsWhileTheLiveConnectionStandsIsTriedAgainSoon() throws InterruptedException {
        try (OverHttp.Connected device = device("a", 20_000)) {
            device.db().goLive(results::add);
            live();
            proxy.plan(ChaosPlan.each(ChaosFault.reset()).only("POST"));
            device.write("1", "x");
            next(SyncResult.End.OFFLINE);
            proxy.plan(ChaosPlan.none());
            next(SyncResult.End.SYNCED);
            arrived("1");
        }
    }

    @Test
    void partitionOfOneDirectionEndsLikeOneOfBoth() throws InterruptedException {
        try (OverHttp.Connected device = device("a", 300)) {
            device.db().goLive(results::add);
            live();
            for (int way = 1; way <= 3; way++) {
                proxy.stall((way & 1) != 0, (way & 2) != 0);
                device.write("" + way, "x");
                next(SyncResult.End.OFFLINE);
                proxy.heal();
                next(SyncResult.End.SYNCED);
                arrived("" + way);
            }
            assertThat(device.db().status().checkpoints().get("red")).isEqualTo(3);
        }
    }

    @Test
    void flappingNetworkLetsEverythingThroughInTheEnd() throws InterruptedException {
        try (OverHttp.Connected device = device("a", 20_000)) {
            device.db().goLive(results::add);
            proxy.plan(ChaosPlan.flapping(1, 2, ChaosFault.reset()));
            for (int i = 0; i < 20; i++) {
                device.write("" + (10 + i), "x");
                while (next(SyncResult.End.SYNCED).pending() > 0) {
                    proxy.resetConnections();
                }
                proxy.resetConnections();
            }
            assertThat(device.db().outbox()).isEmpty();
            assertThat(device.db().status().checkpoints().get("red")).isEqualTo(20);
            arrived("29");
        }
    }

    /** Every fifth time it stays down until that is noticed, and every twenty-fifth up until something has got through. */
    @Test
    void aThousandTimesUpAndDownLeavesNothingBehindAndAsksNoMoreThanItMust() throws Exception {
        proxy.close();
        over.close();
        Path quick = Files.createDirectory(folder.resolve("quick"));
        over = new OverHttp(quick, TestLimits.with("backoffMinMillis", 1, "backoffMaxMillis", 8), null);
        proxy = ChaosProxy.before(over.http.port());
        int flaps = 1_000;
        AtomicInteger asked = new AtomicInteger();
        int mostThreads = 0;
        int mostConnections = 0;
        try (OverHttp.Connected device = device("a", 20_000)) {
            device.db().goLive(results::add);
            live();
            int before = threads();
            for (int i = 0; i < flaps; i++) {
                proxy.plan(counted(asked, ChaosPlan.each(ChaosFault.reset())));
                proxy.resetConnections();
                device.write("w" + i, "x");
                if (i % 5 == 0) {
                    next(SyncResult.End.OFFLINE);
                }
                proxy.plan(counted(asked, ChaosPlan.none()));
                if (i % 25 == 0) {
                    next(SyncResult.End.SYNCED);
                    mostThreads = Math.max(mostThreads, threads() - before);
                }
                mostConnections = Math.max(mostConnections, proxy.connections());
            }
            while (device.db().status().pending() > 0) {
                next(SyncResult.End.SYNCED);
            }
            assertThat(device.db().outbox()).isEmpty();
            assertThat(asked.get()).as("requests").isBetween(flaps / 5, 2 * flaps);
            assertThat(mostThreads).as("threads more than at the start").isLessThan(20);
            assertThat(mostConnections).as("connections of the device").isLessThan(20);
        }
        try (OverHttp.Connected other = over.device("b")) {
            assertThat(other.db().sync().isSynced()).isTrue();
            assertThat(other.db().query("select 1 from task")).hasSize(flaps);
        }
    }

    private static ChaosPlan counted(AtomicInteger asked, ChaosPlan plan) {
        return request -> {
            asked.incrementAndGet();
            return plan.next(request);
        };
    }

    /** Of the whole process but for the proxy's own: the device's, its transport's and the server's. */
    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().equals("godwit-chaos"))
                .count();
    }

    @Test
    void tokenThatCannotBeHadNowEndsNothing() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        String token = over.token();
        // the first is for a sync, the next two for a live connection and a sync
        Supplier<String> moody = () -> {
            int call = asked.incrementAndGet();
            if (call == 2 || call == 3) {
                throw new IllegalStateException("the key store is locked");
            }
            return token;
        };
        try (OverHttp.Connected device = over.device(
                "a",
                proxy.address(),
                options -> new HttpTransportOptions(
                        options.server(), moody, options.limits(), null, false, options.timeoutMillis()))) {
            device.db().goLive(results::add);
            live();
            device.write("1", "x");
            next(SyncResult.End.SYNCED);
            arrived("1");
        }
    }

    /** A device that writes down for how long it could have waited. */
    private record Noting(ManualDevice device, BlockingQueue<Long> bounds) implements Device {
        @Override
        public long wallMillis() {
            return device.wallMillis();
        }

        @Override
        public long elapsedMillis() {
            return device.elapsedMillis();
        }

        @Override
        public String bootId() {
            return device.bootId();
        }

        @Override
        public UUID randomId() {
            return device.randomId();
        }

        @Override
        public long randomBelow(long bound) {
            bounds.add(bound);
            return device.randomBelow(bound);
        }
    }

    /** As some proxies do that cannot stream. */
    @Test
    void liveConnectionsThatAlwaysBreakAreTriedMoreAndMoreRarely() throws InterruptedException {
        proxy.plan(ChaosPlan.each(new ChaosFault.CutAnswer(110, Ending.CLOSE)).only("GET /v1/live"));
        BlockingQueue<Long> bounds = new LinkedBlockingQueue<>();
        try (OverHttp.Connected device = over.device(
                "a",
                proxy.address(),
                options -> options,
                options -> options.withDevice(new Noting(new ManualDevice(1, 1_800_000_000_000L), bounds)))) {
            device.db().goLive(results::add);
            long longest = 0;
            for (int i = 0; i < 8; i++) {
                next(SyncResult.End.SYNCED);
            }
            while (!bounds.isEmpty()) {
                longest = Math.max(longest, Objects.requireNonNull(bounds.poll()));
            }
            assertThat(longest).as("the longest wait after eight tries").isEqualTo(200);
            proxy.heal();
            device.write("1", "x");
            next(SyncResult.End.SYNCED);
        }
    }

    @Test
    void serverThatAsksForAPauseGetsItEvenIfTheDeviceWrites() throws Exception {
        over.close();
        over = new OverHttp(
                Files.createDirectory(folder.resolve("patient")),
                TestLimits.with("backoffMinMillis", 20, "backoffMaxMillis", 5_000),
                null);
        BlockingQueue<Long> bounds = new LinkedBlockingQueue<>();
        try (ChaosProxy busy = ChaosProxy.before(over.http.port());
                OverHttp.Connected device = over.device(
                        "a",
                        busy.address(),
                        options -> options,
                        options -> options.withDevice(new Noting(new ManualDevice(1, 1_800_000_000_000L), bounds)))) {
            busy.plan(ChaosPlan.once(ChaosFault.tooBusy(503, "1")));
            // taken on the thread that pauses, so that a busy machine makes the time longer only
            BlockingQueue<Long> times = new LinkedBlockingQueue<>();
            device.db().goLive(result -> {
                times.add(System.nanoTime());
                results.add(result);
            });
            assertThat(next(SyncResult.End.LATER).retryAfterMillis()).isEqualTo(1_000);
            device.write("1", "x");
            next(SyncResult.End.SYNCED);
            long asked = times.take();
            assertThat(times.take() - asked).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1_000));
            assertThat(bounds)
                    .as("chance adds up to half, so that not all come back at once")
                    .contains(500L);
        }
    }

    @Test
    void absurdPausesAreCutToTheLongestBackoff() throws InterruptedException {
        Map<String, Long> told = Map.of(
                "86400", 86_400_000L,
                "99999999999999999999", 60_000L,
                "-5", 0L,
                "soon", 60_000L,
                "Fri, 31 Dec 2199 23:59:59 GMT", 60_000L);
        for (String absurd : told.keySet()) {
            long read = told.get(absurd);
            proxy.plan(ChaosPlan.once(ChaosFault.tooBusy(429, absurd)));
            results.clear();
            try (OverHttp.Connected device = device("a" + absurd.length(), 20_000)) {
                device.db().goLive(results::add);
                device.write("x" + absurd, "x");
                assertThat(next(SyncResult.End.LATER).retryAfterMillis())
                        .as(absurd)
                        .isEqualTo(read);
                next(SyncResult.End.SYNCED);
                arrived("x" + absurd);
            }
        }
    }
}
