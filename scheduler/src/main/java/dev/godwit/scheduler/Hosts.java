package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hosts' circuits in one step of the scheduler: who may ask, and what was learned. Changes a value of its own, which counts
 * when the step's transaction holds.
 */
final class Hosts {
    private final long tick;
    private CircuitBreaker breaker;

    Hosts(CircuitBreaker breaker, long tick) {
        this.breaker = breaker;
        this.tick = tick;
    }

    /** What was learned. */
    CircuitBreaker learned() {
        return breaker;
    }

    /** The hosts that a constraint asks for, in any case. */
    static List<String> of(Constraint constraint) {
        if (constraint instanceof Constraint.Host host) {
            return List.of(host.name());
        } else if (constraint instanceof Constraint.AllOf all) {
            List<String> names = new ArrayList<>();
            all.parts().forEach(part -> names.addAll(of(part)));
            return names;
        }
        return List.of();
    }

    /** The way to all of them is better than it was. */
    void hurry() {
        breaker = breaker.hurried(tick);
    }

    /** Those that are not to be asked now. */
    static Set<String> silent(CircuitBreaker breaker, long tick) {
        Set<String> silent = new HashSet<>();
        breaker.circuits().forEach((host, circuit) -> {
            if (!circuit.allows(tick)) {
                silent.add(host);
            }
        });
        return silent;
    }

    /** In how many ms the first of those may be asked. */
    long changesInMillis() {
        return breaker.circuits().values().stream()
                .filter(circuit -> !circuit.allows(tick))
                .mapToLong(circuit -> circuit.untilMillis() - tick)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Whether only one may ask it, to try. */
    boolean isOnTrial(String host) {
        return breaker.circuit(host).state() != Circuit.State.CLOSED;
    }

    /** A run begins. */
    void asked(Constraint constraint) {
        for (String host : of(constraint)) {
            breaker = breaker.ask(host, tick).next();
        }
    }

    /** A run is over. */
    void told(Constraint constraint, @Nullable WorkOutcome outcome, @Nullable StopReason stop) {
        for (String host : of(constraint)) {
            breaker = told(host, outcome, stop);
        }
    }

    private CircuitBreaker told(String host, @Nullable WorkOutcome outcome, @Nullable StopReason stop) {
        boolean isAnswer = outcome instanceof WorkOutcome.Success
                || outcome instanceof WorkOutcome.Failed
                || outcome instanceof WorkOutcome.NeedsLogin
                || outcome instanceof WorkOutcome.DeferFor;
        if (isAnswer) {
            return breaker.succeeded(host, tick);
        } else if (outcome instanceof WorkOutcome.RetryAfter after) {
            return breaker.failed(host, tick, after.millis());
        }
        boolean isStopped = stop != null && stop != StopReason.TIMED_OUT;
        return isStopped || outcome instanceof WorkOutcome.DeferUntil
                ? breaker.givenBack(host, tick)
                : breaker.failed(host, tick);
    }
}
