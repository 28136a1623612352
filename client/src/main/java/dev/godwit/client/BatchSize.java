package dev.godwit.client;

import dev.godwit.model.Limits;

/**
 * How much of the outbox one request takes, by what the link did with those before it. Pure. A request that is cut off on its way
 * halves it; one that was well filled and quickly answered makes it grow: doubling on a link that has never cut one off, or not for
 * {@value #CALM} such requests, by an eighth on one that has. It stays within {@code pushBytesMin} and {@code pushBytes}.
 *
 * @param bytes of encoded changes, at most
 * @param calm quick requests since one was cut off, up to {@value #CALM}
 */
record BatchSize(long bytes, int calm) {
    /** After so many quick requests a cut is forgotten. */
    static final int CALM = 8;

    private static final int CAREFUL = 8;

    /** What a transaction takes at least beside its changes: its id, its place, its times. */
    private static final int TRANSACTION_BYTES = 64;

    /**
     * What a link did with one request.
     *
     * @param isCut whether the connection broke, or nothing came in time, before the answer began
     * @param millis until the answer was applied
     * @param bytes of encoded changes
     */
    record Round(boolean isCut, long millis, long bytes) {}

    /** Before the first request. */
    static BatchSize first(Limits limits) {
        return new BatchSize(limits.pushBytes(), CALM);
    }

    /** After a request. */
    BatchSize after(Round round, Limits limits) {
        long least = least(limits);
        if (round.isCut()) {
            // that a small one is lost says nothing about large ones
            boolean isSmall = round.bytes() <= least;
            return isSmall ? this : new BatchSize(within(Math.min(bytes, round.bytes()) / 2, limits), 0);
        }
        boolean isFull = round.bytes() * 2 >= bytes;
        if (!isFull || round.millis() > limits.quickRoundMillis()) {
            return this;
        }
        long grown = calm == CALM ? bytes * 2 : bytes + Math.max(1, bytes / CAREFUL);
        return new BatchSize(within(grown, limits), Math.min(CALM, calm + 1));
    }

    /** How many transactions may be in a request. */
    int transactions(Limits limits) {
        boolean isWhole = bytes >= limits.pushBytes();
        return isWhole
                ? limits.pushTransactions()
                : (int) Math.max(1, Math.min(limits.pushTransactions(), bytes / TRANSACTION_BYTES));
    }

    private static long within(long wanted, Limits limits) {
        return Math.max(least(limits), Math.min(limits.pushBytes(), wanted));
    }

    private static long least(Limits limits) {
        return Math.min(limits.pushBytesMin(), limits.pushBytes());
    }
}
