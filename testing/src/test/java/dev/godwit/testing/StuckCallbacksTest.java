package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Commit;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.LiveSync;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Code of the application that the engine calls and that does not return: the rest goes on, and all can be closed. */
@Timeout(120)
class StuckCallbacksTest {
    /** Heads are repeated so rarely that none ends a live connection which nobody has ended. */
    private static final Limits QUICK = TestLimits.with(
            "backoffMinMillis", 2, "backoffMaxMillis", 20, "resolverMillis", 100, "pokeMillis", 600_000);

    private static final long PATIENCE_SECONDS = 20;

    @TempDir
    Path folder;

    private final CountDownLatch stuck = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
    private OverHttp over;

    @BeforeEach
    void open() {
        over = new OverHttp(folder, QUICK, null);
    }

    @AfterEach
    void close() {
        goOn.countDown();
        over.close();
    }

    /** What a callback does that does not return before the test says so, whoever interrupts it. */
    private void hang() {
        stuck.countDown();
        boolean isOver = false;
        while (!isOver) {
            try {
                goOn.await();
                isOver = true;
            } catch (InterruptedException ignored) {
                // as code does that catches everything
            }
        }
    }

    private static <T> T returns(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "must-return");
        thread.setDaemon(true);
        thread.start();
        return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void returns(Runnable call) throws Exception {
        returns(() -> {
            call.run();
            return true;
        });
    }

