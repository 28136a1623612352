package dev.godwit.scheduler;

import java.util.function.LongSupplier;

/**
 * A bound on rows whose counting takes long: they are counted now and then, and each time so many places are given out as are free
 * then. What ends meanwhile gives its place back at the next count, and what other processes add is seen then, so that they may
 * exceed the bound together by {@value #GIVEN_OUT} each. Safe for use by many threads.
 */
final class Quota {
    /** As many places are given out at most before the rows are counted again. */
    static final int GIVEN_OUT = 1_024;

    private final long most;
    private long left;

    Quota(long most) {
        this.most = most;
    }

    /**
     * Takes places, if there are so many.
     *
     * @param places at most that many more rows
     * @param rows counts them
     * @return how many rows there are, if that leaves too few places, and then nothing is taken; below 0 if they are taken
     */
    synchronized long take(long places, LongSupplier rows) {
        if (places > left) {
            long counted = rows.getAsLong();
            if (counted + places > most) {
                return counted;
            }
            left = Math.min(most - counted, Math.max(places, GIVEN_OUT));
        }
        left -= places;
        return -1;
    }
}
