package dev.godwit.scheduler;

/**
 * When a periodic work runs. Drifting: an interval after the end of the last run. Anchored: at the anchor and every interval
 * from it, by the wall clock, however long the runs take.
 *
 * @param intervalMillis from one period to the next
 * @param flexMillis how much before its end a period may be used; with 0 a drifting work first runs at once
 * @param anchorWallMillis a moment of the wall clock; -1 for drifting
 * @param catchUp what an anchored work does about periods that nobody was there for
 */
public record Period(long intervalMillis, long flexMillis, long anchorWallMillis, CatchUp catchUp) {
    /** What is done about missed periods. */
    public enum CatchUp {
        /** Runs once, at once, however many were missed. */
        ONE,
        /** Waits for the next. */
        NONE
    }

    /** Checks the numbers. */
    public Period {
        if (intervalMillis < 1) {
            throw new IllegalArgumentException("intervalMillis < 1: " + intervalMillis);
        }
        if (flexMillis < 0 || flexMillis > intervalMillis) {
            throw new IllegalArgumentException(
                    "flexMillis is from 0 to the interval of " + intervalMillis + " ms, not " + flexMillis);
        }
        if (anchorWallMillis < -1) {
            throw new IllegalArgumentException("anchorWallMillis < 0: " + anchorWallMillis);
        }
    }

    /** An interval after the end of the last run. */
    public static Period every(long intervalMillis) {
        return new Period(intervalMillis, 0, -1, CatchUp.ONE);
    }

    /** At a moment of the wall clock and every interval from it. */
    public static Period anchored(long intervalMillis, long anchorWallMillis) {
        return new Period(intervalMillis, 0, anchorWallMillis, CatchUp.ONE);
    }

    /** The same with this flex. */
    public Period withFlex(long millis) {
        return new Period(intervalMillis, millis, anchorWallMillis, catchUp);
    }

    /** The same with this rule. */
    public Period withCatchUp(CatchUp rule) {
        return new Period(intervalMillis, flexMillis, anchorWallMillis, rule);
    }

    /** Whether it follows the wall clock. */
    public boolean isAnchored() {
        return anchorWallMillis >= 0;
    }

    /** Of an anchored period: the first point of the grid after a moment. */
    long pointAfter(long wall) {
        return anchorWallMillis + (Math.floorDiv(wall - anchorWallMillis, intervalMillis) + 1) * intervalMillis;
    }

    /** Of an anchored period: the first moment it may run for the point after {@code wall}. */
    long opensAfter(long wall) {
        return pointAfter(wall) - flexMillis;
    }

    /** Whether a period that opened then is over, and another has begun. */
    boolean isMissed(long openedWall, long wall) {
        return wall - openedWall >= intervalMillis;
    }

    /** Of a drifting period: how long to wait after the end of a run, or after the beginning if there was none. */
    long wait(boolean isFirst) {
        return isFirst && flexMillis == 0 ? 0 : intervalMillis - flexMillis;
    }
}