    private void awaitStuck() throws InterruptedException {
        assertThat(stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("it was called")
                .isTrue();
    }

    private SyncResult next() throws InterruptedException {
        SyncResult result = results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(result).as("another sync").isNotNull();
        return result;
    }

    /** Writes, reads and syncs by hand, as if nothing were the matter. */
    private void worksByHand(OverHttp.Connected device, String id) throws Exception {
        writesAndReads(device, id);
        SyncResult result = returns(() -> device.db().sync());
        assertThat(result.isSynced()).as(result.toString()).isTrue();
        assertThat(device.db().status().pending()).isZero();
    }

    private static void writesAndReads(OverHttp.Connected device, String id) throws Exception {
        returns(() -> device.write(id, "x"));
        assertThat(returns(() -> device.db().query("select 1 from task where id = ?", id)))
                .hasSize(1);
        returns(() -> device.db().outbox());
    }

    private void isOnServer(String... ids) {
        try (OverHttp.Connected other = over.device("other")) {
            assertThat(other.db().sync().isSynced()).isTrue();
            assertThat(other.db().query("select id from task order by id"))
                    .extracting(row -> row.value("id").asText())
                    .containsExactly(ids);
        }
    }

    private static List<Thread> readersOfLiveConnections() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("godwit-live-events"))
                .toList();
    }

    @Test
    void aListenerThatDoesNotReturnHoldsUpItsOwnLiveSyncAndNothingElse() throws Exception {
        ChaosProxy proxy = ChaosProxy.before(over.http.port());
        OverHttp.Connected device = over.device("a", proxy.address(), options -> options);
        AtomicInteger calls = new AtomicInteger();
        device.db().goLive(result -> {
            // the first is told before there is a live connection
            if (calls.incrementAndGet() == 2) {
                hang();
            }
        });
        proxy.awaitAnswer("GET /v1/live");
        device.write("1", "begins the second");
        awaitStuck();
        worksByHand(device, "2");
        LiveSync other = device.db().goLive(results::add);
        next();
        device.write("3", "x");
        while (device.db().status().pending() > 0) {
            next();
        }
        returns(other::close);
        assertThat(calls).as("it is not called again before it has returned").hasValue(2);
        List<Thread> readers = readersOfLiveConnections();
        returns(device::close);
        for (Thread reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThat(reader.isAlive())
                    .as("the live connection of a closed database")
                    .isFalse();
        }
        isOnServer("1", "2", "3");
        proxy.close();
    }

    @Test
    void whatHangsOnAConfirmationAndDoesNotReturnHoldsUpOtherConfirmationsAndNothingElse() throws Exception {
        OverHttp.Connected device = over.device("a");
        Commit commit = device.db().write(tx -> tx.run("insert into task values ('1', 'red', 'x')"));
        commit.confirmed().thenRun(this::hang);
        assertThat(returns(() -> device.db().sync()).isSynced()).isTrue();
        awaitStuck();
        Commit second = device.db().write(tx -> tx.run("insert into task values ('2', 'red', 'x')"));
        worksByHand(device, "3");
        assertThat(second.confirmed()).as("waits for the first").isNotDone();
        goOn.countDown();
        assertThat(second.confirmed().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(Outcome.Applied.class);
        returns(device::close);
        isOnServer("1", "2", "3");
    }

    @Test
    void aDatabaseIsClosedThoughWhatHangsOnAConfirmationDoesNotReturn() throws Exception {
        OverHttp.Connected device = over.device("a");
        Commit commit = device.db().write(tx -> tx.run("insert into task values ('1', 'red', 'x')"));
        commit.confirmed().thenRun(this::hang);
        assertThat(returns(() -> device.db().sync()).isSynced()).isTrue();
        awaitStuck();
        returns(device::close);
    }

    @Test
    void aTokenSupplierThatDoesNotReturnIsLeftAloneUntilItDoes() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        OverHttp.Connected device = deviceWhoseTokensHang(asked);
        device.db().goLive(results::add);
        awaitStuck();
        for (int i = 1; i <= 3; i++) {
            writesAndReads(device, "" + i);
            SyncResult told = returns(() -> device.db().sync());
            assertThat(told.outcome()).isEqualTo(SyncResult.End.OFFLINE);
            assertThat(told.message()).contains("gave no token", "#timeout");
            assertThat(told.pending()).isEqualTo(i);
        }
        assertThat(asked).as("it is not asked again while it has not returned").hasValue(1);
        goOn.countDown();
        while (!next().isSynced()) {
            assertThat(device.db().status().parked()).isZero();
        }
        returns(device::close);
        isOnServer("1", "2", "3");
    }

    @Test
    void aDatabaseIsClosedThoughItsTokenSupplierDoesNotReturn() throws Exception {
        OverHttp.Connected device = deviceWhoseTokensHang(new AtomicInteger());
        device.write("1", "x");
        device.db().goLive(results::add);
        awaitStuck();
        returns(device::close);
        try (OverHttp.Connected again = over.device("a")) {
            assertThat(again.db().sync().sent()).as("it was kept").isEqualTo(1);
        }
    }

    private OverHttp.Connected deviceWhoseTokensHang(AtomicInteger asked) {
        String token = over.token();
        return over.device(
                "a",
                over.address(),
                options -> new HttpTransportOptions(
                        options.server(),
                        () -> {
                            asked.incrementAndGet();
                            hang();
                            return token;
                        },
                        options.limits(),
                        null,
                        false,
                        200));
    }

    @Test
    void aListenerOfTheBackgroundThatDoesNotReturnHoldsUpItsSyncsAndNothingElse() throws Exception {
        OverHttp.Connected device = over.device("a");
        AtomicInteger calls = new AtomicInteger();
        WorkLimits limits = WorkLimits.DEFAULT.with("graceMillis", 100);
        Scheduler scheduler = Scheduler.open(SchedulerOptions.of(
                        Fleet.DRIVER,
                        SqliteOptions.of(device.file().toString()),
                        new ManualClock(1_800_000_000_000L),
                        () -> 0.5)
                .withLimits(limits)
                .withConditions(ManualConditions.allGood()));
        BackgroundSync background = device.db().background(scheduler, BackgroundOptions.DEFAULT.withListener(result -> {
            calls.incrementAndGet();
            hang();
        }));
        awaitStuck();
        worksByHand(device, "1");
        device.db().goLive(results::add);
        returns(background::retry);
        worksByHand(device, "2");
        assertThat(calls).as("it is not called again before it has returned").hasValue(1);
        returns(background::close);
        returns(scheduler::close);
        returns(device::close);
        isOnServer("1", "2");
    }
}
