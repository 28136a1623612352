package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that waits for its device, and loses it while it runs. */
class WaitingTest {
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

    private static WorkRequest onNet(String label) {
        return WorkRoom.labelled("w", label).withConstraint(Constraint.custom("net"));
    }

    @Test
    void workWaitsForItsConstraintAndOthersDoNotWaitForIt() {
        room.worker("w").open();
        for (int i = 0; i < 600; i++) {
            room.enqueue(onNet("net").withPriority(100));
        }
        room.enqueue(WorkRoom.labelled("w", "free"));
        room.driver.run();
        assertThat(room.runs).containsExactly("free");
        room.flags.custom("net", true);
        room.driver.run();
        assertThat(room.runs).hasSize(601);
    }

    @Test
    void workThatLosesItsConstraintIsStoppedAndRunsAgainWithItsCheckpoint() {
        room.worker("w", context -> {
            long page = context.checkpoint().number("page").orElse(0L);
            if (page == 0) {
                List<String> told = new ArrayList<>();
                context.onStop(() -> told.add("told"));
                context.checkpoint(WorkData.of("page", 7));
                room.flags.custom("net", false);
                room.driver.look();
                assertThat(context.stopReason()).contains(StopReason.CONSTRAINT_LOST);
                context.onStop(() -> told.add("told at once"));
                assertThat(told).containsExactly("told", "told at once");
                return WorkOutcome.retry("stopped");
            }
            assertThat(page).isEqualTo(7);
            return WorkOutcome.success();
        });
        room.open();
        room.flags.custom("net", true);
        WorkId id = room.enqueue(onNet("net"));
        room.driver.run();
        assertThat(room.work(id).reason()).isNull();
        assertThat(room.work(id).attempts()).isZero();
        assertThat(room.work(id).stops()).isEqualTo(1);
        room.driver.advance(HOUR);
        assertThat(room.runs).hasSize(1);
        room.flags.custom("net", true);
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.scheduler().history(id))
                .extracting(WorkRun::event)
                .containsExactly(WorkEvent.STOPPED, WorkEvent.SUCCEEDED);
        assertThat(room.scheduler().history(id).get(0).stopReason()).contains(StopReason.CONSTRAINT_LOST);
    }

    @Test
    void goodNewsEndsABackoffButNotAnAskedDelay() {
        room.worker("w", context -> {
            boolean isAsked = context.input().text("label").orElse("").equals("asked");
            return isAsked ? new WorkOutcome.RetryAfter(HOUR, "later") : WorkOutcome.retry("no");
        });
        room.open();
        room.flags.custom("net", true);
        Backoff long_ = new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, HOUR);
        room.enqueue(onNet("asked"));
        room.enqueue(onNet("backoff").withBackoff(long_));
        room.enqueue(WorkRoom.labelled("w", "no constraint").withBackoff(long_));
        room.driver.run();
        assertThat(room.runs).hasSize(3);
        room.driver.run();
        room.flags.custom("net", false);
        room.driver.run();
        room.flags.custom("net", true);
        room.driver.run();
        assertThat(room.runs.subList(3, room.runs.size())).containsExactly("backoff");
    }

    @Test
    void goodNewsFromOutsideEndsABackoffButNotAnAskedDelay() {
        room.worker("asked", context -> new WorkOutcome.RetryAfter(HOUR, "later"));
        room.worker("w", context -> WorkOutcome.retry("no")).open();
        WorkId asked = room.enqueue(WorkRequest.of("asked"));
        WorkId backoff =
                room.enqueue(WorkRequest.of("w").withBackoff(new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, HOUR)));
        room.driver.run();
        assertThat(room.scheduler().hurry(asked)).isFalse();
        assertThat(room.scheduler().hurry(backoff)).isTrue();
        room.driver.run();
        assertThat(room.runs).containsExactlyInAnyOrder("asked", "w", "w");
        assertThat(room.work(backoff).attempts()).isEqualTo(2);
    }

    @Test
    void listenersHearOfTheDeviceBeforeTheSchedulerDecides() {
        room.worker("w").open();
        List<Truth> heard = new ArrayList<>();
        room.scheduler().listen(new WorkListener() {
            @Override
            public void deviceChanged(ConditionSnapshot before, ConditionSnapshot now) {
                heard.add(before.of(Fact.CHARGING).truth());
                heard.add(now.of(Fact.CHARGING).truth());
                room.enqueue(WorkRequest.of("w"));
            }
        });
        room.driver.look();
        room.flags.freeBytes(7);
        room.driver.look();
        assertThat(heard).isEmpty();
        room.flags.set(Fact.CHARGING, true);
        room.driver.look();
        assertThat(room.scheduler().list(WorkState.RUNNING, 9))
                .as("begun by the same look")
                .hasSize(1);
        room.driver.run();
        assertThat(heard).containsExactly(Truth.UNKNOWN, Truth.TRUE);
        assertThat(room.runs).containsExactly("w");
    }

    @Test
    void deferringToAConstraintCostsNothingAndLastsOneRun() {
        room.worker(
                "w",
                context -> room.runs.size() == 1
                        ? new WorkOutcome.DeferUntil(Constraint.custom("login"))
                        : room.runs.size() == 2 ? WorkOutcome.retry("no") : WorkOutcome.success());
        room.open();
        room.flags.custom("net", true);
        WorkId id = room.enqueue(onNet("x"));
        room.driver.advance(HOUR);
        assertThat(room.runs).hasSize(1);
        assertThat(room.work(id).attempts()).isZero();
        assertThat(room.work(id).constraint())
                .isEqualTo(new Constraint.AllOf(List.of(Constraint.custom("net"), Constraint.custom("login"))));
        room.flags.custom("login", true);
        room.driver.run();
        room.flags.custom("login", false);
        room.driver.advance(HOUR);
        assertThat(room.runs).hasSize(3);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void deferringForATimeCostsNothing() {
        room.worker("w", c -> room.runs.size() < 4 ? new WorkOutcome.DeferFor(MINUTE) : WorkOutcome.success());
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w").withBudget(Budget.DEFAULT.withAttempts(1)));
        room.driver.advance(3 * MINUTE);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.work(id).attempts()).isZero();
    }

    @Test
    void aSoftConstraintRelaxesByItself() {
        room.worker("w").open();
        room.enqueue(WorkRoom.labelled("w", "soft").withConstraint(WorkRoom.soft("net", HOUR)));
        assertThat(room.driver.advance(HOUR - 1)).isZero();
        assertThat(room.driver.look()).as("it knows when to look again").isEqualTo(1);
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void aDelayIsKept() {
        room.worker("w").open();
        WorkId id = room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        assertThat(room.work(id).notBeforeMillis()).isEqualTo(WorkRoom.START + HOUR);
        assertThat(room.driver.advance(HOUR - 1)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void aHundredDelayedWorksDoNotKeepOneFromRunning() {
        room.worker("w").open();
        for (int i = 0; i < 600; i++) {
            room.enqueue(WorkRequest.of("w").withPriority(100).withDelay(24 * HOUR));
        }
        room.enqueue(WorkRoom.labelled("w", "now"));
        room.driver.run();
        assertThat(room.runs).containsExactly("now");
    }

    @Test
    void aSetWallClockMovesNoDelay() {
        room.worker("w").open();
        room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        room.clock.jumpWall(1000 * HOUR);
        assertThat(room.driver.run()).isZero();
        room.clock.jumpWall(-5000 * HOUR);
        assertThat(room.driver.advance(HOUR - 1)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void aDelayGoesOnThroughAReboot() {
        room.worker("w").open();
        room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        room.driver.advance(20 * MINUTE);
        room.driver.kill();
        room.clock.reboot(15 * MINUTE);
        room.open();
        assertThat(room.driver.advance(25 * MINUTE - 1)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void aWallClockSetBackAcrossARebootMakesNoDelayLonger() {
        room.worker("w").open();
        room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        room.driver.kill();
        room.clock.jumpWall(-9000 * HOUR);
        room.clock.reboot(0);
        room.open();
        assertThat(room.driver.advance(HOUR)).isEqualTo(1);
    }

    @Test
    void aWallClockSetBackAcrossARebootMakesNoDelayLongerHoweverLongTheProcessHadRun() {
        room.worker("w").open();
        room.driver.advance(10 * HOUR);
        room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        room.driver.kill();
        room.clock.jumpWall(-9000 * HOUR);
        room.clock.reboot(0);
        room.open();
        assertThat(room.driver.advance(HOUR)).isEqualTo(1);
    }

    @Test
    void aWallClockSetBackAcrossARebootMakesNoBackoffLonger() {
        room.worker("w", context -> WorkOutcome.retry("not yet")).open();
        room.enqueue(WorkRequest.of("w").withDelay(10 * HOUR));
        room.driver.advance(10 * HOUR);
        assertThat(room.runs).hasSize(1);
        room.driver.kill();
        room.clock.jumpWall(-9000 * HOUR);
        room.clock.reboot(0);
        room.open();
        room.driver.advance(HOUR);
        assertThat(room.runs).hasSizeGreaterThan(1);
    }

    @Test
    void aWallClockSetWhileItRunsIsNotMistakenForTimeAtTheNextReboot() {
        room.worker("w").open();
        room.enqueue(WorkRequest.of("w").withDelay(HOUR));
        room.clock.jumpWall(9000 * HOUR);
        room.driver.run();
        room.driver.kill();
        room.clock.reboot(MINUTE);
        room.open();
        assertThat(room.driver.advance(59 * MINUTE - 1)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
    }

    @Test
    void expeditedWorkAndPriorityAreDispatchedFirst() {
        room.limits = room.limits.with("threads", 1);
        room.worker("w").open();
        room.enqueue(WorkRoom.labelled("w", "low").withPriority(-10));
        room.enqueue(WorkRoom.labelled("w", "high").withPriority(10));
        room.enqueue(WorkRoom.labelled("w", "urgent").expedited());
        room.driver.run();
        assertThat(room.runs).containsExactly("urgent", "high", "low");
    }

    @Test
    void onlyWhatJoinsOthersInVainIsNoReasonToLook() {
        room.worker("w").open();
        WorkRequest waits = onNet("x");
        assertThat(matters(waits)).as("nobody has looked yet").isTrue();
        WorkId first = room.enqueue(waits);
        room.driver.look();
        assertThat(matters(waits)).isFalse();
        assertThat(matters(waits.withName("n", UniqueName.Policy.KEEP))).isFalse();
        assertThat(matters(waits.withName("n", UniqueName.Policy.REPLACE))).isTrue();
        assertThat(matters(waits.withDelay(1))).isTrue();
        assertThat(matters(waits.withBudget(Budget.DEFAULT.withAge(1)))).isTrue();
        assertThat(matters(waits.withBudget(Budget.DEFAULT.withDeadline(1)))).isTrue();
        assertThat(matters(WorkRequest.of("w"))).isTrue();
        assertThat(matters(onNet("x").withConstraint(WorkRoom.soft("net", HOUR))))
                .as("relaxes")
                .isTrue();
        room.scheduler().cancel(first);
        room.flags.custom("net", true);
        room.driver.look();
        assertThat(matters(waits)).as("nobody waits for it any more").isTrue();
    }

    private boolean matters(WorkRequest request) {
        return room.scheduler().engine().matters(request);
    }
}
