package dev.godwit.scheduler;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/** When a window of the day is open: by the time that a clock on the wall of its zone shows. */
final class WindowHours {
    private static final long DAY_MILLIS = 86_400_000;
    private static final long MINUTE_MILLIS = 60_000;

    private final Constraint.TimeWindow window;
    private final ZoneRules rules;

    WindowHours(Constraint.TimeWindow window) {
        this.window = window;
        this.rules = ZoneId.of(window.zone()).getRules();
    }

    boolean isOpen(long wallMillis) {
        long minute = millisOfDay(wallMillis) / MINUTE_MILLIS;
        boolean begun = minute >= window.fromMinute();
        boolean over = minute >= window.toMinute();
        return window.fromMinute() < window.toMinute() ? begun && !over : begun || !over;
    }

    private long millisOfDay(long wallMillis) {
        long offsetMillis =
                1_000L * rules.getOffset(Instant.ofEpochMilli(wallMillis)).getTotalSeconds();
        return Math.floorMod(wallMillis + offsetMillis, DAY_MILLIS);
    }

    /**
     * How long it stays as it is. Goes from edge to edge of the window, and to each change of the zone's offset on the way: what a
     * clock on the wall shows jumps there, past an edge or back over one.
     */
    long changesInMillis(long wallMillis) {
        boolean open = isOpen(wallMillis);
        long at = wallMillis;
        do {
            long edge = at + Math.min(untilMinute(at, window.fromMinute()), untilMinute(at, window.toMinute()));
            ZoneOffsetTransition jump = rules.nextTransition(Instant.ofEpochMilli(at));
            at = jump == null ? edge : Math.min(edge, jump.getInstant().toEpochMilli());
        } while (isOpen(at) == open && at - wallMillis < 7 * DAY_MILLIS);
        return at - wallMillis;
    }

    private long untilMinute(long wallMillis, int minute) {
        long until = minute * MINUTE_MILLIS - millisOfDay(wallMillis);
        return until > 0 ? until : until + DAY_MILLIS;
    }
}
