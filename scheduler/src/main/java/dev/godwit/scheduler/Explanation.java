package dev.godwit.scheduler;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Why work is where it is, in one English sentence for people: "waiting for an unmetered network since 14:02; attempt 3 of 8 after
 * that; gives up on Tuesday 24 November 09:00". A pure function of this record, the time and the zone; the device's language plays
 * no part. Begins with {@link #of}, and is told what else there is to say.
 *
 * @param stand where the work is
 * @param sinceMillis since when, by the wall clock
 * @param attempt the attempt that runs, comes next, or was the last one; 0 if there is nothing to say of it
 * @param ofAttempts how many there are at most, 0 for any number
 * @param missing what of its constraint is not met
 * @param nextMillis waiting: not before this, by the wall clock; 0 for at any time
 * @param deadlineMillis when it gives up, by the wall clock; 0 for never
 * @param behindKey the serial key of which other work comes first; empty for none
 * @param needs the works that must end first, in words for people
 * @param host the host that is left in peace for now; null for none
 * @param reason why it is parked or was cancelled, or how the last attempt ended; empty if there is nothing to say
 */
public record Explanation(
        Stand stand,
        long sinceMillis,
        int attempt,
        int ofAttempts,
        Constraint missing,
        long nextMillis,
        long deadlineMillis,
        String behindKey,
        List<String> needs,
        @Nullable SilentHost host,
        String reason) {
    /** Works that are named; of more, the number is told. */
    static final int NAMED = 3;

    /** A reason is cut to this. */
    static final int REASON_CHARS = 200;

    /** Where work can be. */
    public enum Stand {
        /** It runs as soon as what it asks for is there. */
        WAITING,
        /** It runs. */
        RUNNING,
        /** Other work must end first. */
        BLOCKED,
        /** It does not run until somebody says so. */
        PARKED,
        /** It runs when somebody has logged in. */
        NEEDS_LOGIN,
        /** It is done. */
        SUCCEEDED,
        /** Nobody wants it any more. */
        CANCELLED
    }

    /**
     * A host that keeps failing.
     *
     * @param name of the host
     * @param failures in a row
     * @param nextMillis when it is tried again, by the wall clock; 0 if it is being tried
     */
    public record SilentHost(String name, int failures, long nextMillis) {}

    /** Keeps a copy. */
    public Explanation {
        needs = List.copyOf(needs);
    }

    /** Where the work is, and since when by the wall clock. */
    public static Explanation of(Stand stand, long sinceMillis) {
        return new Explanation(stand, sinceMillis, 0, 0, Constraint.NONE, 0, 0, "", List.of(), null, "");
    }

    /** With its attempt, of how many (0 for any number). */
    public Explanation attempt(int number, int of) {
        return with(to -> {
            to.attempt = number;
            to.ofAttempts = of;
        });
    }

    /** With what of its constraint is not met, as {@link Evaluation#missing()} says. */
    public Explanation missing(Constraint unmet) {
        return with(to -> to.missing = unmet);
    }

    /** With the time before which it is not tried. */
    public Explanation notBefore(long wallMillis) {
        return with(to -> to.nextMillis = wallMillis);
    }

    /** With the time at which it gives up. */
    public Explanation givesUp(long wallMillis) {
        return with(to -> to.deadlineMillis = wallMillis);
    }

    /** With the serial key of which other work comes first. */
    public Explanation behind(String key) {
        return with(to -> to.behindKey = key);
    }

    /** With the works that must end first. */
    public Explanation needing(List<String> works) {
        return with(to -> to.needs = works);
    }

    /** With the host that is left in peace for now. */
    public Explanation host(SilentHost silent) {
        return with(to -> to.host = silent);
    }

    /** With a reason. */
    public Explanation because(String why) {
        return with(to -> to.reason = why);
    }

    /** The components of another explanation, for some of them to be changed. */
    private final class Draft {
        int attempt = Explanation.this.attempt;
        int ofAttempts = Explanation.this.ofAttempts;
        Constraint missing = Explanation.this.missing;
        long nextMillis = Explanation.this.nextMillis;
        long deadlineMillis = Explanation.this.deadlineMillis;
        String behindKey = Explanation.this.behindKey;
        List<String> needs = Explanation.this.needs;

        @Nullable
        SilentHost host = Explanation.this.host;

        String reason = Explanation.this.reason;
    }

    private Explanation with(Consumer<Draft> change) {
        Draft to = new Draft();
        change.accept(to);
        return new Explanation(
                stand,
                sinceMillis,
                to.attempt,
                to.ofAttempts,
                to.missing,
                to.nextMillis,
                to.deadlineMillis,
                to.behindKey,
                to.needs,
                to.host,
                to.reason);
    }

    /**
     * The sentence, without a capital and without a full stop.
     *
     * @param zone of whoever reads it
     */
    public String sentence(long nowMillis, ZoneId zone) {
        Words words = new Words(Instant.ofEpochMilli(nowMillis).atZone(zone));
        String since = " since " + words.time(sinceMillis);
        List<String> parts = new ArrayList<>();
        switch (stand) {
            case WAITING -> waiting(parts, since, words, nowMillis);
            case RUNNING -> {
                parts.add("running" + since);
                addAttempt(parts, "");
            }
            case BLOCKED -> {
                parts.add("waiting" + since + " for other work to end first" + named());
                addAttempt(parts, " after that");
            }
            case PARKED -> parts.add("parked" + since + after() + why() + "; runs again when it is retried");
            case NEEDS_LOGIN -> parts.add("waiting for a login" + since + why());
            case SUCCEEDED ->
                parts.add("succeeded " + words.at(sinceMillis) + (attempt > 1 ? " in attempt " + attempt : ""));
            case CANCELLED -> parts.add("cancelled " + words.at(sinceMillis) + why());
            default -> throw new IllegalStateException("no words for " + stand);
        }
        boolean open = stand != Stand.SUCCEEDED && stand != Stand.CANCELLED && stand != Stand.PARKED;
        if (open && deadlineMillis > 0) {
            parts.add(deadlineMillis <= nowMillis ? "gives up now" : "gives up " + words.at(deadlineMillis));
        }
        return String.join("; ", parts);
    }

    private void waiting(List<String> parts, String since, Words words, long nowMillis) {
        boolean later = nextMillis > nowMillis;
        boolean asks = !missing.equals(Constraint.NONE);
        String behind = behindKey.isEmpty() ? "" : "behind other work of the key \"" + behindKey + "\"";
        SilentHost silent = host;
        if (silent != null) {
            parts.add(words.silent(silent));
        }
        if (asks) {
            parts.add("waiting for " + missing.readable() + since);
            if (!behind.isEmpty()) {
                parts.add("it is " + behind);
            }
        } else if (!behind.isEmpty()) {
            parts.add("waiting" + since + " " + behind);
        } else if (later) {
            parts.add("waiting" + since + " until " + words.time(nextMillis));
        } else if (silent == null) {
            parts.add("ready to run" + since);
        }
        boolean waitsForMore = asks || !behind.isEmpty() || silent != null;
        addAttempt(parts, waitsForMore || later ? " after that" : " comes next");
        if (later && waitsForMore) {
            parts.add("not before " + words.time(nextMillis));
        }
        if (!reason.isEmpty()) {
            parts.add("the last attempt ended" + why());
        }
    }

    private void addAttempt(List<String> parts, String when) {
        if (attempt > 0) {
            parts.add("attempt " + attempt + (ofAttempts > 0 ? " of " + ofAttempts : "") + when);
        }
    }

    private String after() {
        if (attempt <= 0) {
            return "";
        }
        return " after " + (ofAttempts > 0 ? attempt + " of " + ofAttempts : attempt)
                + (Math.max(attempt, ofAttempts) == 1 ? " attempt" : " attempts");
    }

    private String why() {
        String line = reason.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
        if (line.isEmpty()) {
            return "";
        }
        boolean half = line.length() > REASON_CHARS && Character.isHighSurrogate(line.charAt(REASON_CHARS - 1));
        return ": " + (line.length() > REASON_CHARS ? line.substring(0, REASON_CHARS - (half ? 1 : 0)) + "…" : line);
    }

    private String named() {
        if (needs.isEmpty()) {
            return "";
        }
        List<String> names = new ArrayList<>(needs.subList(0, Math.min(NAMED, needs.size())));
        String last = needs.size() > NAMED ? needs.size() - NAMED + " more" : names.remove(names.size() - 1);
        return ": " + (names.isEmpty() ? last : String.join(", ", names) + " and " + last);
    }

    /** Times as people say them, with only as much of the date as differs from today's. */
    private record Words(ZonedDateTime now) {
        String time(long wallMillis) {
            ZonedDateTime time = Instant.ofEpochMilli(wallMillis).atZone(now.getZone());
            String clock = ConstraintText.two(time.getHour()) + ":" + ConstraintText.two(time.getMinute());
            if (time.toLocalDate().equals(now.toLocalDate())) {
                return clock;
            }
            String year = time.getYear() == now.getYear() ? "" : " " + time.getYear();
            return name(time.getDayOfWeek()) + " " + time.getDayOfMonth() + " " + name(time.getMonth()) + year + " "
                    + clock;
        }

        String silent(SilentHost host) {
            String failed = host.failures() == 1 ? "failed" : "failed " + host.failures() + " times";
            boolean later = host.nextMillis() > now.toInstant().toEpochMilli();
            return "waiting for " + host.name() + ", which " + failed + "; "
                    + (later ? "next try " + at(host.nextMillis()) : "another work tries it");
        }

        String at(long wallMillis) {
            String time = time(wallMillis);
            return (Character.isDigit(time.charAt(0)) ? "at " : "on ") + time;
        }

        private static String name(DayOfWeek day) {
            return capitalised(day.name());
        }

        private static String name(Month month) {
            return capitalised(month.name());
        }

        private static String capitalised(String name) {
            StringBuilder word = new StringBuilder(name.substring(0, 1));
            for (char letter : name.substring(1).toCharArray()) {
                word.append((char) (letter - 'A' + 'a'));
            }
            return word.toString();
        }
    }
}
