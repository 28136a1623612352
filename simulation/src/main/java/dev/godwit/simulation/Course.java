package dev.godwit.simulation;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come in its plan. Steps come one after the other, or inside of each other: what happens while a request is on
 * its way comes next in the plan.
 */
final class Course {
    private static final int NESTED_AT_MOST = 5;

    private final List<Step> steps;
    private final Consumer<Step> doing;
    private final Trace trace;
    private final Consumer<RuntimeException> failing;
    private boolean begun;
    private int next;
    private int depth;

    /**
     * For a plan.
     *
     * @param doing does a step
     * @param failing is told of what fails inside of something else, which may hide it
     */
    Course(List<Step> steps, Consumer<Step> doing, Trace trace, Consumer<RuntimeException> failing) {
        this.steps = steps;
        this.doing = doing;
        this.trace = trace;
        this.failing = failing;
    }

    /** Does all of the plan. */
    void run() {
        begun = true;
        while (next < steps.size()) {
            doing.accept(steps.get(next++));
        }
    }

    /** The step that comes next in the plan; null before it has begun and behind its last. */
    @Nullable
    Step following() {
        return begun && next < steps.size() ? steps.get(next) : null;
    }

    boolean mayNest() {
        return depth < NESTED_AT_MOST;
    }

    /** Does the next steps of the plan inside of what is under way. */
    void meanwhile(int count) {
        inside(() -> {
            for (int i = 0; i < count && next < steps.size(); i++) {
                doing.accept(steps.get(next++));
            }
        });
    }

    /** Does these steps inside of what is under way. */
    void meanwhile(List<Step> others) {
        inside(() -> others.forEach(doing));
    }

    private void inside(Runnable running) {
        if (!mayNest()) {
            return;
        }
        depth++;
        trace.begin();
        try {
            running.run();
        } catch (RuntimeException failed) {
            failing.accept(failed);
            throw failed;
        }
        trace.end();
        depth--;
    }
}
