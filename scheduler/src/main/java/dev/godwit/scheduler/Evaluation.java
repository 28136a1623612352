package dev.godwit.scheduler;

import java.util.List;

/**
 * What a constraint says at a moment.
 *
 * @param met whether the work may run
 * @param unmet the leaves that keep it from running; empty if it may
 * @param changesInMillis when time alone may change this (a window opens, a soft constraint relaxes), or {@link Long#MAX_VALUE}
 */
public record Evaluation(boolean met, List<Constraint> unmet, long changesInMillis) {
    /** Keeps a copy. */
    public Evaluation {
        unmet = List.copyOf(unmet);
    }

    /**
     * Decides.
     *
     * @param wallMillis the wall clock, for windows
     * @param waitedMillis how long the work has been waiting, for soft constraints
     */
    public static Evaluation of(Constraint constraint, ConditionSnapshot now, long wallMillis, long waitedMillis) {
        throw new UnsupportedOperationException("not written yet");
    }
}
