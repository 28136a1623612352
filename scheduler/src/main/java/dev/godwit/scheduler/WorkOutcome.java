package dev.godwit.scheduler;

import java.util.Objects;

/** What a worker says when its run is over. An exception is a {@link Retry} with its message. */
public sealed interface WorkOutcome {

    /** It is done. What needs it runs, and finds the output in its input. */
    record Success(WorkData output) implements WorkOutcome {
        /** Checks that there is an output, if an empty one. */
        public Success {
            Objects.requireNonNull(output, "output");
        }
    }

    /** It failed and may succeed later: again after the backoff. Costs an attempt. */
    record Retry(String reason) implements WorkOutcome {}

    /** Again after a time that somebody else named, as a server does. Costs an attempt; no good news shortens it. */
    record RetryAfter(long millis, String reason) implements WorkOutcome {
        /** Checks the time. */
        public RetryAfter {
            checkTime(millis);
        }
    }

    /** It cannot go on until something holds; again then. Costs nothing. */
    record DeferUntil(Constraint constraint) implements WorkOutcome {
        /** Checks that there is a constraint. */
        public DeferUntil {
            Objects.requireNonNull(constraint, "constraint");
        }
    }

    /** It is too early; again after a time. Costs nothing. */
    record DeferFor(long millis) implements WorkOutcome {
        /** Checks the time. */
        public DeferFor {
            checkTime(millis);
        }
    }

    /** It will not succeed as it is: it is parked with its reason, until a person retries or cancels it. */
    record Failed(String reason) implements WorkOutcome {}

    /** Somebody has to log in first: it is parked until {@link Scheduler#loggedIn()}. */
    record NeedsLogin(String reason) implements WorkOutcome {}

    /** Done, without output. */
    static WorkOutcome success() {
        return new Success(WorkData.EMPTY);
    }

    /** Failed, again after the backoff. */
    static WorkOutcome retry(String reason) {
        return new Retry(reason);
    }

    /** Failed for good. */
    static WorkOutcome failed(String reason) {
        return new Failed(reason);
    }

    private static void checkTime(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("millis < 0: " + millis);
        }
    }
}
