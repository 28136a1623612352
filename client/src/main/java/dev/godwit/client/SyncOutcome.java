package dev.godwit.client;

import dev.godwit.client.SyncLoop.Ended;
import dev.godwit.client.SyncResult.End;
import dev.godwit.scheduler.WorkOutcome;

/** What the end of a sync means for the work that did it. Pure but for the jitter. */
final class SyncOutcome {
    /** No server keeps a device away for longer. */
    private static final long MOST_MILLIS = 86_400_000;

    private SyncOutcome() {}

    /**
     * Decides.
     *
     * @param device for the jitter: what a server tells many devices must not bring them back at once
     */
    static WorkOutcome of(Ended ended, SyncPolicy policy, Device device) {
        SyncResult result = ended.result();
        String message = result.message();
        long asked = result.retryAfterMillis();
        return switch (ended.why()) {
            case LOGIN -> new WorkOutcome.NeedsLogin(message);
            case STOPPED -> WorkOutcome.retry(message);
            case HELD -> asked == 0 ? WorkOutcome.success() : new WorkOutcome.DeferFor(jittered(asked, device));
            case AS_IT_SAYS -> {
                if (result.isSynced()) {
                    yield WorkOutcome.success();
                } else if (result.outcome() == End.FAILED) {
                    yield WorkOutcome.failed(message);
                } else if (ended.hasMoved()) {
                    // no failed attempt, however it ended: there is less to do than before
                    long base = policy.backoff().baseMillis();
                    yield new WorkOutcome.DeferFor(
                            asked > 0 ? jittered(asked, device) : base / 2 + device.randomBelow(base / 2 + 1));
                }
                yield asked > 0
                        ? new WorkOutcome.RetryAfter(jittered(asked, device), message)
                        : WorkOutcome.retry(message);
            }
        };
    }

    /** A pause that a server has asked for, within bounds. */
    static long jittered(long asked, Device device) {
        long bounded = Math.min(asked, MOST_MILLIS);
        return bounded + device.randomBelow(bounded / 2 + 1);
    }
}
