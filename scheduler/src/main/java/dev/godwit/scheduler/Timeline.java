package dev.godwit.scheduler;

import dev.godwit.sql.SqliteStatement;

/**
 * The scheduler's own time, in ticks of a millisecond that go on from start to start of the device. Within one start it follows
 * the monotonic clock; from one start to the next it grows by what the wall clock says has passed, and never shrinks. So a
 * delay is never longer than it was, and no change of the wall clock moves it while the device is on.
 *
 * @param boot the start of the device
 * @param elapsed the monotonic clock at the mark
 * @param wall the wall clock at the mark
 * @param tick the time at the mark
 */
record Timeline(String boot, long elapsed, long wall, long tick) {
    /** A wall clock that differs by so much from what it would be was set. */
    private static final long JUMP = 1_000;

    /** Time begins, with the number that the wall clock has, so that no two files have the same. */
    static Timeline begin(WorkClock clock) {
        return new Timeline(clock.bootId(), clock.elapsedMillis(), clock.wallMillis(), Math.max(1, clock.wallMillis()));
    }

    /** A mark as it is kept: boot, elapsed, wall, tick. */
    static Timeline read(SqliteStatement row) {
        return new Timeline(row.columnText(0), row.columnLong(1), row.columnLong(2), row.columnLong(3));
    }

    /** The same time, marked anew; on another start of the device it goes on by the wall clock. */
    Timeline mark(WorkClock clock) {
        return new Timeline(clock.bootId(), clock.elapsedMillis(), clock.wallMillis(), now(clock));
    }

    /** The same mark, of a time that is not before this one. */
    Timeline notBefore(long reached) {
        return new Timeline(boot, elapsed, wall, Math.max(tick, reached));
    }

    /** The time. */
    long now(WorkClock clock) {
        long passed = clock.bootId().equals(boot) ? clock.elapsedMillis() - elapsed : clock.wallMillis() - wall;
        return tick + Math.max(0, passed);
    }

    /** What the wall clock of now says of a tick. */
    static long wallOf(long then, long now, long wallNow) {
        return wallNow - (now - then);
    }

    /** Whether it has to be marked anew: another start, or a wall clock that was set. */
    boolean isStale(WorkClock clock) {
        return !clock.bootId().equals(boot)
                || Math.abs((clock.wallMillis() - wall) - (clock.elapsedMillis() - elapsed)) > JUMP;
    }
}
