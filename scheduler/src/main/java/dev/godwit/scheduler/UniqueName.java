package dev.godwit.scheduler;

import java.util.Objects;

/**
 * A name that at most one chain of unfinished works has. Parked and finished works do not count as unfinished.
 *
 * @param name the name
 * @param policy what is done if there is unfinished work of this name
 */
public record UniqueName(String name, Policy policy) {
    /** What is done if there is unfinished work of this name. */
    public enum Policy {
        /** That one stays, the new one is dropped. */
        KEEP,
        /** That one is cancelled. */
        REPLACE,
        /** That one takes the new request and keeps its id, state and attempts; a running one takes it for its next run. */
        UPDATE,
        /** The new one runs after it has succeeded. */
        APPEND,
        /** As append, but if one of that name is parked, all of that name are cancelled first. */
        APPEND_OR_REPLACE,
        /**
         * Many requests become one run: a waiting one takes the new input, a running one runs again when it is done, a
         * parked one is tried again.
         */
        COALESCE,
        /**
         * Many requests become one run, and change nothing that need not be: a waiting one and a parked one stay as they are, a
         * running one runs again when it is done.
         */
        KEEP_OR_REPEAT
    }

    /** Checks that there is a name. */
    public UniqueName {
        Objects.requireNonNull(policy, "policy");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a unique name is not blank");
        }
    }
}
