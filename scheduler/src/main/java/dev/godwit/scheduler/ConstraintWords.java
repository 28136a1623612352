package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;

/**
 * Constraints in English, as the object of "waiting for". Opposites are resolved into the leaves first, so that nobody reads
 * "not both". Two levels go without brackets, "a, and b or c"; deeper ones have them.
 */
final class ConstraintWords implements Constraint.Cases<String> {
    private static final Constraint METERED = Constraint.metered();
    private static final long[] SPANS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
    private static final String[] SPAN_NAMES = {"day", "hour", "minute", "second", "millisecond"};

    private final boolean opposite;
    private final int level;

    private ConstraintWords(boolean opposite, int level) {
        this.opposite = opposite;
        this.level = level;
    }

    static String of(Constraint constraint) {
        return constraint.match(new ConstraintWords(false, 0));
    }

    @Override
    public String holds(Fact fact) {
        return opposite ? withoutFact(fact) : withFact(fact);
    }

    private static String withFact(Fact fact) {
        return switch (fact) {
            case CONNECTED -> "a network";
            case UNMETERED -> "an unmetered network";
            case NOT_ROAMING -> "a network without roaming";
            case VALIDATED -> "a network that reaches the Internet";
            case CHARGING -> "charging";
            case BATTERY_NOT_LOW -> "a battery that is not low";
            case IDLE -> "an idle device";
            case STORAGE_NOT_LOW -> "enough free storage";
        };
    }

    private static String withoutFact(Fact fact) {
        return switch (fact) {
            case CONNECTED -> "no network";
            case UNMETERED -> "no unmetered network";
            case NOT_ROAMING -> "no network without roaming";
            case VALIDATED -> "no network that reaches the Internet";
            case CHARGING -> "not charging";
            case BATTERY_NOT_LOW -> "a low battery";
            case IDLE -> "a device in use";
            case STORAGE_NOT_LOW -> "low storage";
        };
    }

    @Override
    public String freeBytes(long bytes) {
        return (opposite ? "less than " : "at least ") + size(bytes) + " free";
    }

    @Override
    public String window(Constraint.TimeWindow window) {
        return (opposite ? "the hours outside " : "the hours ") + ConstraintText.time(window.fromMinute()) + "-"
                + ConstraintText.time(window.toMinute()) + " (" + window.zone() + ")";
    }

    @Override
    public String custom(String name) {
        return (opposite ? "not " : "") + "\"" + name + "\"";
    }

    @Override
    public String host(String name) {
        return (opposite ? "no answer of " : "an answer of ") + name;
    }

    @Override
    public String allOf(List<Constraint> parts) {
        if (!opposite && new Constraint.AllOf(parts).equals(METERED)) {
            return "a metered network";
        }
        return joined(parts, opposite ? "or" : "and");
    }

    @Override
    public String anyOf(List<Constraint> parts) {
        return joined(parts, opposite ? "and" : "or");
    }

    @Override
    public String not(Constraint part) {
        return part.match(new ConstraintWords(!opposite, level));
    }

    @Override
    public String soft(Constraint part, long relaxAfterMillis) {
        return part.match(new ConstraintWords(opposite, 2)) + " (for at most " + span(relaxAfterMillis) + ")";
    }

    private String joined(List<Constraint> parts, String word) {
        if (parts.isEmpty()) {
            return opposite ? "what never is" : "nothing";
        }
        if (parts.size() == 1) {
            return parts.get(0).match(this);
        }
        boolean flat = parts.stream().allMatch(part -> isLeaf(part, opposite));
        List<String> words = new ArrayList<>();
        for (Constraint part : parts) {
            words.add(part.match(new ConstraintWords(opposite, flat ? level : level + 1)));
        }
        String last = words.remove(words.size() - 1);
        String joined;
        if (!flat && level == 0) {
            joined = String.join(", " + word + " ", words) + ", " + word + " " + last;
        } else if (level == 0) {
            joined = String.join(", ", words) + " " + word + " " + last;
        } else {
            joined = String.join(" " + word + " ", words) + " " + word + " " + last;
        }
        return level > 1 ? "(" + joined + ")" : joined;
    }

    private static boolean isLeaf(Constraint constraint, boolean opposite) {
        if (constraint instanceof Constraint.Not not) {
            return isLeaf(not.part(), !opposite);
        }
        boolean list = constraint instanceof Constraint.AllOf || constraint instanceof Constraint.AnyOf;
        return !list || (!opposite && constraint.equals(METERED));
    }

    /** A number of bytes with the largest unit that shows it well: "500 MB", "1.5 GB", "64 MiB". */
    static String size(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
        String[] binary = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        if (bytes % 1_000 != 0 && bytes % 1_024 == 0) {
            int unit = Long.numberOfTrailingZeros(bytes) / 10;
            return (bytes >> (10 * unit)) + " " + binary[unit];
        }
        int unit = 0;
        long one = 1;
        while (bytes / one >= 1_000) {
            one *= 1_000;
            unit++;
        }
        long tenths = one == 1 ? 0 : bytes % one / (one / 10);
        return bytes / one + (tenths == 0 ? "" : "." + tenths) + " " + units[unit];
    }

    /** A length of time in its two largest units: "6 hours", "1 day 3 hours", "90 seconds" as "1 minute 30 seconds". */
    static String span(long millis) {
        for (int i = 0; i < SPANS.length; i++) {
            if (millis >= SPANS[i]) {
                String first = count(millis / SPANS[i], SPAN_NAMES[i]);
                long rest = i == SPANS.length - 1 ? 0 : millis % SPANS[i] / SPANS[i + 1];
                return rest == 0 ? first : first + " " + count(rest, SPAN_NAMES[i + 1]);
            }
        }
        return "no time";
    }

    private static String count(long number, String name) {
        return number + " " + name + (number == 1 ? "" : "s");
    }
}
