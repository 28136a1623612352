package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.scheduler.UniqueName.Policy;
import dev.godwit.sql.SqliteConnection;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/workmanager-conformance.md says of us and no other test shows. */
class FieldTest {
    private static final long MINUTE = WorkRoom.MINUTE;
    private static final long HOUR = WorkRoom.HOUR;

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

    private Enqueued put(String label, Policy policy) {
        return room.scheduler().enqueue(WorkRoom.labelled("w", label).withName("n", policy));
    }

    @Test
    void whatIsAppendedBehindACancelledOneIsFree() {
        room.worker("w").open();
        room.scheduler().cancel(put("a", Policy.APPEND).id());
        put("b", Policy.APPEND);
        room.driver.run();
        assertThat(room.runs).containsExactly("b");
    }

    @Test
    void aNameIsFreeBesideAParkedOneWhichStaysReadable() {
        room.worker("w", c -> room.runs.size() == 1 ? WorkOutcome.failed("a fails") : WorkOutcome.success());
        room.open();
        WorkId a = put("a", Policy.KEEP).id();
        room.driver.run();
        assertThat(put("b", Policy.KEEP).result()).isEqualTo(Enqueued.Result.NEW);
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "b");
        assertThat(room.work(a).reason()).isEqualTo("a fails");
    }

    @Test
    void aNameIsTakenWhileItsWorkIsInItsBackoff() {
        room.worker("w", c -> WorkOutcome.retry("not now"));
        room.open();
        WorkId a = put("a", Policy.KEEP).id();
        room.driver.run();
        assertThat(put("b", Policy.KEEP)).isEqualTo(new Enqueued(a, Enqueued.Result.KEPT));
    }

    @Test
    void anUpdateOfWhatIsFinishedIsANewWork() {
        room.worker("w").open();
        WorkId a = put("a", Policy.UPDATE).id();
        room.driver.run();
        Enqueued again = put("b", Policy.UPDATE);
        assertThat(again.result()).isEqualTo(Enqueued.Result.NEW);
        assertThat(again.id()).isNotEqualTo(a);
    }

    @Test
    void aDelayedWorkGathersRequestsUntilItsTime() {
        room.worker("w").open();
        for (int i = 0; i < 10; i++) {
            room.enqueue(WorkRoom.labelled("w", "n" + i)
                    .withName("sync", Policy.COALESCE)
                    .withDelay(10 * MINUTE));
            assertThat(room.driver.advance(MINUTE - (i == 9 ? 1 : 0))).isZero();
        }
        assertThat(room.driver.advance(1)).as("counted from the first request").isEqualTo(1);
        assertThat(room.runs).containsExactly("n9");
    }

    @Test
    void whatALostRunSaidOfItselfStaysUntilTheNextSuccess() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                context.progress(WorkData.of("percent", 40));
                room.driver.kill();
            }
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w"));
        assertThatThrownBy(room.driver::run).hasMessageContaining("closed");
        room.change = SchedulerOptions::asOnlyProcess;
        room.open();
        room.driver.look();
        assertThat(room.work(id).progress().number("percent")).contains(40L);
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.work(id).progress().isEmpty()).isTrue();
    }

    @Test
    void aSeriesWhoseWorkerIsUnknownGoesOnWhenItIsRegistered() {
        room.open();
        WorkId id = room.enqueue(WorkRequest.periodic("tick", Period.every(HOUR)));
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.NO_WORKER);
        room.scheduler().register("tick", context -> {
            room.runs.add("tick");
            return WorkOutcome.success();
        });
        room.driver.advance(2 * HOUR);
        assertThat(room.runs).hasSize(3);
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
    }

    @Test
    void aSeriesMayBeginLaterAndKeepsNoOutput() {
        room.worker("tick", context -> new WorkOutcome.Success(WorkData.of("a", 1)));
        room.open();
        WorkId id =
                room.enqueue(WorkRequest.periodic("tick", Period.every(HOUR)).withDelay(10 * MINUTE));
        assertThat(room.driver.advance(10 * MINUTE - 1)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
        assertThat(room.work(id).output().isEmpty()).isTrue();
        assertThat(room.driver.advance(HOUR)).isEqualTo(1);
    }

    @Test
    void aNamedNextRunWinsOverTheBackoffAndIsForgottenAfterwards() {
        room.worker("tick", context -> WorkOutcome.retry("no"));
        room.open();
        Backoff hour = new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, HOUR);
        WorkId id =
                room.enqueue(WorkRequest.periodic("tick", Period.every(HOUR)).withBackoff(hour));
        room.driver.run();
        assertThat(room.scheduler().runNextAt(id, room.clock.wallMillis() + MINUTE))
                .isTrue();
        assertThat(room.driver.advance(MINUTE)).isEqualTo(1);
        assertThat(room.driver.advance(HOUR - 1)).as("the backoff again").isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void expeditedWorkMayHaveAnyConstraintAndABackoffWhileIdle() {
        room.worker("w", c -> room.runs.size() == 1 ? WorkOutcome.retry("once") : WorkOutcome.success());
        room.open();
        Constraint rest = Constraint.idle().and(Constraint.charging());
        WorkId id = room.enqueue(WorkRequest.of("w").expedited().withConstraint(rest));
        room.flags.set(Fact.CHARGING, true);
        assertThat(room.driver.run()).isZero();
        room.flags.set(Fact.IDLE, true);
        room.driver.advance(MINUTE);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.runs).hasSize(2);
    }

    @Test
    void theReasonOfEveryStopIsKept() {
        room.worker("w", context -> {
            switch (room.runs.size()) {
                case 1 -> room.scheduler().engine().stopAll(StopReason.SHUTDOWN);
                case 2 -> {
                    room.flags.custom("net", false);
                    room.driver.look();
                }
                default -> {
                    return WorkOutcome.success();
                }
            }
            return WorkOutcome.retry("stopped");
        });
        room.open();
        room.flags.custom("net", true);
        WorkId id = room.enqueue(WorkRequest.of("w").withConstraint(Constraint.custom("net")));
        room.driver.run();
        room.flags.custom("net", true);
        room.driver.run();
        assertThat(room.scheduler().history(id))
                .extracting(run -> run.stopReason().orElse(null))
                .containsExactly(StopReason.SHUTDOWN, StopReason.CONSTRAINT_LOST, null);
    }

    @Test
    void allUnfinishedWorksAreCancelledTogether() {
        room.worker("done").worker("slow", context -> {
            assertThat(room.scheduler().cancelAll()).isEqualTo(4);
            assertThat(context.stopReason()).contains(StopReason.CANCELLED);
            return WorkOutcome.retry("stopped");
        });
        room.worker("fail", context -> WorkOutcome.failed("no"));
        room.open();
        WorkId done = room.enqueue(WorkRequest.of("done"));
        WorkId parked = room.enqueue(WorkRequest.of("fail"));
        room.driver.run();
        WorkId slow = room.enqueue(WorkRequest.of("slow"));
        WorkChain chain = WorkChain.empty()
                .then("a", WorkRequest.of("done").withDelay(HOUR))
                .then("b", WorkRequest.of("done"), "a");
        room.scheduler().enqueue(chain);
        room.driver.advance(2 * HOUR);
        assertThat(room.runs).containsExactly("done", "fail", "slow");
        assertThat(room.state(done)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.state(slow)).isEqualTo(WorkState.CANCELLED);
        assertThat(room.state(parked)).isEqualTo(WorkState.CANCELLED);
        assertThat(room.scheduler().cancelAll()).isZero();
    }

    @Test
    void workThatNobodyPokedForIsFoundAtTheNextLook() {
        room.worker("w").open();
        assertThat(room.driver.run()).isZero();
        assertThat(room.driver.look())
                .as("when it looks again by itself")
                .isLessThanOrEqualTo(room.limits.lookMillis());
        try (SqliteConnection theirs = room.connect()) {
            room.scheduler().enqueue(theirs, WorkRoom.labelled("w", "unpoked"));
        }
        assertThat(room.driver.advance(room.limits.lookMillis())).isEqualTo(1);
        assertThat(room.runs).containsExactly("unpoked");
    }
}
