package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Works that need each other. */
class WorkChainTest {
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

    private static WorkRequest step(String label) {
        return WorkRoom.labelled("w", label);
    }

    private WorkState state(Map<String, Enqueued> chain, String step) {
        Enqueued found = chain.get(step);
        assertThat(found).isNotNull();
        return room.state(found.id());
    }

    private WorkId id(Map<String, Enqueued> chain, String step) {
        Enqueued found = chain.get(step);
        assertThat(found).isNotNull();
        return found.id();
    }

    /** Outputs its label, and fails where the label says so, as often as the number in it says. */
    private void labels() {
        int[] failures = new int[1];
        room.worker("w", context -> {
            String label = context.input().text("label").orElse("");
            if (label.startsWith("bad") && failures[0]++ == 0) {
                return WorkOutcome.failed(label);
            }
            return new WorkOutcome.Success(WorkData.of("from", label).with("by " + label, 1));
        });
        room.open();
    }

    @Test
    void aStepRunsWhenAllThatItNeedsHaveSucceeded() {
        labels();
        room.scheduler()
                .enqueue(WorkChain.empty()
                        .then("d", step("d"), "b", "c")
                        .then("b", step("b"), "a")
                        .then("c", step("c"), "a")
                        .then("a", step("a")));
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "b", "c", "d");
    }

    @Test
    void outputsOverwriteInTheOrderOfNeed() {
        labels();
        WorkData[] input = new WorkData[1];
        room.driver.close();
        room.worker("last", context -> {
            input[0] = context.input();
            return WorkOutcome.success();
        });
        room.open();
        WorkChain chain = WorkChain.empty().then("a", step("a")).then("b", step("b"));
        room.scheduler().enqueue(chain.then("c", WorkRequest.of("last").withInput(WorkData.of("own", "x")), "b", "a"));
        room.driver.run();
        assertThat(input[0].names()).containsExactly("by a", "by b", "from", "own");
        assertThat(input[0].text("from")).contains("a");
        WorkRequest collects =
                WorkRequest.of("last").withInput(WorkData.of("from", "me")).withMerge(InputMerge.COLLECT);
        room.scheduler().enqueue(chain.then("c", collects, "b", "a"));
        room.driver.run();
        assertThat(input[0].list("from")).containsExactly("me", "b", "a");
    }

    @Test
    void aParkedStepLeavesThoseAfterItWaitingAndRunsTheBranchForFailure() {
        labels();
        Map<String, Enqueued> chain = room.scheduler()
                .enqueue(WorkChain.empty()
                        .then("a", step("bad"))
                        .then("b", step("b"), "a")
                        .onFailure("f", step("f"), "a")
                        .then("g", step("g"), "f"));
        room.driver.run();
        assertThat(room.runs).containsExactly("bad", "f", "g");
        assertThat(state(chain, "b")).isEqualTo(WorkState.BLOCKED);
        room.scheduler().retry(id(chain, "a"));
        room.driver.run();
        assertThat(state(chain, "b")).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void theBranchForFailureIsCancelledWhenNothingCanFailAnyMore() {
        labels();
        Map<String, Enqueued> chain = room.scheduler()
                .enqueue(WorkChain.empty()
                        .then("a", step("a"))
                        .onFailure("f", step("f"), "a")
                        .then("g", step("g"), "f"));
        room.driver.run();
        assertThat(room.runs).containsExactly("a");
        assertThat(state(chain, "f")).isEqualTo(WorkState.CANCELLED);
        assertThat(state(chain, "g")).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void whatNeedsACancelledWorkIsCancelledToTheEnd() {
        labels();
        WorkChain chain = WorkChain.empty().then("s0", step("s0"));
        for (int i = 1; i < 300; i++) {
            chain = chain.then("s" + i, step("s" + i), "s" + (i - 1));
        }
        Map<String, Enqueued> all = room.scheduler().enqueue(chain);
        room.scheduler().cancel(id(all, "s0"));
        room.driver.run();
        assertThat(room.runs).isEmpty();
        assertThat(room.number("select count(*) from godwit_work where state = 5"))
                .isEqualTo(300);
        assertThat(room.work(id(all, "s299")).reason()).contains("ended otherwise");
    }

    @Test
    void aCircleIsRefusedWithItsPath() {
        room.open();
        WorkChain circle = WorkChain.empty()
                .then("x", step("x"))
                .then("a", step("a"), "x", "c")
                .then("b", step("b"), "a")
                .then("c", step("c"), "b");
        assertThatThrownBy(() -> room.scheduler().enqueue(circle))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a after c after b after a");
        assertThatThrownBy(() -> room.scheduler().enqueue(WorkChain.empty().then("me", step("me"), "me")))
                .hasMessageContaining("me after me");
        assertThat(room.number("select count(*) from godwit_work")).isZero();
    }

    @Test
    void badChainsAreRefused() {
        room.open();
        WorkChain chain = WorkChain.empty().then("a", step("a"));
        assertThatThrownBy(() -> room.scheduler().enqueue(WorkChain.empty())).hasMessageContaining("at least one step");
        assertThatThrownBy(() -> chain.then("a", step("a"))).hasMessageContaining("step a is in the chain already");
        assertThatThrownBy(() -> room.scheduler().enqueue(chain.then("b", step("b"), "z")))
                .hasMessageContaining("step b comes after z, which is not in the chain");
        assertThatThrownBy(() -> chain.onFailure("b", step("b"))).hasMessageContaining("name the steps");
        assertThatThrownBy(() -> chain.then("b", step("b").withName("n", UniqueName.Policy.KEEP)))
                .hasMessageContaining("give the name to the chain");
        assertThatThrownBy(() -> room.scheduler().enqueue(chain.withName("n", UniqueName.Policy.COALESCE)))
                .hasMessageContaining("COALESCE");
    }

    @Test
    void aNamedChainIsKeptOrAppendedAsAWhole() {
        labels();
        WorkChain two = WorkChain.empty().then("a", step("a")).then("b", step("b"), "a");
        room.scheduler().enqueue(two.withName("n", UniqueName.Policy.KEEP));
        Map<String, Enqueued> kept = room.scheduler().enqueue(two.withName("n", UniqueName.Policy.KEEP));
        assertThat(kept.values()).extracting(Enqueued::result).containsOnly(Enqueued.Result.KEPT);
        WorkChain more = WorkChain.empty().then("c", step("c")).then("d", step("d"), "c");
        room.scheduler().enqueue(more.withName("n", UniqueName.Policy.APPEND));
        room.driver.run();
        assertThat(room.runs).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatWaitsForAWorkerHasNotFailed() {
        labels();
        Map<String, Enqueued> chain = room.scheduler()
                .enqueue(WorkChain.empty().then("a", WorkRequest.of("unknown")).onFailure("f", step("f"), "a"));
        room.driver.run();
        assertThat(room.runs).isEmpty();
        room.scheduler().register("unknown", context -> WorkOutcome.failed("now it has"));
        room.driver.run();
        assertThat(room.runs).containsExactly("f");
        assertThat(state(chain, "f")).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void outputsThatAreStillNeededOutliveThePurge() {
        room.limits = room.limits.with("finishedKept", 1);
        List<Object> from = new ArrayList<>();
        room.worker("late", context -> {
            from.add(context.input().text("from").orElse("nobody"));
            return WorkOutcome.success();
        });
        labels();
        WorkRequest late = WorkRequest.of("late").withConstraint(Constraint.custom("net"));
        Map<String, Enqueued> chain =
                room.scheduler().enqueue(WorkChain.empty().then("a", step("a")).then("late", late, "a"));
        for (int i = 0; i < 300; i++) {
            room.enqueue(step("x"));
        }
        room.driver.run();
        assertThat(room.number("select count(*) from godwit_work")).isLessThan(100);
        assertThat(state(chain, "a")).isEqualTo(WorkState.SUCCEEDED);
        room.flags.custom("net", true);
        room.driver.run();
        assertThat(from).containsExactly("a");
    }
}
