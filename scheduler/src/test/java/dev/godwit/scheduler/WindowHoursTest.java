package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a window opens and closes, also where clocks are put forward and back. */
class WindowHoursTest {
    private static WindowHours hours(String from, String to, String zone) {
        return new WindowHours((Constraint.TimeWindow) Constraint.window(from, to, ZoneId.of(zone)));
    }

    /** In 2026 Berlin puts its clocks forward on 29 March at 01:00 UTC, and back on 25 October at 01:00 UTC. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            09:00, 17:00, UTC,           2026-11-21T08:59:59.999Z, false, 2026-11-21T09:00:00Z
            09:00, 17:00, UTC,           2026-11-21T09:00:00Z,     true,  2026-11-21T17:00:00Z
            09:00, 17:00, UTC,           2026-11-21T17:00:00Z,     false, 2026-11-22T09:00:00Z
            22:00, 06:00, UTC,           2026-11-21T23:00:00Z,     true,  2026-11-22T06:00:00Z
            22:00, 06:00, UTC,           2026-11-21T05:59:00Z,     true,  2026-11-21T06:00:00Z
            22:00, 06:00, UTC,           2026-11-21T06:00:00Z,     false, 2026-11-21T22:00:00Z
            22:00, 00:00, UTC,           2026-11-21T23:59:59Z,     true,  2026-11-22T00:00:00Z
            00:00, 06:00, UTC,           2026-11-21T23:59:59Z,     false, 2026-11-22T00:00:00Z
            22:00, 06:00, Europe/Berlin, 2026-11-21T20:59:00Z,     false, 2026-11-21T21:00:00Z
            22:00, 06:00, Asia/Kolkata,  2026-11-21T12:00:00Z,     false, 2026-11-21T16:30:00Z
            22:00, 06:00, Europe/Berlin, 2026-03-28T21:00:00Z,     true,  2026-03-29T04:00:00Z
            22:00, 06:00, Europe/Berlin, 2026-10-24T20:00:00Z,     true,  2026-10-25T05:00:00Z
            02:10, 02:50, Europe/Berlin, 2026-03-29T00:00:00Z,     false, 2026-03-30T00:10:00Z
            02:30, 04:00, Europe/Berlin, 2026-03-29T00:00:00Z,     false, 2026-03-29T01:00:00Z
            01:00, 02:30, Europe/Berlin, 2026-03-29T00:30:00Z,     true,  2026-03-29T01:00:00Z
            02:10, 02:50, Europe/Berlin, 2026-10-25T00:00:00Z,     false, 2026-10-25T00:10:00Z
            02:10, 02:50, Europe/Berlin, 2026-10-25T00:50:00Z,     false, 2026-10-25T01:10:00Z
            02:30, 04:00, Europe/Berlin, 2026-10-25T00:30:00Z,     true,  2026-10-25T01:00:00Z
            02:30, 04:00, Europe/Berlin, 2026-10-25T01:00:00Z,     false, 2026-10-25T01:30:00Z
            03:00, 05:00, Pacific/Apia,  2011-12-30T09:00:00Z,     false, 2011-12-30T13:00:00Z
            """)
    void opensAndClosesByTheClockOnTheWall(
            String from, String to, String zone, Instant now, boolean open, Instant change) {
        WindowHours hours = hours(from, to, zone);
        assertThat(hours.isOpen(now.toEpochMilli())).isEqualTo(open);
        assertThat(now.plusMillis(hours.changesInMillis(now.toEpochMilli()))).isEqualTo(change);
    }

    /** Against a walk from minute to minute with the JDK's own calendar. */
    @Test
    void isWhatAWalkFromMinuteToMinuteFinds() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints generated = new RandomConstraints(random);
        int jumps = 0;
        for (int i = 0; i < 2_000; i++) {
            Constraint.TimeWindow window = generated.window();
            ZoneId zone = ZoneId.of(window.zone());
            Instant now = Instant.parse("2011-01-01T00:00:00Z").plusSeconds(60L * random.nextInt(526_000));
            var jump = zone.getRules().nextTransition(now);
            if (jump != null && random.nextBoolean()) {
                now = jump.getInstant().minusSeconds(60L * random.nextInt(600));
                jumps++;
            }
            Instant change = now;
            while (open(window, change, zone) == open(window, now, zone)) {
                change = change.plusSeconds(60);
            }
            WindowHours hours = new WindowHours(window);
            assertThat(hours.isOpen(now.toEpochMilli())).isEqualTo(open(window, now, zone));
            assertThat(now.plusMillis(hours.changesInMillis(now.toEpochMilli())))
                    .as("%s from %s", window, now)
                    .isEqualTo(change);
        }
        assertThat(jumps).isGreaterThan(300);
    }

    private static boolean open(Constraint.TimeWindow window, Instant at, ZoneId zone) {
        LocalTime time = at.atZone(zone).toLocalTime();
        LocalTime from = LocalTime.of(window.fromMinute() / 60, window.fromMinute() % 60);
        LocalTime to = LocalTime.of(window.toMinute() / 60, window.toMinute() % 60);
        boolean pastMidnight = to.isBefore(from);
        return pastMidnight ? !time.isBefore(from) || time.isBefore(to) : !time.isBefore(from) && time.isBefore(to);
    }
}
