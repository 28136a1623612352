package dev.godwit.client;

import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.Budget;
import dev.godwit.scheduler.Constraint;
import java.util.Objects;

/**
 * When one kind of sync runs in the background.
 *
 * @param constraint what it asks of the device
 * @param batchMillis how long it waits for more of the same before it begins
 * @param backoff between failed attempts
 * @param attempts failed attempts until it ends, with what is pending kept; 0 for any number
 * @param ageMillis for how long it goes on trying; 0 for ever
 */
public record SyncPolicy(Constraint constraint, long batchMillis, Backoff backoff, int attempts, long ageMillis) {
    /**
     * For small transactions and what others have changed meanwhile: any network, half a second after the first write; ten attempts,
     * 5 s to an hour apart.
     */
    public static final SyncPolicy SMALL = new SyncPolicy(
            Constraint.connected(), 500, new Backoff(Backoff.Kind.EXPONENTIAL, 5_000, 1_000, 3_600_000), 10, 0);

    /** For large downloads: a network whose use is not counted; ten attempts, half a minute to six hours apart. */
    public static final SyncPolicy LARGE = new SyncPolicy(
            Constraint.unmetered(), 0, new Backoff(Backoff.Kind.EXPONENTIAL, 30_000, 1_000, 21_600_000), 10, 0);

    /** Checks the numbers. */
    public SyncPolicy {
        Objects.requireNonNull(constraint, "constraint");
        Objects.requireNonNull(backoff, "backoff");
        if (batchMillis < 0 || attempts < 0 || ageMillis < 0) {
            throw new IllegalArgumentException("batchMillis, attempts and ageMillis are at least 0, not " + batchMillis
                    + ", " + attempts + ", " + ageMillis);
        }
    }

    /** The same under another constraint. */
    public SyncPolicy withConstraint(Constraint chosen) {
        return new SyncPolicy(chosen, batchMillis, backoff, attempts, ageMillis);
    }

    /** The same, waiting so long for more of the same. */
    public SyncPolicy withBatchMillis(long millis) {
        return new SyncPolicy(constraint, millis, backoff, attempts, ageMillis);
    }

    /** The same with another backoff. */
    public SyncPolicy withBackoff(Backoff chosen) {
        return new SyncPolicy(constraint, batchMillis, chosen, attempts, ageMillis);
    }

    /** The same with so many attempts. */
    public SyncPolicy withAttempts(int most) {
        return new SyncPolicy(constraint, batchMillis, backoff, most, ageMillis);
    }

    /** The same for so long at most. */
    public SyncPolicy withAge(long millis) {
        return new SyncPolicy(constraint, batchMillis, backoff, attempts, millis);
    }

    Budget budget(long timeoutMillis) {
        return new Budget(attempts, ageMillis, timeoutMillis, 0);
    }
}
