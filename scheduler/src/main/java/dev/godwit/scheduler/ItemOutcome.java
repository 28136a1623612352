package dev.godwit.scheduler;

/** What a server said of an item of a {@link SyncQueue}. */
public sealed interface ItemOutcome {

    /** It has taken effect, now or when its idempotency key was sent before: it leaves the queue. */
    record Done() implements ItemOutcome {}

    /** It failed and may succeed later: again after the backoff. Costs the item an attempt. */
    record Retry(String reason) implements ItemOutcome {}

    /** The server names a time (429 and 503 with Retry-After, say): the whole queue waits so long. Costs nothing. */
    record RetryAfter(long millis, String reason) implements ItemOutcome {
        /** Checks the time. */
        public RetryAfter {
            if (millis < 0) {
                throw new IllegalArgumentException("millis < 0: " + millis);
            }
        }
    }

    /** It will not succeed as it is: it is parked with its reason, until it is retried or dropped. */
    record Rejected(String reason) implements ItemOutcome {}

    /** Somebody has to log in first: the whole queue waits for {@link Scheduler#loggedIn()}. */
    record NeedsLogin(String reason) implements ItemOutcome {}

    /**
     * Nobody answered, so it may have taken effect or not: it is sent again under the same idempotency key when the queue's work
     * has waited for its backoff. An exception of the service is the same, for all items of its batch. Costs the item nothing.
     */
    record NoAnswer(String reason) implements ItemOutcome {}

    /** It was not sent, because of another before it: it is sent again soon. Costs nothing. */
    record NotTried() implements ItemOutcome {}

    /** It has taken effect. */
    static ItemOutcome done() {
        return new Done();
    }

    /** Again later. */
    static ItemOutcome retry(String reason) {
        return new Retry(reason);
    }

    /** Never as it is. */
    static ItemOutcome rejected(String reason) {
        return new Rejected(reason);
    }
}
