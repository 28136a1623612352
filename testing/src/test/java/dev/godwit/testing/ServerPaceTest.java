package dev.godwit.testing;

import static dev.godwit.testing.BackgroundRoom.DAY;
import static dev.godwit.testing.BackgroundRoom.HOUR;
import static dev.godwit.testing.BackgroundRoom.MINUTE;
import static dev.godwit.testing.BackgroundRoom.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Pace;
import dev.godwit.scheduler.Period;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDriver;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server says how often a device syncs by itself, and how much it sends at a time. */
class ServerPaceTest {
    private static final long OWN = 30 * DAY;

    @TempDir
    Path folder;

    private BackgroundRoom room;
    private final List<SyncRequest> requests = new ArrayList<>();

    @AfterEach
    void close() {
        room.close();
    }

    private void open(Limits limits) {
        room = new BackgroundRoom(folder, limits);
        room.a.transport.watchAnswers(answer -> requests.add(
                SyncCodec.decodeRequest(room.a.transport.recordedRequest().request(), limits)));
    }

    private void open() {
        open(Limits.DEFAULT);
    }

    private void serverSays(Pace pace) {
        room.fleet.server.restart(options -> options.withPace(pace));
    }

    private void serverSaysEvery(long millis) {
        serverSays(new Pace(millis, 0, 0));
    }

    private long every() {
        return every(room.driver);
    }

    private static long every(WorkDriver driver) {
        return driver.scheduler()
                .newest(BackgroundSync.PERIODIC)
                .flatMap(work -> work.request().every())
                .map(Period::intervalMillis)
                .orElseThrow();
    }

    private void startAgain() {
        room.kill();
        room.a.reopenAfterCopy();
        room.start();
    }

    /** How many syncs there are in this time, none of which is begun by the test. */
    private int syncsIn(long millis) {
        room.results.clear();
        room.driver.advance(millis);
        assertThat(room.results).allMatch(SyncResult::isSynced);
        return room.results.size();
    }

