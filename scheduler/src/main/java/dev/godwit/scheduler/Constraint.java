package dev.godwit.scheduler;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * What work asks of the device before it runs. A value: made by the static methods below, kept in the store as
 * {@link #encode() text}, shown to people in {@link #readable() words}, decided by {@link Evaluation}.
 *
 * <p>Every constraint that exists is valid and bounded: at most {@value #MAX_DEPTH} levels deep and {@value #MAX_CHARS}
 * characters of text; what is not, throws {@link IllegalArgumentException} where it is made.
 */
public sealed interface Constraint extends Combining {
    /** Levels of a constraint, a leaf being one. */
    int MAX_DEPTH = 16;

    /** Characters of a constraint's text. */
    int MAX_CHARS = 2_000;

    /** Characters of the name of a condition of the application's own. */
    int MAX_NAME_CHARS = 64;

    /** Nothing. */
    Constraint NONE = new AllOf(List.of());

    /** Any network. */
    static Constraint connected() {
        return new Holds(Fact.CONNECTED);
    }

    /** A network whose use is not counted. */
    static Constraint unmetered() {
        return new Holds(Fact.UNMETERED);
    }

    /** A network whose use is counted. */
    static Constraint metered() {
        return allOf(connected(), new Not(unmetered()));
    }

    /** A network that is not a foreign operator's. */
    static Constraint notRoaming() {
        return new Holds(Fact.NOT_ROAMING);
    }

    /** A network that reaches the Internet. */
    static Constraint validated() {
        return new Holds(Fact.VALIDATED);
    }

    /** External power. */
    static Constraint charging() {
        return new Holds(Fact.CHARGING);
    }

    /** A battery that is not nearly empty. */
    static Constraint batteryNotLow() {
        return new Holds(Fact.BATTERY_NOT_LOW);
    }

    /** Nobody uses the device. */
    static Constraint idle() {
        return new Holds(Fact.IDLE);
    }

    /** There is space on the disk that holds the data. */
    static Constraint storageNotLow() {
        return new Holds(Fact.STORAGE_NOT_LOW);
    }

    /** At least so many bytes are free on the disk that holds the data. */
    static Constraint freeBytes(long bytes) {
        return new FreeBytes(bytes);
    }

    /** A condition of the application's own. */
    static Constraint custom(String name) {
        return new Custom(name);
    }

    /**
     * A host is not one that keeps failing: see {@link CircuitBreaker}. {@link WorkRequest#withHost} adds it.
     *
     * @param name with its port, if that is not the usual one
     */
    static Constraint host(String name) {
        return new Host(name);
    }

    /**
     * The hours of each day from one time to another, for example {@code window("22:00", "06:00", zone)}.
     *
     * @param from the first minute in it, as {@code HH:mm}
     * @param to the first minute after it; before {@code from}, if the window goes past midnight
     */
    static Constraint window(String from, String to, ZoneId zone) {
        return new TimeWindow(minute(from), minute(to), zone.getId());
    }

    private static int minute(String time) {
        try {
            LocalTime local = LocalTime.parse(time);
            if (local.getSecond() == 0 && local.getNano() == 0) {
                return local.getHour() * 60 + local.getMinute();
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("the time \"" + time + "\" is not HH:mm, as 22:00", e);
        }
        throw new IllegalArgumentException("the time \"" + time + "\" has seconds; a window is of whole minutes");
    }

    /** All of them; nothing, if there is none. */
    static Constraint allOf(Constraint... parts) {
        return new AllOf(List.of(parts));
    }

    /** One of them. */
    static Constraint anyOf(Constraint... parts) {
        return new AnyOf(List.of(parts));
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the place
     */
    static Constraint parse(String text) {
        return new ConstraintText(text).parse();
    }

    /** The answer of the case that this constraint is. */
    <T> T match(Cases<T> cases);

    /** One answer for each kind of constraint. */
    interface Cases<T> {
        /** For a fact. */
        T holds(Fact fact);

        /** For free space. */
        T freeBytes(long bytes);

        /** For hours of the day. */
        T window(TimeWindow window);

        /** For a condition of the application's own. */
        T custom(String name);

        /** For a host. */
        T host(String name);

        /** For all of some. */
        T allOf(List<Constraint> parts);

        /** For one of some. */
        T anyOf(List<Constraint> parts);

        /** For the opposite of one. */
        T not(Constraint part);

        /** For one that relaxes with age. */
        T soft(Constraint part, long relaxAfterMillis);
    }

    /** A fact holds. Those of a network hold only where there is one. */
    record Holds(Fact fact) implements Constraint {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.holds(fact);
        }
    }

    /** There are at least so many free bytes on the disk that holds the data. */
    record FreeBytes(long bytes) implements Constraint {
        /** Checks. */
        public FreeBytes {
            ConstraintText.require(bytes > 0, "free bytes > 0", bytes);
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.freeBytes(bytes);
        }
    }

    /**
     * It is between two times of the day, by the wall clock on the wall of its zone; the window may go past midnight. Where
     * summer time skips an hour, a window within that hour does not open on that day; where it repeats one, a window within it
     * opens twice.
     *
     * @param fromMinute the first minute of the day in it, 0 to 1439
     * @param toMinute the first minute of the day after it
     * @param zone as in {@code java.time.ZoneId}
     */
    record TimeWindow(int fromMinute, int toMinute, String zone) implements Constraint {
        /** Checks. */
        public TimeWindow {
            ConstraintText.require(
                    0 <= fromMinute && fromMinute < 1440, "0 <= first minute of a window < 1440", fromMinute);
            ConstraintText.require(0 <= toMinute && toMinute < 1440, "0 <= last minute of a window < 1440", toMinute);
            ConstraintText.require(
                    fromMinute != toMinute, "a window of some minutes, not from and to the same", toMinute);
            try {
                ZoneId.of(zone);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("the time zone \"" + zone + "\" of a window is not known", e);
            }
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.window(this);
        }
    }

    /** A condition of the application's own holds. A name is of letters, digits, {@code . _ - : /} and single blanks within. */
    record Custom(String name) implements Constraint {
        /** Checks. */
        public Custom {
            ConstraintText.requireName(name);
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.custom(name);
        }
    }

    /** A host does not keep failing. A name is of letters, digits and {@code . _ - : [ ]}. */
    record Host(String name) implements Constraint {
        /** Checks. */
        public Host {
            ConstraintText.requireHost(name);
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.host(name);
        }
    }

    /** All of them hold; true if there is none. */
    record AllOf(List<Constraint> parts) implements Constraint {
        /** Keeps a copy. */
        public AllOf {
            parts = List.copyOf(parts);
            ConstraintText.requireBounds(parts, "all()".length() + Math.max(0, parts.size() - 1));
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.allOf(parts);
        }
    }

    /** One of them holds. */
    record AnyOf(List<Constraint> parts) implements Constraint {
        /** Keeps a copy. */
        public AnyOf {
            parts = List.copyOf(parts);
            ConstraintText.require(!parts.isEmpty(), "one of at least one constraint, or it never holds", parts);
            ConstraintText.requireBounds(parts, "any()".length() + parts.size() - 1);
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.anyOf(parts);
        }
    }

    /** It does not hold. */
    record Not(Constraint part) implements Constraint {
        /** Checks. */
        public Not {
            ConstraintText.require(
                    !ConstraintText.isSoft(part), "the opposite of a constraint without a soft one", part);
            ConstraintText.requireBounds(List.of(part), "not()".length());
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.not(part);
        }
    }

    /**
     * It holds, or the work has waited for so long.
     *
     * @param relaxAfterMillis counted from when the work could first have run
     */
    record Soft(Constraint part, long relaxAfterMillis) implements Constraint {
        /** Checks. */
        public Soft {
            ConstraintText.require(
                    relaxAfterMillis > 0, "milliseconds after which a constraint relaxes > 0", relaxAfterMillis);
            ConstraintText.requireBounds(List.of(part), ("soft(,)" + relaxAfterMillis).length());
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.soft(part, relaxAfterMillis);
        }
    }
}
