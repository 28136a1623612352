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

/** Work that comes again. */
class PeriodicTest {
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

    private WorkId every(Period period) {
        return room.enqueue(WorkRequest.periodic("tick", period));
    }

    /** Logs at which minute it runs. */
    private void ticks(long takes) {
        room.worker("tick", context -> {
            room.runs.set(room.runs.size() - 1, "" + (room.clock.wallMillis() - WorkRoom.START) / MINUTE);
            room.clock.advance(takes);
            return WorkOutcome.success();
        });
        room.open();
    }

    @Test
    void aDriftingPeriodBeginsAtTheEndOfTheRun() {
        ticks(5 * MINUTE);
        every(Period.every(HOUR));
        room.driver.advance(200 * MINUTE);
        assertThat(room.runs).containsExactly("0", "65", "130", "195");
    }

    @Test
    void anAnchoredPeriodDoesNotDrift() {
        ticks(5 * MINUTE);
        every(Period.anchored(HOUR, WorkRoom.START + 10 * MINUTE));
        room.driver.advance(200 * MINUTE);
        assertThat(room.runs).containsExactly("10", "70", "130", "190");
    }

    @Test
    void aFlexOpensThePeriodBeforeItsEnd() {
        ticks(0);
        every(Period.every(HOUR).withFlex(20 * MINUTE));
        room.driver.advance(100 * MINUTE);
        assertThat(room.runs).containsExactly("40", "80");
    }

    @Test
    void anAnchoredPeriodWithFlexRunsOncePerPoint() {
        ticks(0);
        every(Period.anchored(HOUR, WorkRoom.START).withFlex(20 * MINUTE));
        room.driver.advance(170 * MINUTE);
        assertThat(room.runs).containsExactly("40", "100", "160");
    }

    @Test
    void missedPeriodsAreCaughtUpOnce() {
        ticks(0);
        every(Period.anchored(HOUR, WorkRoom.START + 10 * MINUTE));
        room.clock.advance(5 * HOUR);
        room.driver.run();
        room.driver.advance(HOUR);
        assertThat(room.runs).containsExactly("300", "310");
    }

    @Test
    void missedPeriodsAreNotCaughtUpIfSoWished() {
        ticks(0);
        every(Period.anchored(HOUR, WorkRoom.START + 10 * MINUTE).withCatchUp(Period.CatchUp.NONE));
        room.clock.advance(5 * HOUR + 20 * MINUTE);
        room.driver.advance(HOUR);
        assertThat(room.runs).containsExactly("370");
    }

    @Test
    void aFailureNeverEndsTheSeries() {
        room.worker("tick", context -> {
            if (room.runs.size() % 2 == 0) {
                throw new IllegalStateException("boom");
            }
            return WorkOutcome.failed("for good, it thinks");
        });
        room.open();
        WorkId id = room.enqueue(
                WorkRequest.periodic("tick", Period.every(HOUR)).withBudget(Budget.DEFAULT.withAttempts(1)));
        room.driver.advance(10 * HOUR);
        assertThat(room.runs).hasSize(11);
        assertThat(room.work(id).state()).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.work(id).reason()).contains("for good");
        assertThat(room.work(id).attempts()).isZero();
    }

    @Test
    void theNextRunCanBeNamedOnce() {
        ticks(0);
        WorkId id = every(Period.every(HOUR));
        room.driver.run();
        assertThat(room.scheduler().runNextAt(id, WorkRoom.START + 7 * MINUTE)).isTrue();
        room.driver.advance(2 * HOUR);
        assertThat(room.runs).containsExactly("0", "7", "67");
        assertThat(room.scheduler().runNextAt(room.enqueue(WorkRequest.of("tick")), 1))
                .isFalse();
    }

    @Test
    void aSeriesGoesOnAfterARestart() {
        ticks(0);
        every(Period.every(HOUR));
        room.driver.advance(30 * MINUTE);
        room.driver.close();
        room.open();
        room.driver.advance(HOUR);
        assertThat(room.runs).containsExactly("0", "60");
    }

    @Test
    void anUpdatedPeriodKeepsItsIdAndMovesItsNextRun() {
        ticks(0);
        WorkRequest hourly =
                WorkRequest.periodic("tick", Period.every(HOUR)).withName("sync", UniqueName.Policy.UPDATE);
        WorkId id = room.enqueue(hourly);
        room.driver.run();
        Enqueued updated = room.scheduler().enqueue(hourly.withPeriod(Period.every(2 * HOUR)));
        assertThat(updated).isEqualTo(new Enqueued(id, Enqueued.Result.UPDATED));
        room.driver.advance(4 * HOUR);
        assertThat(room.runs).containsExactly("0", "120", "240");
        assertThatThrownBy(() -> room.enqueue(WorkRequest.of("tick").withName("sync", UniqueName.Policy.UPDATE)))
                .hasMessageContaining("cannot become periodic, or cease to be");
    }

    @Test
    void badPeriodsAreRefused() {
        assertThatThrownBy(() -> Period.every(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> Period.every(HOUR).withFlex(HOUR + 1)).hasMessageContaining("3600001");
        WorkRequest periodic = WorkRequest.periodic("w", Period.every(HOUR));
        assertThatThrownBy(periodic::expedited).hasMessageContaining("not expedited");
        assertThatThrownBy(() -> periodic.withBudget(Budget.DEFAULT.withAge(1))).hasMessageContaining("no age");
        assertThatThrownBy(() -> WorkChain.empty().then("a", periodic)).hasMessageContaining("step a is periodic");
    }
}
