package dev.godwit.scheduler;

/**
 * How long a work waits after a failed attempt, counted from the end of the run. The wait is drawn evenly between
 * {@code minMillis} and what the kind says (full jitter), so that many devices do not come back at once.
 *
 * @param kind how it grows
 * @param baseMillis after the first failed attempt
 * @param minMillis never less
 * @param maxMillis never more
 */
public record Backoff(Kind kind, long baseMillis, long minMillis, long maxMillis) {
    /** How a backoff grows. */
    public enum Kind {
        /** The base, twice the base, three times the base. */
        LINEAR,
        /** The base, twice the base, four times the base. */
        EXPONENTIAL
    }

    /** Exponential from 30 s to 5 h. */
    public static final Backoff DEFAULT = new Backoff(Kind.EXPONENTIAL, 30_000, 1_000, 18_000_000);

    /** Checks that the bounds are in order. */
    public Backoff {
        if (minMillis < 0 || baseMillis < minMillis || maxMillis < baseMillis) {
            throw new IllegalArgumentException(
                    "a backoff has 0 <= min <= base <= max, not " + minMillis + ", " + baseMillis + ", " + maxMillis);
        }
    }

    /** One that grows by its base. */
    public static Backoff linear(long baseMillis) {
        return new Backoff(Kind.LINEAR, baseMillis, Math.min(baseMillis, DEFAULT.minMillis), most(baseMillis));
    }

    /** One that doubles. */
    public static Backoff exponential(long baseMillis) {
        return new Backoff(Kind.EXPONENTIAL, baseMillis, Math.min(baseMillis, DEFAULT.minMillis), most(baseMillis));
    }

    private static long most(long baseMillis) {
        return Math.max(baseMillis, DEFAULT.maxMillis);
    }

    /** The most that is waited after so many failed attempts. */
    long ceiling(int attempts) {
        int n = Math.max(1, attempts);
        double grown = kind == Kind.LINEAR ? (double) baseMillis * n : (double) baseMillis * Math.pow(2, n - 1);
        return grown < maxMillis ? (long) grown : maxMillis;
    }

    /**
     * The wait.
     *
     * @param attempts failed ones, this included
     * @param chance from 0, less than 1
     */
    long delay(int attempts, double chance) {
        long most = Math.max(minMillis, ceiling(attempts));
        return minMillis + (long) ((most - minMillis) * chance);
    }
}
