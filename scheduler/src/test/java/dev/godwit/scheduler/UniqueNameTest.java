package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.scheduler.Enqueued.Result;
import dev.godwit.scheduler.UniqueName.Policy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens if there is work of that name. */
class UniqueNameTest {
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

    private static WorkRequest named(String label, Policy policy) {
        return WorkRoom.labelled("w", label).withName("n", policy);
    }

    private Enqueued put(String label, Policy policy) {
        return room.scheduler().enqueue(named(label, policy));
    }

    @Test
    void keepKeepsTheOneThatWaits() {
        room.worker("w").open();
        Enqueued first = put("a", Policy.KEEP);
        assertThat(put("b", Policy.KEEP)).isEqualTo(new Enqueued(first.id(), Result.KEPT));
        room.driver.run();
        assertThat(room.runs).containsExactly("a");
        assertThat(put("c", Policy.KEEP).result()).isEqualTo(Result.NEW);
    }

    @Test
    void replaceCancelsTheOneThatWaitsAndStopsTheOneThatRuns() {
        room.worker("w", context -> {
            if (context.input().text("label").orElse("").equals("b")) {
                put("c", Policy.REPLACE);
                room.driver.look();
                assertThat(context.isStopped()).isTrue();
            }
            return WorkOutcome.success();
        });
        room.open();
        WorkId a = put("a", Policy.REPLACE).id();
        WorkId b = put("b", Policy.REPLACE).id();
        assertThat(room.work(a).reason()).contains("replaced by another of the name n");
        room.driver.run();
        assertThat(room.runs).containsExactly("b", "c");
        assertThat(room.state(b)).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void updateKeepsIdAndAttempts() {
        room.worker("w", context -> WorkOutcome.retry("no"));
        room.open();
        WorkId id = put("a", Policy.UPDATE).id();
        room.driver.run();
        Enqueued updated = room.scheduler()
                .enqueue(named("b", Policy.UPDATE).withPriority(5).withTag("t"));
        assertThat(updated).isEqualTo(new Enqueued(id, Result.UPDATED));
        assertThat(room.work(id).attempts()).isEqualTo(1);
        assertThat(room.work(id).request().priority()).isEqualTo(5);
        assertThat(room.scheduler().tagged("t")).hasSize(1);
        room.driver.advance(HOUR);
        assertThat(room.runs.get(1)).isEqualTo("b");
        assertThatThrownBy(() -> room.enqueue(named("b", Policy.UPDATE).withKey("k")))
                .hasMessageContaining("key");
    }

    @Test
    void aRunningWorkTakesAnUpdateForItsNextRun() {
        room.worker("w", context -> {
            if (context.attempt() == 1) {
                assertThat(put("b", Policy.UPDATE).result()).isEqualTo(Result.UPDATED_FOR_NEXT_RUN);
                return WorkOutcome.retry("again");
            }
            return WorkOutcome.success();
        });
        room.open();
        put("a", Policy.UPDATE);
        room.driver.advance(MINUTE);
        assertThat(room.runs).containsExactly("a", "b");
    }

    @Test
    void appendedWorkRunsAfterSuccessOnly() {
        room.worker("w", c -> room.runs.size() == 2 ? WorkOutcome.failed("b fails") : WorkOutcome.success());
        room.open();
        put("a", Policy.APPEND);
        WorkId b = put("b", Policy.APPEND).id();
        WorkId c = put("c", Policy.APPEND).id();
        assertThat(room.state(c)).isEqualTo(WorkState.BLOCKED);
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "b");
        assertThat(room.state(c)).as("no poison: it waits for a decision").isEqualTo(WorkState.BLOCKED);
        room.scheduler().retry(b);
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "b", "b", "c");
    }

    @Test
    void appendOrReplaceBeginsAnewBehindAParkedOne() {
        room.worker("w", c -> room.runs.size() == 1 ? WorkOutcome.failed("a fails") : WorkOutcome.success());
        room.open();
        WorkId a = put("a", Policy.APPEND_OR_REPLACE).id();
        WorkId b = put("b", Policy.APPEND_OR_REPLACE).id();
        room.driver.run();
        WorkId c = put("c", Policy.APPEND_OR_REPLACE).id();
        room.driver.run();
        assertThat(room.state(a)).isEqualTo(WorkState.CANCELLED);
        assertThat(room.state(b)).isEqualTo(WorkState.CANCELLED);
        assertThat(room.state(c)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void aThousandRequestsBecomeOneRun() {
        room.worker("w").open();
        for (int i = 0; i < 1_000; i++) {
            put("n" + i, Policy.COALESCE);
        }
        assertThat(room.number("select count(*) from godwit_work")).isEqualTo(1);
        room.driver.run();
        assertThat(room.runs).as("with the newest input").containsExactly("n999");
    }

    @Test
    void whatIsAskedForDuringTheRunRunsOnceMore() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                for (int i = 0; i < 50; i++) {
                    assertThat(put("again", Policy.COALESCE).result()).isEqualTo(Result.COALESCED);
                }
            }
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = put("first", Policy.COALESCE).id();
        room.driver.run();
        assertThat(room.runs).containsExactly("first", "again");
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void aDirtyBitSurvivesAKill() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                put("again", Policy.COALESCE);
                room.driver.kill();
            }
            return WorkOutcome.success();
        });
        room.open();
        put("first", Policy.COALESCE);
        assertThatThrownBy(room.driver::run).hasMessageContaining("closed");
        room.change = SchedulerOptions::asOnlyProcess;
        room.open();
        room.driver.run();
        assertThat(room.runs).containsExactly("first", "again");
    }

    @Test
    void askingAgainTriesAParkedOneAgain() {
        room.worker("w", c -> room.runs.size() == 1 ? WorkOutcome.failed("once") : WorkOutcome.success());
        room.open();
        WorkId id = put("a", Policy.COALESCE).id();
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.PARKED);
        assertThat(put("b", Policy.COALESCE)).isEqualTo(new Enqueued(id, Result.COALESCED));
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void keepOrRepeatLeavesWaitingAndParkedOnesAlone() {
        room.worker("w", c -> room.runs.size() < 2 ? WorkOutcome.retry("not yet") : WorkOutcome.failed("never"));
        room.open();
        WorkId id = put("a", Policy.KEEP_OR_REPEAT).id();
        room.driver.run();
        Work waiting = room.work(id);
        assertThat(put("b", Policy.KEEP_OR_REPEAT)).isEqualTo(new Enqueued(id, Result.KEPT));
        assertThat(room.work(id)).as("its backoff, too").isEqualTo(waiting);
        room.driver.advance(HOUR);
        assertThat(room.runs).containsExactly("a", "a");
        assertThat(put("c", Policy.KEEP_OR_REPEAT)).isEqualTo(new Enqueued(id, Result.KEPT));
        assertThat(room.state(id)).isEqualTo(WorkState.PARKED);
        assertThat(room.number("select count(*) from godwit_work")).isEqualTo(1);
    }

    @Test
    void keepOrRepeatRunsOnceMoreWhatRuns() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                put("b", Policy.KEEP_OR_REPEAT);
                put("c", Policy.KEEP_OR_REPEAT);
            }
            return WorkOutcome.success();
        });
        room.open();
        put("a", Policy.KEEP_OR_REPEAT);
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "a");
    }

    @Test
    void whatIsAskedForDuringTheRunWaitsForMoreAsTheFirstDid() {
        room.worker("w", context -> {
            if (room.runs.size() == 1) {
                put("b", Policy.KEEP_OR_REPEAT);
            }
            return WorkOutcome.success();
        });
        room.open();
        WorkId id = room.enqueue(named("a", Policy.KEEP_OR_REPEAT).withDelay(MINUTE));
        room.driver.advance(MINUTE);
        assertThat(room.runs).containsExactly("a");
        room.driver.advance(MINUTE - 1);
        assertThat(room.runs).containsExactly("a");
        room.driver.advance(1);
        assertThat(room.runs).containsExactly("a", "a");
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
    }
}
