package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works that need each other: each step runs when all steps that it comes after have succeeded, and finds their outputs in its
 * input. A step for failure runs when one of its steps is parked, and is cancelled if none can be any more. What needs a parked
 * work waits until that is tried again; what needs a cancelled work is cancelled. Immutable.
 */
public final class WorkChain {
    private final Map<String, Step> steps;
    private final @Nullable UniqueName name;

    /**
     * A step.
     *
     * @param name its name within the chain
     * @param request what it does
     * @param needs the steps it comes after, and whether it is for their failure
     */
    record Step(String name, WorkRequest request, Map<String, Boolean> needs) {}

    private WorkChain(Map<String, Step> steps, @Nullable UniqueName name) {
        this.steps = steps;
        this.name = name;
    }

    /** A chain without steps. */
    public static WorkChain empty() {
        return new WorkChain(Map.of(), null);
    }

    /** One step more, after others, which may be added later. */
    public WorkChain then(String step, WorkRequest request, String... after) {
        return added(step, request, false, after);
    }

    /** One step more, which runs if one of the others fails for good. */
    public WorkChain onFailure(String step, WorkRequest request, String... of) {
        if (of.length == 0) {
            throw new IllegalArgumentException("step " + step + " is for failure: name the steps that may fail");
        }
        return added(step, request, true, of);
    }

    private WorkChain added(String step, WorkRequest request, boolean onFailure, String... after) {
        if (steps.containsKey(step)) {
            throw new IllegalArgumentException("step " + step + " is in the chain already");
        }
        if (request.period() != null) {
            throw new IllegalArgumentException("step " + step + " is periodic; a chain has works that end");
        }
        if (request.name() != null) {
            throw new IllegalArgumentException(
                    "step " + step + " has the unique name " + request.name().name() + "; give the name to the chain");
        }
        Map<String, Boolean> needs = new LinkedHashMap<>();
        for (String each : after) {
            needs.put(each, onFailure);
        }
        Map<String, Step> more = new LinkedHashMap<>(steps);
        more.put(step, new Step(step, request, Collections.unmodifiableMap(needs)));
        return new WorkChain(more, name);
    }

    /** The same chain under a unique name. */
    public WorkChain withName(String unique, UniqueName.Policy policy) {
        return new WorkChain(steps, new UniqueName(unique, policy));
    }

    @Nullable
    UniqueName name() {
        return name;
    }

    void check(WorkLimits limits) {
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a chain has at least one step");
        }
        if (steps.size() > limits.chainSteps()) {
            throw new IllegalArgumentException(
                    "steps: " + steps.size() + " is above the limit chainSteps of " + limits.chainSteps());
        }
        for (Step step : steps.values()) {
            RequestBounds.check(step.request(), limits);
            if (step.needs().size() > limits.needs()) {
                throw new IllegalArgumentException("step " + step.name() + ": "
                        + step.needs().size() + " steps before it are above the limit needs of " + limits.needs());
            }
            for (String need : step.needs().keySet()) {
                if (!steps.containsKey(need)) {
                    throw new IllegalArgumentException(
                            "step " + step.name() + " comes after " + need + ", which is not in the chain");
                }
            }
        }
    }

    /**
     * The steps, each after those that it needs.
     *
     * @throws IllegalArgumentException that names the path, if steps need each other in a circle
     */
    List<Step> inOrder() {
        List<Step> order = new ArrayList<>();
        Set<String> done = new LinkedHashSet<>();
        for (String start : steps.keySet()) {
            visit(start, done, order);
        }
        return order;
    }

    /** Without recursion: a chain may be longer than a stack. */
    private void visit(String start, Set<String> done, List<Step> order) {
        List<String> path = new ArrayList<>(List.of(start));
        Set<String> onPath = new LinkedHashSet<>(path);
        while (!path.isEmpty()) {
            String last = path.get(path.size() - 1);
            String next = done.contains(last) ? null : openNeed(last, done);
            if (next == null) {
                if (done.add(last)) {
                    order.add(step(last));
                }
                onPath.remove(last);
                path.remove(path.size() - 1);
            } else if (onPath.add(next)) {
                path.add(next);
            } else {
                List<String> circle = new ArrayList<>(path.subList(path.indexOf(next), path.size()));
                circle.add(next);
                throw new IllegalArgumentException("steps need each other in a circle: "
                        + String.join(" after ", circle) + "; take one of these out");
            }
        }
    }

    private @Nullable String openNeed(String step, Set<String> done) {
        return step(step).needs().keySet().stream()
                .filter(need -> !done.contains(need))
                .findFirst()
                .orElse(null);
    }

    private Step step(String step) {
        return Objects.requireNonNull(steps.get(step), step);
    }
}
