package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of bad input in docs/scheduler.md: each has its rule, and an error that names the work. The rest is in ThreadsTest. */
class BadInputTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.worker("good");
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void anUnknownWorkerParksTheWorkUntilItIsRegistered() {
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("unknown"));
        room.driver.run();
        assertThat(room.work(id).parked()).isEqualTo(ParkReason.NO_WORKER);
        assertThat(room.work(id).reason()).contains("no worker named unknown is registered", id.toString());
        room.scheduler().register("unknown", context -> WorkOutcome.success());
        room.driver.run();
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.work(id).attempts()).isZero();
    }

    @Test
    void anInputOverTheLimitIsRefusedAndNothingIsKept() {
        room.open();
        WorkRequest tooMuch = WorkRequest.of("good").withInput(WorkData.of("a", "x".repeat(20_000)));
        assertThatThrownBy(() -> room.enqueue(tooMuch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("request for good: bytes of input: 20010 is above the limit dataBytes of 10240");
        assertThat(room.number("select count(*) from godwit_work")).isZero();
    }

    @Test
    void aCircleInAChainIsRefusedAndItsPathIsNamed() {
        room.open();
        WorkRequest of = WorkRequest.of("good");
        WorkChain circle =
                WorkChain.empty().then("a", of, "c").then("b", of, "a").then("c", of, "b");
        assertThatThrownBy(() -> room.scheduler().enqueue(circle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a after c after b after a");
        assertThat(room.number("select count(*) from godwit_work")).isZero();
    }

    @Test
    void anIntervalBelowTheMinimumIsRefused() {
        room.open();
        assertThatThrownBy(() -> room.enqueue(WorkRequest.periodic("good", Period.every(59_999))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "request for good: intervalMillis: 59999 is below the limit intervalMinMillis of 60000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "silent", "error", "deep", "memory", "linkage", "null"})
    void whateverAWorkerThrowsIsAFailedAttemptAndHurtsNoOther(String what) {
        room.worker("bad", context -> thrown(what)).open();
        WorkId bad = room.enqueue(WorkRequest.of("bad").withBudget(Budget.DEFAULT.withAttempts(2)));
        WorkId good = room.enqueue(WorkRequest.of("good"));
        room.driver.advance(WorkRoom.HOUR);
        assertThat(room.state(good)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.state(bad)).isEqualTo(WorkState.PARKED);
        String named = switch (what) {
            case "exception" -> "java.io.IOException: reset";
            case "silent" -> "java.lang.IllegalStateException";
            case "error" -> "java.lang.Error: broken";
            case "deep" -> "java.lang.StackOverflowError";
            case "memory" -> "java.lang.OutOfMemoryError: by hand";
            case "linkage" -> "java.lang.NoClassDefFoundError: Gone";
            default -> "its worker returned null";
        };
        assertThat(room.work(bad).reason()).contains(named);
        assertThat(room.scheduler().history(bad)).hasSize(what.equals("null") ? 1 : 2);
    }

    private static WorkOutcome thrown(String what) throws Exception {
        switch (what) {
            case "exception" -> throw new java.io.IOException("reset");
            case "silent" -> throw new IllegalStateException();
            case "error" -> throw new Error("broken");
            case "deep" -> {
                return thrown(deeper(1) > 0 ? what : "");
            }
            case "memory" -> throw new OutOfMemoryError("by hand");
            case "linkage" -> throw new NoClassDefFoundError("Gone");
            default -> {
                return null;
            }
        }
    }

    private static long deeper(long depth) {
        return depth + deeper(depth + 1);
    }
}
