package dev.godwit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Makes a failing plan short: leaves out steps as long as the same promise is still found broken. Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input" (2002), without the complements' bookkeeping: halves, quarters, … single
 * steps, and again until a whole pass leaves nothing out.
 */
final class Shrinker {
    private final Function<Plan, Outcome> runner;
    private final int runsAtMost;
    private final IntConsumer progress;
    private int runs;

    /**
     * Makes a shrinker.
     *
     * @param runner runs a plan
     * @param runsAtMost how many runs it may take
     * @param progress hears how many steps are left, now and then
     */
    Shrinker(Function<Plan, Outcome> runner, int runsAtMost, IntConsumer progress) {
        this.runner = runner;
        this.runsAtMost = runsAtMost;
        this.progress = progress;
    }

    /** Returns the shortest plan that was found. */
    Plan shrink(Outcome failing) {
        Violation wanted = failing.violation();
        if (wanted == null) {
            throw new IllegalArgumentException("seed " + failing.plan().seed() + " did not fail");
        }
        Plan shortest = failing.plan();
        boolean shorter = true;
        while (shorter && runs < runsAtMost) {
            shorter = false;
            for (int size = Math.max(1, shortest.steps().size() / 2); size >= 1; size /= 2) {
                Plan found = withoutParts(shortest, size, wanted.promise());
                shorter |= found.steps().size() < shortest.steps().size();
                shortest = found;
                progress.accept(shortest.steps().size());
            }
        }
        return shortest;
    }

    private Plan withoutParts(Plan plan, int size, String promise) {
        Plan shortest = plan;
        for (int from = 0; from < shortest.steps().size() && runs < runsAtMost; ) {
            List<Step> left = new ArrayList<>(shortest.steps());
            left.subList(from, Math.min(left.size(), from + size)).clear();
            Plan candidate = shortest.without(left);
            runs++;
            Violation found = runner.apply(candidate).violation();
            if (found != null && found.promise().equals(promise)) {
                shortest = candidate;
            } else {
                from += size;
            }
        }
        return shortest;
    }
}
