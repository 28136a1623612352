package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failed attempts, their backoff, and the budgets that end them. */
class BudgetsTest {
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
    void theBackoffGrowsFromTheEndOfTheRunWithinItsJitter() {
        room.worker("fail", context -> {
            room.clock.advance(3_000);
            return WorkOutcome.retry("no");
        });
        room.open();
        WorkId id = room.enqueue(
                WorkRequest.of("fail").withBackoff(new Backoff(Backoff.Kind.EXPONENTIAL, 4_000, 1_000, 10_000)));
        long[] most = {4_000, 8_000, 10_000, 10_000};
        boolean jitters = false;
        for (int i = 0; i < most.length; i++) {
            room.driver.run();
            Work work = room.work(id);
            assertThat(work.attempts()).isEqualTo(i + 1);
            long wait = work.notBeforeMillis() - room.clock.wallMillis();
            assertThat(wait).isBetween(1_000L, most[i]);
            jitters |= wait != most[i];
            assertThat(room.driver.advance(wait - 1)).isZero();
            room.clock.advance(1);
        }
        assertThat(jitters).isTrue();
    }

    @Test
    void backoffsGrowAsTheirKindSays() {
        Backoff linear = new Backoff(Backoff.Kind.LINEAR, 1_000, 100, 3_500);
        assertThat(linear.delay(1, 0)).isEqualTo(100);
        assertThat(linear.ceiling(1)).isEqualTo(1_000);
        assertThat(linear.ceiling(3)).isEqualTo(3_000);
        assertThat(linear.ceiling(4)).isEqualTo(3_500);
        Backoff exponential = Backoff.exponential(1_000);
        assertThat(exponential.ceiling(5)).isEqualTo(16_000);
        assertThat(exponential.ceiling(4_000)).isEqualTo(Backoff.DEFAULT.maxMillis());
        assertThatThrownBy(() -> new Backoff(Backoff.Kind.LINEAR, 10, 20, 30)).hasMessageContaining("20, 10, 30");
    }

    @Test
    void aRetryAfterWaitsExactlySoLong() {
        room.worker("w", c -> c.attempt() == 1 ? new WorkOutcome.RetryAfter(77_000, "busy") : WorkOutcome.success());
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w"));
        room.driver.run();
        assertThat(room.driver.advance(76_999)).isZero();
        assertThat(room.driver.advance(1)).isEqualTo(1);
        assertThat(room.work(id).attempts()).isEqualTo(1);
    }

    @Test
    void theLastAttemptParksIt() {
        room.worker("fail", context -> {
            throw new IllegalStateException("boom " + context.attempt());
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("fail").withBudget(Budget.DEFAULT.withAttempts(3)));
        room.driver.advance(24 * HOUR);
        assertThat(room.runs).hasSize(3);
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.ATTEMPTS);
        assertThat(room.work(id).reason()).contains("all 3 attempts failed").contains("boom 3");
        room.scheduler().retry(id);
        room.driver.advance(24 * HOUR);
        assertThat(room.runs).as("all its attempts again").hasSize(6);
    }

    @Test
    void anErrorEndsOneRunAndNothingElse() {
        room.worker("error", context -> {
            throw new StackOverflowError("deep");
        });
        room.worker("nothing", context -> null);
        room.worker("copy").open();
        WorkId id = room.enqueue(WorkRequest.of("error"));
        WorkId nothing = room.enqueue(WorkRequest.of("nothing"));
        WorkId good = room.enqueue(WorkRequest.of("copy"));
        room.driver.run();
        assertThat(room.state(good)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.work(id).attempts()).isEqualTo(1);
        assertThat(room.work(id).reason()).contains("StackOverflowError: deep");
        assertThat(room.work(nothing).reason()).contains("returned null");
    }

    @Test
    void aStopCostsNoAttempt() {
        room.worker("stopped", context -> {
            if (context.token() <= 20) {
                room.scheduler().engine().stopAll(StopReason.SHUTDOWN);
                return WorkOutcome.retry("stopped");
            }
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("stopped").withBudget(Budget.DEFAULT.withAttempts(2)));
        room.driver.run();
        Work work = room.work(id);
        assertThat(work.state()).isEqualTo(WorkState.SUCCEEDED);
        assertThat(work.attempts()).isZero();
        assertThat(work.stops()).isEqualTo(20);
    }

    @Test
    void anAgeParksWhatNeverRan() {
        room.worker("copy").open();
        WorkRequest waiting = WorkRequest.of("copy").withConstraint(Constraint.custom("never"));
        WorkId id = room.enqueue(waiting.withBudget(Budget.DEFAULT.withAge(HOUR)));
        room.driver.advance(HOUR - 1);
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
        room.driver.advance(1);
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.AGE);
        room.scheduler().retry(id);
        room.driver.advance(HOUR - 1);
        assertThat(room.state(id)).as("its whole age again").isEqualTo(WorkState.ENQUEUED);
        room.driver.advance(1);
        assertThat(room.state(id)).isEqualTo(WorkState.PARKED);
    }

    @Test
    void aDeadlineFollowsTheWallClock() {
        room.worker("copy").open();
        WorkRequest waiting = WorkRequest.of("copy").withConstraint(Constraint.custom("never"));
        WorkId id = room.enqueue(waiting.withBudget(Budget.DEFAULT.withDeadline(WorkRoom.START + HOUR)));
        room.clock.jumpWall(HOUR - 1);
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
        room.clock.jumpWall(1);
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.DEADLINE);
    }

    @Test
    void aTimedOutRunIsToldToStopAndCountsAsFailed() {
        room.worker("slow", context -> {
            room.clock.advance(MINUTE);
            room.driver.look();
            assertThat(context.stopReason()).contains(StopReason.TIMED_OUT);
            return WorkOutcome.retry("noticed");
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("slow").withBudget(Budget.DEFAULT.withTimeout(MINUTE)));
        room.driver.run();
        assertThat(room.work(id).attempts()).isEqualTo(1);
        assertThat(room.work(id).reason()).isEqualTo("stopped after its time-out of 60000 ms");
    }

    @Test
    void aSuccessThatArrivesAfterTheStopCounts() {
        room.worker("slow", context -> {
            room.clock.advance(MINUTE);
            room.driver.look();
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("slow").withBudget(Budget.DEFAULT.withTimeout(MINUTE)));
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void badBudgetsAreRefused() {
        assertThatThrownBy(() -> Budget.DEFAULT.withAttempts(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> Budget.DEFAULT.withTimeout(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> WorkRequest.of(" ")).hasMessageContaining("names its worker");
        assertThatThrownBy(() -> WorkRequest.of("w").withPriority(101)).hasMessageContaining("101");
        assertThatThrownBy(() -> WorkRequest.of("w").withDelay(-5)).hasMessageContaining("-5");
        assertThatThrownBy(() -> WorkRequest.of("w").withDelay(5).expedited()).hasMessageContaining("no delay");
    }
}
