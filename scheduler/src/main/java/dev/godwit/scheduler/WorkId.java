package dev.godwit.scheduler;

import java.util.Locale;

/** The number of a work; later works have larger ones. Its text is {@code w} and the number to the base 36. */
public record WorkId(long value) implements Comparable<WorkId> {
    private static final int BASE = 36;

    /** Checks the number. */
    public WorkId {
        if (value <= 0) {
            throw new IllegalArgumentException("a work's number is above 0: " + value);
        }
    }

    /**
     * The work of a text.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static WorkId parse(String text) {
        try {
            if (text.startsWith("w")) {
                return new WorkId(Long.parseLong(text.substring(1).toLowerCase(Locale.ROOT), BASE));
            }
        } catch (NumberFormatException no) {
            throw new IllegalArgumentException("no work id: '" + text + "'; one looks like w1k9x3abc2d", no);
        }
        throw new IllegalArgumentException("no work id: '" + text + "'; one looks like w1k9x3abc2d");
    }

    @Override
    public int compareTo(WorkId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "w" + Long.toString(value, BASE);
    }
}
