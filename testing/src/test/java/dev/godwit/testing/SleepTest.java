package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.SyncResult;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Machines that sleep for days: the wall clock is on when they wake, and the elapsed clock too, or it stood still. Nothing is heard
 * while they sleep, connections are gone when they wake, and tokens have expired.
 */
@Timeout(120)
class SleepTest {
    private static final long DAYS = 5 * BackgroundRoom.DAY;
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path folder;

    private final BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
    private final ManualDevice clocks = new ManualDevice(1, 1_800_000_000_000L);
    private OverHttp over;
    private ChaosProxy proxy;
    private OverHttp.Connected a;
    private OverHttp.Connected b;

    @BeforeEach
    void start() {
        over = new OverHttp(folder, TestLimits.with("backoffMinMillis", 20, "backoffMaxMillis", 200), null);
        proxy = ChaosProxy.before(over.http.port());
        a = over.device("a", proxy.address(), this::alwaysWithANewToken, options -> options.withDevice(clocks));
        b = over.device("b", over.address(), this::alwaysWithANewToken);
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        proxy.close();
        over.close();
    }

    private HttpTransportOptions alwaysWithANewToken(HttpTransportOptions options) {
        return new HttpTransportOptions(
                options.server(), over::token, options.limits(), null, false, options.timeoutMillis());
    }

    private void live() throws InterruptedException {
        a.db().goLive(results::add);
        next(SyncResult.End.SYNCED);
        proxy.awaitAnswer("GET /v1/live");
    }

    private void sleep(boolean elapsedGoesOn) {
        over.server.pass(DAYS);
        if (elapsedGoesOn) {
            clocks.pass(DAYS);
        } else {
            clocks.setWall(clocks.wallMillis() + DAYS);
        }
    }

    private void wake() {
        proxy.resetConnections();
        proxy.heal();
    }

    private SyncResult next(SyncResult.End outcome) throws InterruptedException {
        while (true) {
            SyncResult result = results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(result).as("a sync that is " + outcome).isNotNull();
            if (result.outcome() == outcome) {
                return result;
            }
        }
    }

    private void writtenByB(String sql) {
        b.db().write(tx -> tx.run(sql));
        assertThat(b.db().sync().isSynced()).isTrue();
    }

