package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a work: enqueued, run, settled, found again after a restart. */
class SchedulerTest {
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

    @Test
    void aWorkRunsOnceAndItsOutputStays() {
        room.worker("copy", context -> new WorkOutcome.Success(context.input().with("done", true)));
        room.open();
        WorkId id = room.enqueue(WorkRoom.labelled("copy", "a"));
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.driver.run()).isZero();
        Work done = room.work(id);
        assertThat(done.state()).isEqualTo(WorkState.SUCCEEDED);
        assertThat(done.output().isTrue("done")).isTrue();
        assertThat(done.output().text("label")).contains("a");
        assertThat(room.news).extracting(WorkNews::event).containsExactly(WorkEvent.STARTED, WorkEvent.SUCCEEDED);
    }

    @Test
    void whatWasEnqueuedBeforeARestartRunsAfterIt() {
        room.worker("copy").open();
        WorkRequest request = WorkRoom.labelled("copy", "kept")
                .withPriority(7)
                .withKey("k")
                .withKeyRule(KeyRule.STOP)
                .withName("one", UniqueName.Policy.COALESCE)
                .withTag("t")
                .withBackoff(Backoff.linear(5_000))
                .withBudget(Budget.DEFAULT.withAttempts(3).withAge(99_000).withTimeout(7_000))
                .withMerge(InputMerge.COLLECT);
        WorkId id = room.enqueue(request);
        room.driver.close();
        room.open();
        assertThat(room.work(id).request()).isEqualTo(request);
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.runs).containsExactly("kept");
    }

    @Test
    void aRunThatAKillCutOffRunsAgainAndItsOldTokenIsRefused() {
        WorkContext[] first = new WorkContext[1];
        room.worker("copy", context -> {
            if (first[0] == null) {
                first[0] = context;
                context.checkpoint(WorkData.of("page", 3));
                room.driver.kill();
                return WorkOutcome.failed("nobody hears this");
            }
            assertThat(context.checkpoint().number("page")).contains(3L);
            assertThat(context.token()).isEqualTo(first[0].token() + 1);
            assertThatThrownBy(() ->
                            room.scheduler().store().note(context.id(), first[0].token(), "checkpoint", new byte[0]))
                    .isInstanceOf(StaleRunException.class)
                    .hasMessageContaining(context.id().toString());
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("copy"));
        assertThatThrownBy(room.driver::run).isInstanceOf(IllegalStateException.class);
        room.change = SchedulerOptions::asOnlyProcess;
        room.open();
        assertThat(room.state(id)).isEqualTo(WorkState.RUNNING);
        room.driver.run();
        Work done = room.work(id);
        assertThat(done.reason()).isNull();
        assertThat(done.state()).isEqualTo(WorkState.SUCCEEDED);
        assertThat(done.attempts()).isZero();
        assertThat(done.stops()).isEqualTo(1);
        assertThat(room.runs).hasSize(2);
    }

    @Test
    void aLateResultOfALostRunChangesNothing() {
        room.worker("copy", context -> {
            // another scheduler takes the work over while this run sleeps
            room.sql("update godwit_work_meta set epoch = epoch + 1, owned = 0;"
                    + "update godwit_work set state = 0, gate = 1, opens = 9223372036854775807");
            return new WorkOutcome.Success(WorkData.of("late", true));
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("copy"));
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.work(id).output().isEmpty()).isTrue();
    }

    @Test
    void aLeaseOfAnotherIsWaitedFor() {
        room.worker("copy", context -> {
            room.driver.kill();
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("copy"));
        assertThatThrownBy(room.driver::run).isInstanceOf(IllegalStateException.class);
        room.worker("copy");
        room.open();
        assertThat(room.driver.run()).as("the lease of the dead one still runs").isZero();
        assertThat(room.driver.advance(room.limits.leaseMillis())).isEqualTo(1);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void aRebootEndsEveryLease() {
        room.worker("copy", context -> {
            room.driver.kill();
            return WorkOutcome.success();
        });
        room.open();
        room.enqueue(WorkRequest.of("copy"));
        assertThatThrownBy(room.driver::run).isInstanceOf(IllegalStateException.class);
        room.clock.reboot(0);
        room.worker("copy").open();
        assertThat(room.driver.run()).isEqualTo(1);
    }

    @Test
    void anIdleSchedulerHoldsNoLease() {
        room.worker("copy").open();
        room.enqueue(WorkRequest.of("copy"));
        room.driver.run();
        assertThat(room.number("select owned from godwit_work_meta")).isZero();
    }

    @Test
    void workOfAnUnknownWorkerIsParkedAndRunsWhenItIsRegistered() {
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("new"));
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.NO_WORKER);
        assertThat(room.work(id).reason()).contains("no worker named new", id.toString());
        room.scheduler().register("new", context -> WorkOutcome.success());
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void aParkedWorkIsReadableAndCanBeTriedAgain() {
        boolean[] fixed = new boolean[1];
        room.worker("fail", context -> fixed[0] ? WorkOutcome.success() : WorkOutcome.failed("the disk is square"));
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("fail"));
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.FAILED);
        assertThat(room.work(id).reason()).isEqualTo("the disk is square");
        assertThat(room.driver.advance(10 * MINUTE)).isZero();
        fixed[0] = true;
        assertThat(room.scheduler().retry(id)).isTrue();
        assertThat(room.scheduler().retry(id)).isFalse();
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void whatNeedsALoginWaitsForIt() {
        boolean[] in = new boolean[1];
        room.worker("fetch", c -> in[0] ? WorkOutcome.success() : new WorkOutcome.NeedsLogin("token expired"));
        room.worker("fail", context -> WorkOutcome.failed("no"));
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("fetch"));
        WorkId other = room.enqueue(WorkRequest.of("fail"));
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.LOGIN);
        in[0] = true;
        room.scheduler().loggedIn();
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.state(other)).isEqualTo(WorkState.PARKED);
    }

    @Test
    void aCancelledWorkDoesNotRun() {
        room.worker("copy").open();
        WorkId id = room.enqueue(WorkRequest.of("copy").withTag("x"));
        WorkId other = room.enqueue(WorkRequest.of("copy").withTag("y"));
        assertThat(room.scheduler().cancel(id)).isTrue();
        assertThat(room.scheduler().cancel(id)).isFalse();
        assertThat(room.scheduler().cancelTagged("y")).isEqualTo(1);
        assertThat(room.driver.run()).isZero();
        assertThat(room.scheduler().list(WorkState.CANCELLED, 10))
                .extracting(Work::id)
                .containsExactly(id, other);
    }

    @Test
    void aRunningWorkIsToldThatItIsCancelled() {
        room.worker("slow", context -> {
            room.scheduler().cancel(context.id());
            assertThat(context.stopReason()).contains(StopReason.CANCELLED);
            return WorkOutcome.retry("stopped");
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("slow"));
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.CANCELLED);
        assertThat(room.scheduler().history(id))
                .extracting(WorkRun::event, run -> run.stopReason().orElse(null))
                .containsExactly(org.assertj.core.groups.Tuple.tuple(WorkEvent.CANCELLED, StopReason.CANCELLED));
    }

    @Test
    void progressIsSeenWhileItRunsAndRefusedAfterwards() {
        WorkContext[] kept = new WorkContext[1];
        room.worker("slow", context -> {
            kept[0] = context;
            context.progress(WorkData.of("percent", 40));
            assertThat(room.work(context.id()).progress().number("percent")).contains(40L);
            return WorkOutcome.success();
        });
        room.open();
        room.enqueue(WorkRequest.of("slow"));
        room.driver.run();
        assertThatThrownBy(() -> kept[0].progress(WorkData.EMPTY)).isInstanceOf(StaleRunException.class);
        assertThat(room.runs).hasSize(1);
    }

    @Test
    void everyRunIsInTheHistory() {
        room.worker("twice", context -> {
            room.clock.advance(250);
            return context.attempt() < 2 ? WorkOutcome.retry("not yet") : WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("twice"));
        room.driver.advance(30 * MINUTE);
        List<WorkRun> history = room.scheduler().history(id);
        assertThat(history).extracting(WorkRun::event).containsExactly(WorkEvent.RETRIED, WorkEvent.SUCCEEDED);
        assertThat(history).extracting(WorkRun::durationMillis).containsOnly(250L);
        assertThat(history.get(0).startedMillis()).isEqualTo(WorkRoom.START);
        assertThat(history.get(0).reason()).isEqualTo("not yet");
    }
}
