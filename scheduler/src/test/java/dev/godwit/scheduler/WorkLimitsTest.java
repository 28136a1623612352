package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every bound, one below it and one above. */
class WorkLimitsTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private static void fits(ThrowingCallable good, ThrowingCallable bad, String limit) {
        assertThatCode(good).doesNotThrowAnyException();
        assertThatThrownBy(bad)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit " + limit + " of ");
    }

    private static void check(String limit, long value, WorkRequest good, WorkRequest bad) {
        WorkLimits limits = WorkLimits.DEFAULT.with(limit, value);
        fits(() -> RequestBounds.check(good, limits), () -> RequestBounds.check(bad, limits), limit);
    }

    @Test
    void everyLimitCanBeSetAndNoneBelowOne() throws Exception {
        for (RecordComponent limit : WorkLimits.class.getRecordComponents()) {
            Number set = (Number) limit.getAccessor().invoke(WorkLimits.DEFAULT.with(limit.getName(), 12_345));
            assertThat(set.longValue()).as(limit.getName()).isEqualTo(12_345);
            assertThatThrownBy(() -> WorkLimits.DEFAULT.with(limit.getName(), 0))
                    .hasMessageContaining(limit.getName());
        }
        assertThatThrownBy(() -> WorkLimits.DEFAULT.with("thread", 1)).hasMessageContaining("there is no limit thread");
        assertThatThrownBy(() -> WorkLimits.DEFAULT.with("threads", 1L << 40)).hasMessageContaining("threads");
    }

    @Test
    void requestsAreHeldAgainstTheLimits() {
        WorkRequest of = WorkRequest.of("worker");
        int size = WorkData.of("a", "b").encode().length;
        check("dataBytes", size, of.withInput(WorkData.of("a", "b")), of.withInput(WorkData.of("a", "bb")));
        check("nameChars", 6, of, WorkRequest.of("workers"));
        check("nameChars", 6, of.withKey("123456"), of.withKey("1234567"));
        check("nameChars", 6, of.withTag("123456"), of.withTag("1234567"));
        check(
                "nameChars",
                6,
                of.withName("123456", UniqueName.Policy.KEEP),
                of.withName("1234567", UniqueName.Policy.KEEP));
        check(
                "tags",
                2,
                of.withTag("a").withTag("b"),
                of.withTag("a").withTag("b").withTag("c"));
        check("intervalMinMillis", 60_000, of.withPeriod(Period.every(60_000)), of.withPeriod(Period.every(59_999)));
        check("backoffMinMillis", 1_000, of.withBackoff(Backoff.linear(1_000)), of.withBackoff(Backoff.linear(999)));
        check(
                "backoffMaxMillis",
                18_000_000,
                of,
                of.withBackoff(new Backoff(Backoff.Kind.LINEAR, 1_000, 0, 18_000_001)));
        check("timeoutMaxMillis", 600_000, of, of.withBudget(Budget.DEFAULT.withTimeout(600_001)));
    }

    @Test
    void chainsAreHeldAgainstTheLimits() {
        WorkRequest of = WorkRequest.of("worker");
        WorkChain three = WorkChain.empty().then("a", of).then("b", of).then("c", of, "a", "b");
        fits(
                () -> three.check(WorkLimits.DEFAULT.with("chainSteps", 3)),
                () -> three.check(WorkLimits.DEFAULT.with("chainSteps", 2)),
                "chainSteps");
        fits(
                () -> three.check(WorkLimits.DEFAULT.with("needs", 2)),
                () -> three.check(WorkLimits.DEFAULT.with("needs", 1)),
                "needs");
    }

    @Test
    void notesAndOutputsAreHeldAgainstTheLimits() {
        int size = WorkData.of("a", "b").encode().length;
        room.limits = room.limits.with("dataBytes", size).with("checkpointBytes", size);
        room.worker("good", context -> {
            context.checkpoint(WorkData.of("a", "b"));
            context.progress(WorkData.of("a", "b"));
            assertThatThrownBy(() -> context.checkpoint(WorkData.of("a", "bb")))
                    .hasMessageContaining("limit checkpointBytes of");
            assertThatThrownBy(() -> context.progress(WorkData.of("a", "bb")))
                    .hasMessageContaining("limit dataBytes of");
            return new WorkOutcome.Success(WorkData.of("a", "b"));
        });
        room.worker("bad", context -> new WorkOutcome.Success(WorkData.of("a", "bb")));
        room.open();
        WorkId good = room.enqueue(WorkRequest.of("good"));
        WorkId bad = room.enqueue(WorkRequest.of("bad"));
        room.driver.run();
        assertThat(room.work(good).reason()).isNull();
        assertThat(room.state(good)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.state(bad)).isEqualTo(WorkState.PARKED);
        assertThat(room.work(bad).reason()).contains("limit dataBytes of " + size);
    }

    @Test
    void aMergedInputOverTheLimitIsParked() {
        room.limits = room.limits.with("dataBytes", 40);
        room.worker("make", context -> new WorkOutcome.Success(WorkData.of("of " + context.id(), "0123456789")));
        room.open();
        WorkChain chain = WorkChain.empty()
                .then("a", WorkRequest.of("make"))
                .then("b", WorkRequest.of("make"))
                .then("c", WorkRequest.of("make"), "a", "b");
        WorkId last = room.scheduler().enqueue(chain).get("c").id();
        room.driver.run();
        assertThat(room.work(last).parked()).isEqualTo(ParkReason.INPUT);
        assertThat(room.work(last).reason()).contains("limit dataBytes of 40");
    }

    @Test
    void aReasonIsShortened() {
        room.limits = room.limits.with("reasonChars", 10);
        room.worker(
                "w", context -> WorkOutcome.failed(context.input().text("why").orElse("")));
        room.open();
        WorkId ten = room.enqueue(WorkRequest.of("w").withInput(WorkData.of("why", "0123456789")));
        WorkId eleven = room.enqueue(WorkRequest.of("w").withInput(WorkData.of("why", "0123456789a")));
        room.driver.run();
        assertThat(room.work(ten).reason()).isEqualTo("0123456789");
        assertThat(room.work(eleven).reason()).isEqualTo("0123456...");
    }

    @Test
    void finishedWorkAndRunsAreForgottenBeyondTheirBounds() {
        room.limits = room.limits.with("finishedKept", 5).with("runsKept", 7).with("perWorker", 4);
        room.worker("w").open();
        room.scheduler()
                .enqueueAll(IntStream.range(0, 512)
                        .mapToObj(i -> WorkRequest.of("w").withTag("t"))
                        .toList());
        room.driver.run();
        assertThat(room.runs).hasSize(512);
        assertThat(room.number("select count(*) from godwit_work")).isBetween(5L, 5L + 256);
        assertThat(room.number("select count(*) from godwit_work_run")).isBetween(7L, 7L + 256);
        assertThat(room.number("select count(*) from godwit_work_tag"))
                .isEqualTo(room.number("select count(*) from godwit_work"));
        assertThat(room.number("select max(id) from godwit_work"))
                .as("the newest stay")
                .isEqualTo(room.scheduler().tagged("t").stream()
                        .mapToLong(w -> w.id().value())
                        .max()
                        .orElse(0));
    }

    @Test
    void noMoreWorksAreKeptThanTheBoundAllowsAndARefusalChangesNothing() {
        room.limits = room.limits.with("pendingWorks", 3);
        room.worker("w").open();
        WorkRequest of = WorkRequest.of("w").withTag("t");
        WorkId parked = room.enqueue(WorkRequest.of("none"));
        room.driver.run();
        room.enqueue(of.withName("n", UniqueName.Policy.KEEP).withDelay(1_000));
        assertThatThrownBy(() -> room.scheduler()
                        .enqueue(WorkChain.empty()
                                .then("a", of)
                                .then("b", of, "a")
                                .withName("c", UniqueName.Policy.KEEP)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "2 works are not finished, and 2 more are above the limit pendingWorks of 3; cancel");
        room.enqueue(of.withConstraint(Constraint.custom("x")));
        room.enqueue(of.withName("n", UniqueName.Policy.KEEP));
        room.enqueue(of.withName("n", UniqueName.Policy.UPDATE).withDelay(2_000));
        room.enqueue(of.withName("n", UniqueName.Policy.REPLACE).withDelay(3_000));
        room.sql("create table note (text text)");
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate; insert into note values ('mine')");
            WorkRequest fresh = of.withConstraint(Constraint.custom("y")).withTag("u");
            assertThatThrownBy(() -> room.scheduler().enqueue(own, fresh)).hasMessageContaining("pendingWorks of 3");
            assertThatThrownBy(() -> room.scheduler().enqueue(own, fresh.withName("n", UniqueName.Policy.APPEND)))
                    .hasMessageContaining("pendingWorks of 3");
            own.execute("commit");
        }
        assertThat(room.number("select count(*) from note")).isEqualTo(1);
        assertThat(room.number("select count(*) from godwit_work_constraint where text like '%y%'"))
                .isZero();
        assertThat(room.number("select count(*) from godwit_work_tag where tag = 'u'"))
                .isZero();
        assertThat(room.number("select count(*) from godwit_work where state < 4"))
                .isEqualTo(3);
        room.scheduler().cancel(parked);
        room.enqueue(of);
        assertThat(room.driver.run()).isEqualTo(1);
    }

    @Test
    void aReplacementInAFullTableTakesThePlaceOfWhatItReplaces() {
        room.limits = room.limits.with("pendingWorks", 2);
        room.worker("w").open();
        WorkRequest of = WorkRequest.of("w").withDelay(1_000);
        WorkId first = room.enqueue(of.withName("n", UniqueName.Policy.REPLACE));
        room.enqueue(of);
        WorkChain two = WorkChain.empty().then("a", WorkRequest.of("w")).then("b", WorkRequest.of("w"), "a");
        assertThatThrownBy(() -> room.scheduler().enqueue(two.withName("n", UniqueName.Policy.REPLACE)))
                .hasMessageContaining("pendingWorks of 2");
        assertThat(room.state(first)).as("nothing was cancelled").isEqualTo(WorkState.ENQUEUED);
        room.enqueue(of.withName("n", UniqueName.Policy.REPLACE));
        assertThat(room.state(first)).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void placesAreCountedAgainWhenTheyAreGivenOut() {
        Quota quota = new Quota(5_000);
        long[] rows = new long[2];
        for (int i = 0; i < 5_000; i++) {
            assertThat(quota.take(1, () -> {
                        rows[1]++;
                        return rows[0];
                    }))
                    .isNegative();
            rows[0]++;
        }
        assertThat(rows[1]).as("counts").isEqualTo(5);
        assertThat(quota.take(1, () -> rows[0])).isEqualTo(5_000);
        assertThat(quota.take(2, () -> 4_999)).isEqualTo(4_999);
        assertThat(quota.take(2, () -> 4_998)).isNegative();
    }

    @Test
    void noMoreRunAtOnceThanThereAreThreads() {
        room.limits = room.limits.with("threads", 3).with("perWorker", 3);
        room.worker("w", context -> {
            // what is claimed is running as far as the table knows
            room.runs.add("running " + room.number("select count(*) from godwit_work where state = 1"));
            return WorkOutcome.success();
        });
        room.open();
        List<WorkRequest> requests =
                IntStream.range(0, 10).mapToObj(i -> WorkRequest.of("w")).toList();
        room.scheduler().enqueueAll(requests);
        room.driver.run();
        assertThat(room.runs).contains("running 3").doesNotContain("running 4");
    }

    @Test
    void shortWorksAreTakenAheadUnlessTheirWorkerHasAShare() {
        room.limits = WorkLimits.DEFAULT.with("threads", 2).with("ahead", 8).with("perWorker", 2);
        assertThat(mostTakenOfTwoHundred(0)).isEqualTo(16);
        room.driver.close();
        room.limits = room.limits.with("perWorker", 1);
        assertThat(mostTakenOfTwoHundred(0)).isEqualTo(1);
    }

    @Test
    void noMoreIsTakenAheadThanIsDoneSoon() {
        room.limits = WorkLimits.DEFAULT.with("threads", 2).with("ahead", 8).with("perWorker", 2);
        assertThat(mostTakenOfTwoHundred(9)).as("2 threads, 5 each in 50 ms").isEqualTo(10);
        room.driver.close();
        assertThat(mostTakenOfTwoHundred(60)).isEqualTo(2);
    }

    @Test
    void whatWasTakenAheadIsLookedAfterSoon() {
        room.limits = WorkLimits.DEFAULT;
        room.worker("short").open();
        enqueueShort(100);
        room.driver.run();
        enqueueShort(5);
        assertThat(room.driver.look())
                .as("each has a thread and says when it ends")
                .isGreaterThan(1_000);
        room.driver.run();
        enqueueShort(6);
        assertThat(room.driver.look()).isEqualTo(10);
        assertThat(room.driver.run()).isEqualTo(6);
    }

    private void enqueueShort(int works) {
        room.scheduler()
                .enqueueAll(IntStream.range(0, works)
                        .mapToObj(i -> WorkRequest.of("short"))
                        .toList());
    }

    private long mostTakenOfTwoHundred(long millis) {
        long[] most = new long[1];
        room.worker("short", context -> {
            most[0] = Math.max(most[0], room.number("select count(*) from godwit_work where state = 1"));
            room.clock.advance(millis);
            return WorkOutcome.success();
        });
        room.open();
        enqueueShort(200);
        assertThat(room.driver.run()).isEqualTo(200);
        return most[0];
    }
}