    @Test
    void itSyncsAsOftenAsTheServerSays() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        assertThat(every()).isEqualTo(HOUR);
        assertThat(syncsIn(10 * HOUR + MINUTE)).as("its own is a month").isEqualTo(10);
        assertThat(room.number("select count(*) from godwit_attempt where cause = 'periodic'"))
                .isEqualTo(10);
        serverSaysEvery(6 * HOUR);
        assertThat(syncsIn(HOUR)).as("hears of it").isEqualTo(1);
        assertThat(syncsIn(DAY + MINUTE)).isEqualTo(4);
    }

    @Test
    void itSyncsLessOftenThanTheApplicationWantsIfTheServerSaysSo() {
        open();
        room.options = room.options.withEvery(HOUR);
        serverSaysEvery(DAY);
        room.settled();
        assertThat(syncsIn(10 * DAY + MINUTE)).isEqualTo(10);
    }

    @Test
    void aServerThatSaysNothingLeavesEverythingAsItIs() {
        open();
        room.options = room.options.withEvery(HOUR);
        room.start();
        Work before = room.work(BackgroundSync.PERIODIC);
        room.driver.advance(1_000);
        for (int i = 0; i < 30; i++) {
            room.write("t" + i);
        }
        requests.clear();
        room.driver.advance(MINUTE);
        assertThat(requests).hasSize(1);
        Work after = room.work(BackgroundSync.PERIODIC);
        assertThat(after.request()).isEqualTo(before.request());
        assertThat(after.request().input().isEmpty()).isTrue();
        assertThat(after.notBeforeMillis()).isEqualTo(before.notBeforeMillis());
        assertThat(syncsIn(DAY)).isEqualTo(24);
    }

    @Test
    void theServersIntervalOutlivesTheProcess() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        long next = room.work(BackgroundSync.PERIODIC).notBeforeMillis();
        room.fleet.server.close();
        startAgain();
        assertThat(every()).as("before it has been told again").isEqualTo(HOUR);
        assertThat(room.work(BackgroundSync.PERIODIC).notBeforeMillis()).isEqualTo(next);
        room.driver.advance(MINUTE);
        assertThat(room.results).extracting(SyncResult::outcome).containsExactly(SyncResult.End.OFFLINE);
        room.fleet.server.start();
        room.background.retry();
        room.driver.run();
        assertThat(syncsIn(10 * HOUR)).isEqualTo(10);
    }

    @Test
    void whenTheServerSaysNothingAnyMoreTheApplicationsIntervalIsBack() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        serverSays(Pace.NONE);
        assertThat(syncsIn(HOUR)).isEqualTo(1);
        assertThat(every()).isEqualTo(OWN);
        assertThat(syncsIn(10 * DAY)).isZero();
        startAgain();
        assertThat(every()).isEqualTo(OWN);
    }

    @Test
    void theApplicationsNewIntervalCountsWhenTheServersHasGone() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        room.options = room.options.withEvery(2 * DAY);
        startAgain();
        assertThat(every()).isEqualTo(HOUR);
        serverSays(Pace.NONE);
        assertThat(syncsIn(HOUR)).isPositive();
        assertThat(every()).isEqualTo(2 * DAY);
    }

    @Test
    void theWorkIsWrittenWhenTheIntervalChangesAndNotWithEachSync() {
        open();
        serverSaysEvery(HOUR);
        room.start();
        room.sql("create table noted (id integer);"
                + "create trigger note after update of spec, input on godwit_work when new.name = 'godwit.periodic'"
                + " begin insert into noted values (new.id); end");
        for (int i = 0; i < 5; i++) {
            room.write("t" + i);
            room.driver.advance(2 * HOUR);
        }
        assertThat(room.results).hasSizeGreaterThan(10);
        assertThat(room.number("select count(*) from noted")).isEqualTo(1);
        serverSaysEvery(2 * HOUR);
        room.driver.advance(DAY);
        assertThat(room.number("select count(*) from noted")).isEqualTo(2);
        room.sql("drop trigger note; drop table noted");
    }

    @Test
    void aSyncByHandHearsOfItToo() {
        open();
        room.settled();
        serverSaysEvery(HOUR);
        room.a.synced();
        assertThat(every()).isEqualTo(HOUR);
    }

    @Test
    void aSillyIntervalIsHeldToTheDevicesBounds() {
        open();
        serverSaysEvery(1);
        room.settled();
        assertThat(every()).isEqualTo(MINUTE);
        assertThat(syncsIn(10 * MINUTE)).isEqualTo(10);
        serverSaysEvery(Long.MAX_VALUE);
        room.a.synced();
        assertThat(every()).isEqualTo(DAY);
    }

    @Test
    void aSchedulerThatTakesNoShortIntervalsGetsTheShortestItTakes() {
        open();
        room.change = options -> options.asOnlyProcess().withLimits(WorkLimits.DEFAULT.with("intervalMinMillis", HOUR));
        serverSaysEvery(MINUTE);
        room.settled();
        assertThat(every()).isEqualTo(HOUR);
        startAgain();
        assertThat(every()).isEqualTo(HOUR);
        assertThat(syncsIn(10 * HOUR + MINUTE)).isEqualTo(11);
    }

    @Test
    void tablesThatAreMadeAnewHaveItAfterTheNextSync() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        room.sql("drop table godwit_work");
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(every()).isEqualTo(HOUR);
    }

    @Test
    void aPeriodicWorkThatSomebodyHasCancelledStaysSo() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        room.scheduler().cancel(room.work(BackgroundSync.PERIODIC).id());
        serverSaysEvery(2 * HOUR);
        room.a.synced();
        assertThat(room.work(BackgroundSync.PERIODIC).state().isFinished()).isTrue();
    }

    @Test
    void whoStandsInFollowsItAndKnowsTheApplicationsOwn() {
        open();
        serverSaysEvery(HOUR);
        room.settled();
        room.kill();
        serverSaysEvery(2 * HOUR);
        assertThat(visit()).isEqualTo(2 * HOUR);
        serverSays(Pace.NONE);
        assertThat(visit()).isEqualTo(OWN);
        room.a.reopenAfterCopy();
        room.start();
        assertThat(every()).isEqualTo(OWN);
        assertThat(syncsIn(10 * DAY)).isEqualTo(1);
    }

    /** A process that does what is due, and ends; the interval that it leaves. */
    private long visit() {
        room.clock.advance(DAY);
        room.a.reopenAfterCopy();
        SchedulerOptions work = SchedulerOptions.of(
                        Fleet.DRIVER, SqliteOptions.of(room.a.file.toString()), room.clock, () -> 0.5)
                .withConditions(room.device)
                .asVisitor(10);
        try (WorkDriver driver = WorkDriver.open(work);
                BackgroundSync visit = BackgroundSync.visit(room.a.db, driver.scheduler())) {
            driver.run();
            assertThat(visit.last().orElseThrow().isSynced()).isTrue();
            return every(driver);
        } finally {
            room.a.db.close();
        }
    }

    private void write(int transactions) {
        for (int i = 0; i < transactions; i++) {
            room.a.run("insert into task (id, team, title) values (?, 'red', ?)", "t" + i, "title ".repeat(30) + i);
        }
    }

    private List<Integer> sizes() {
        return requests.stream().map(request -> request.transactions().size()).toList();
    }

    private static long bytes(SyncRequest request) {
        return request.transactions().stream()
                .map(PushedTransaction::changes)
                .mapToLong(changes -> changes.length)
                .sum();
    }

    private List<Integer> sent(int transactions) {
        write(transactions);
        requests.clear();
        room.driver.advance(MINUTE);
        assertThat(room.a.db.status().pending()).isZero();
        assertThat(room.onServer()).containsExactly("[" + transactions + "]");
        return sizes();
    }

    @Test
    void aRequestCarriesNoMoreTransactionsThanTheServerSays() {
        open();
        serverSays(new Pace(0, 7, 0));
        room.settled();
        assertThat(sent(30)).containsExactly(7, 7, 7, 7, 2);
        assertThat(room.results).hasSize(1);
        assertThat(room.results.get(0).sent()).isEqualTo(30);
        serverSays(Pace.NONE);
        room.a.synced();
        requests.clear();
        room.fleet.operator("delete from task");
        room.a.synced();
        assertThat(sent(30)).as("it says nothing any more").containsExactly(30);
    }

    @Test
    void aRequestCarriesNoMoreBytesThanTheServerSays() {
        open(Limits.DEFAULT.with("pushBytesMin", 500));
        serverSays(new Pace(0, 0, 2_000));
        room.settled();
        assertThat(sent(60)).hasSizeGreaterThan(3);
        assertThat(requests).allMatch(request -> bytes(request) <= 2_000);
        assertThat(requests.get(0).transactions()).hasSizeGreaterThan(1);
    }

    @Test
    void sillySizesAreHeldToTheDevicesBounds() {
        open(Limits.DEFAULT.with("pushTransactions", 10).with("pushBytesMin", 1_000));
        serverSays(new Pace(0, Long.MAX_VALUE, Long.MAX_VALUE));
        room.settled();
        assertThat(sent(25)).containsExactly(10, 10, 5);
        room.fleet.operator("delete from task");
        serverSays(new Pace(0, 0, 1));
        room.a.synced();
        assertThat(sent(25)).hasSizeLessThan(25);
        assertThat(requests).allMatch(request -> bytes(request) <= 1_000);
    }

    @Test
    void oneTransactionAtATimeGetsEverythingThroughToo() {
        open();
        serverSays(new Pace(0, 1, 0));
        room.settled();
        assertThat(sent(20)).hasSize(20).containsOnly(1);
    }

    @Test
    void aLinkThatCarriesLessThanTheServerSaysIsAskedForNoMore() {
        open(Limits.DEFAULT.with("pushBytesMin", 2_000));
        room.options = room.options.withSmall(SMALL.withAttempts(12));
        serverSays(new Pace(0, 1_000, 1_000_000));
        room.settled();
        write(300);
        room.a.transport.cutRequestsAfter(9_000);
        room.driver.advance(DAY);
        assertThat(room.background.stopped()).isEmpty();
        assertThat(room.onServer()).containsExactly("[300]");
    }

    @Test
    void aDeviceWithoutABackgroundSendsAsTheServerSays() {
        room = new BackgroundRoom(folder);
        Fleet.Member b = room.fleet.device("b", "red");
        serverSays(new Pace(HOUR, 4, 0));
        b.synced();
        int before = b.transport.exchanges();
        for (int i = 0; i < 8; i++) {
            b.run("insert into task (id, team) values (?, 'red')", "b" + i);
        }
        b.synced();
        assertThat(b.transport.exchanges() - before).isEqualTo(2);
        room.start();
    }
}
