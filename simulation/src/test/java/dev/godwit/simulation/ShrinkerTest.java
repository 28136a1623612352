package dev.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
    private static Outcome outcome(Plan plan, boolean fails, String promise) {
        Violation violation = fails ? new Violation(promise, "as told") : null;
        return new Outcome(plan, "", new Reach(), violation, List.of());
    }

    /** Fails like a bug that needs a server killed somewhere before a device reads. */
    private static Outcome run(Plan plan) {
        boolean killed = false;
        for (Step step : plan.steps()) {
            killed |= step.kind() == StepKind.KILL_SERVER;
            if (killed && step.kind() == StepKind.SYNC) {
                return outcome(plan, true, "P2");
            }
        }
        return outcome(plan, false, "");
    }

    @Test
    void whatDoesNotMatterIsLeftOut() {
        Plan plan = Plan.random(5, SimulationOptions.EVEN);
        List<Integer> heard = new ArrayList<>();
        Plan shortest = new Shrinker(ShrinkerTest::run, 1_000, heard::add).shrink(run(plan));
        assertThat(shortest.steps()).extracting(Step::kind).containsExactly(StepKind.KILL_SERVER, StepKind.SYNC);
        assertThat(plan.steps()).containsSubsequence(shortest.steps());
        assertThat(heard).isSortedAccordingTo((a, b) -> b - a);
    }

    @Test
    void anotherPromiseThatBreaksIsAnotherStory() {
        Plan plan = Plan.random(5, SimulationOptions.EVEN);
        Plan shortest = new Shrinker(
                        some -> some.steps().size() < 100 ? outcome(some, true, "P9") : run(some), 1_000, left -> {})
                .shrink(run(plan));
        assertThat(shortest.steps().size()).isGreaterThanOrEqualTo(100);
    }

    @Test
    void theNumberOfRunsIsBounded() {
        int[] runs = {0};
        new Shrinker(
                        plan -> {
                            runs[0]++;
                            return run(plan);
                        },
                        7,
                        left -> {})
                .shrink(run(Plan.random(5, SimulationOptions.EVEN)));
        assertThat(runs[0]).isEqualTo(7);
    }

    @Test
    void aRunThatDidNotFailHasNoStory() {
        Plan plan = Plan.random(5, SimulationOptions.EVEN);
        assertThatThrownBy(() -> new Shrinker(ShrinkerTest::run, 10, left -> {}).shrink(outcome(plan, false, "")))
                .hasMessageContaining("seed 5 did not fail");
    }
}
