package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weeks of a device from seeds, held against a model: flapping conditions, a clock that is set, sleep, kills, reboots, and requests
 * of every kind. {@code -Dweeks=400} lives longer, {@code -Dseed=…} begins elsewhere.
 */
class SimulatedWeeksTest {
    @TempDir
    Path folder;

    @Test
    void everyWorkEndsOrWaitsWithAReasonAndEveryPromiseHolds() {
        int weeks = Integer.getInteger("weeks", 2);
        long first = Long.getLong("seed", 1);
        Map<String, Integer> reached = new TreeMap<>();
        long wakeUps = 0;
        long requests = 0;
        long radio = 0;
        long eager = 0;
        int times = 0;
        int eagerTimes = 0;
        int writes = 0;
        int syncs = 0;
        for (long seed = first; seed < first + weeks; seed++) {
            Week week = new Week(folder.resolve("week" + seed + ".db"), seed);
            try {
                week.live();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            week.model.reached.forEach((what, count) -> reached.merge(what, count, Integer::sum));
            wakeUps += week.wakeUps;
            requests += week.requests;
            radio += week.radio.millis;
            eager += week.eager.millis;
            times += week.radio.times;
            writes += week.writes;
            syncs += week.syncs;
            eagerTimes += week.eager.times;
        }
        System.out.println(weeks + " weeks from seed " + first + ": " + reached);
        long days = 7L * weeks;
        System.out.println(
                "a day: " + requests / days + " requests, " + wakeUps / days + " wake-ups of the scheduler's own");
        System.out.println(
                "for " + writes / days + " writes a day: " + syncs / days + " runs, the radio on " + times / days
                        + " times for " + radio / days / 1_000 + " s; with a wake-up for each write: "
                        + eagerTimes / days + " times for "
                        + eager / days / 1_000 + " s, and nothing retried");
        if (weeks < 2) {
            return; // one week does not have everything
        }
        assertThat(reached.keySet())
                .contains("NEW", "KEPT", "COALESCED", "kill", "reboot", "restart", "sleep", "jump")
                .contains("RETRIED", "DEFERRED", "STOPPED", "PARKED", "REQUEUED", "CANCELLED", "REPEATED", "UNBLOCKED")
                .contains("stop CONSTRAINT_LOST");
    }
}
