package dev.godwit.scheduler;

import java.util.List;

/** What work asks of the device before it runs. */
public sealed interface Constraint {
    /** Nothing. */
    Constraint NONE = new AllOf(List.of());

    /** A fact holds. */
    record Holds(Fact fact) implements Constraint {}

    /** There are at least so many free bytes on the disk that holds the data. */
    record FreeBytes(long bytes) implements Constraint {}

    /**
     * It is between two times of the day, by the wall clock; the window may go past midnight.
     *
     * @param zone as in {@code java.time.ZoneId}
     */
    record TimeWindow(int fromMinute, int toMinute, String zone) implements Constraint {}

    /** A condition of the application's own holds. */
    record Custom(String name) implements Constraint {}

    /** All of them hold; true if there is none. */
    record AllOf(List<Constraint> parts) implements Constraint {
        /** Keeps a copy. */
        public AllOf {
            parts = List.copyOf(parts);
        }
    }

    /** One of them holds. */
    record AnyOf(List<Constraint> parts) implements Constraint {
        /** Keeps a copy. */
        public AnyOf {
            parts = List.copyOf(parts);
        }
    }

    /** It does not hold. */
    record Not(Constraint part) implements Constraint {}

    /** It holds, or the work has waited for so long. */
    record Soft(Constraint part, long relaxAfterMillis) implements Constraint {}
}