    private static List<String> titles(OverHttp.Connected device) {
        return device.db().query("select title from task order by id").stream()
                .map(row -> row.value("title").asText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLiveSyncAsksOnceWhenItsMachineWakesAndIsLiveAgain(boolean elapsedGoesOn) throws InterruptedException {
        live();
        proxy.stall(true, true);
        sleep(elapsedGoesOn);
        writtenByB("insert into task values ('1', 'red', 'while a slept')");
        assertThat(results).as("asleep").isEmpty();
        wake();
        assertThat(next(SyncResult.End.SYNCED).received()).isEqualTo(1);
        writtenByB("insert into task values ('2', 'red', 'when a was awake')");
        assertThat(next(SyncResult.End.SYNCED).received())
                .as("the next sync is that of the next poke")
                .isEqualTo(1);
        assertThat(titles(a)).containsExactly("while a slept", "when a was awake");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLiveSyncThatWasUnderWayIsMadeAgainSoonAndCountsOnce(boolean elapsedGoesOn) throws InterruptedException {
        live();
        proxy.plan(ChaosPlan.once(new ChaosFault.HoldAnswer()).only("POST"));
        a.write("1", "a, then asleep");
        proxy.awaitHeld();
        proxy.stall(true, true);
        sleep(elapsedGoesOn);
        assertThat(b.db().sync().received()).as("the server has it").isEqualTo(1);
        writtenByB("update task set title = 'b, while a slept'");
        wake();
        SyncResult made = next(SyncResult.End.SYNCED);
        assertThat(made.sent()).isEqualTo(1);
        assertThat(made.pending()).isZero();
        assertThat(titles(a)).containsExactly("b, while a slept");
        assertThat(b.db().sync().received())
                .as("nothing was applied a second time")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLiveSyncThatCouldNotSendBeforeItsMachineSleptSendsSoonAfter(boolean elapsedGoesOn)
            throws InterruptedException {
        writtenByB("insert into task values ('1', 'red', 'base')");
        live();
        proxy.plan(ChaosPlan.each(ChaosFault.reset()));
        a.db().write(tx -> tx.run("update task set title = 'a, then asleep'"));
        next(SyncResult.End.OFFLINE);
        proxy.stall(true, true);
        sleep(elapsedGoesOn);
        writtenByB("update task set title = 'b, while a slept'");
        wake();
        assertThat(next(SyncResult.End.SYNCED).sent()).isEqualTo(1);
        assertThat(b.db().sync().isSynced()).isTrue();
        assertThat(titles(b))
                .as("where the elapsed clock stood still, nobody knows how old the write is")
                .containsExactly(elapsedGoesOn ? "b, while a slept" : "a, then asleep")
                .isEqualTo(titles(a));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackgroundThatMissedManyPeriodsSyncsOnceAndKeepsItsPaceFromThen(boolean elapsedGoesOn) {
        try (BackgroundRoom room = new BackgroundRoom(folder.resolve("room"))) {
            room.options = room.options.withEvery(BackgroundRoom.HOUR);
            room.settled();
            Fleet.Member other = room.fleet.device("b", "red");
            sleepIn(room, elapsedGoesOn);
            other.run("insert into task (id, team) values ('1', 'red')");
            other.synced();
            int before = room.a.transport.exchanges();
            room.driver.run();
            if (!elapsedGoesOn) {
                assertThat(room.results).as("it goes by elapsed time").isEmpty();
                room.driver.advance(BackgroundRoom.HOUR);
            }
            assertThat(room.results).extracting(SyncResult::received).containsExactly(1);
            assertThat(room.a.transport.exchanges() - before).as("no burst").isEqualTo(1);
            room.driver.advance(3 * BackgroundRoom.HOUR);
            assertThat(room.results).as("one more each hour").hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackgroundThatWaitedToTryAgainWaitsNoLongerThanBefore(boolean elapsedGoesOn) {
        try (BackgroundRoom room = new BackgroundRoom(folder.resolve("room"))) {
            room.settled();
            room.fleet.server.close();
            room.write("1");
            room.driver.advance(BackgroundRoom.MINUTE);
            assertThat(room.results).extracting(SyncResult::isSynced).containsExactly(false);
            sleepIn(room, elapsedGoesOn);
            room.fleet.server.start();
            room.driver.run();
            if (!elapsedGoesOn) {
                assertThat(room.driver.look()).as("until it looks again").isLessThanOrEqualTo(BackgroundRoom.HOUR);
                room.driver.advance(BackgroundRoom.HOUR);
            }
            assertThat(room.results).extracting(SyncResult::isSynced).containsExactly(false, true);
            assertThat(room.onServer()).containsExactly("[1]");
        }
    }

    private static void sleepIn(BackgroundRoom room, boolean elapsedGoesOn) {
        room.fleet.server.pass(DAYS);
        if (elapsedGoesOn) {
            room.a.device.pass(DAYS);
            room.clock.advance(DAYS);
        } else {
            room.a.device.setWall(room.a.device.wallMillis() + DAYS);
            room.clock.jumpWall(DAYS);
        }
    }

    /** With its threads: their waits end by themselves, soon, though nobody tells them that time has passed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theThreadsOfABackgroundNoticeByThemselvesThatTheyHaveSlept(boolean isWriteWaiting) throws Exception {
        ManualClock clock = new ManualClock(1_800_000_000_000L);
        BackgroundOptions options = BackgroundOptions.DEFAULT
                .withSmall(BackgroundRoom.SMALL.withBatchMillis(BackgroundRoom.MINUTE))
                .withListener(results::add);
        try (Scheduler scheduler = Scheduler.open(SchedulerOptions.of(
                                Fleet.DRIVER, SqliteOptions.of(a.file().toString()), clock, () -> 0.5)
                        .withLimits(WorkLimits.DEFAULT.with("lookMillis", 20))
                        .withConditions(ManualConditions.allGood()));
                BackgroundSync background = a.db().background(scheduler, options)) {
            next(SyncResult.End.SYNCED);
            settled(scheduler);
            if (isWriteWaiting) {
                a.write("1", "a, then asleep");
            }
            settled(scheduler);
            assertThat(results).as("it waits for more, or for the next period").isEmpty();
            clock.advance(DAYS);
            assertThat(next(SyncResult.End.SYNCED).sent()).isEqualTo(isWriteWaiting ? 1 : 0);
            settled(scheduler);
            assertThat(results).as("what was due, and no burst").hasSizeLessThanOrEqualTo(1);
            assertThat(background.stopped()).isEmpty();
        }
    }

    private static void settled(Scheduler scheduler) throws InterruptedException {
        assertThat(scheduler.awaitIdle(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)))
                .isTrue();
    }
}
