package dev.godwit.scheduler;

/**
 * What a work may use before it is parked. Only failed attempts count; a stop costs none.
 *
 * @param attempts failed attempts; 0 for no bound
 * @param ageMillis from its enqueueing until it must have begun its last run; 0 for no bound
 * @param timeoutMillis one run; longer ones are stopped, and count as failed
 * @param deadlineWallMillis the moment of the wall clock after which it is no longer begun; 0 for none
 */
public record Budget(int attempts, long ageMillis, long timeoutMillis, long deadlineWallMillis) {
    /** Ten attempts of ten minutes each, at any age. */
    public static final Budget DEFAULT = new Budget(10, 0, 600_000, 0);

    /** Checks the numbers. */
    public Budget {
        if (attempts < 0 || ageMillis < 0 || deadlineWallMillis < 0) {
            throw new IllegalArgumentException("attempts, age and deadline are at least 0 (0: no bound), not "
                    + attempts + ", " + ageMillis + ", " + deadlineWallMillis);
        }
        if (timeoutMillis < 1) {
            throw new IllegalArgumentException("timeoutMillis < 1: " + timeoutMillis + "; every run has a time-out");
        }
    }

    /** The same with this many attempts. */
    public Budget withAttempts(int most) {
        return new Budget(most, ageMillis, timeoutMillis, deadlineWallMillis);
    }

    /** The same with this age. */
    public Budget withAge(long millis) {
        return new Budget(attempts, millis, timeoutMillis, deadlineWallMillis);
    }

    /** The same with this time-out. */
    public Budget withTimeout(long millis) {
        return new Budget(attempts, ageMillis, millis, deadlineWallMillis);
    }

    /** The same with this deadline. */
    public Budget withDeadline(long wallMillis) {
        return new Budget(attempts, ageMillis, timeoutMillis, wallMillis);
    }
}
