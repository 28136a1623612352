package dev.godwit.bench;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the result: what was measured, beside its physical limit from the same run.
 *
 * @param unit of both, for instance {@code s}
 * @param physical the physical limit, or null if there is none to compare with
 * @param figure what is held against {@code atMost}: a ratio, bytes, requests
 * @param atMost the figure that was asked for, or NaN if none was
 */
record Figure(
        String name, String unit, Samples ours, @Nullable Samples physical, double figure, double atMost) {

    /** A time, held against the time that the physical limit takes. */
    static Figure ratio(String name, Samples ours, Samples physical, double atMost) {
        return new Figure(name, "s", ours, physical, ours.median() / physical.median(), atMost);
    }

    /** An amount that is held against a limit itself. */
    static Figure amount(String name, String unit, double ours, @Nullable Samples physical, double atMost) {
        return new Figure(name, unit, Samples.of(ours), physical, ours, atMost);
    }

    /** An amount that was measured in several rounds, held against a limit itself. */
    static Figure amount(String name, String unit, Samples ours, @Nullable Samples physical, double atMost) {
        return new Figure(name, unit, ours, physical, ours.median(), atMost);
    }

    boolean holds() {
        return Double.isNaN(atMost) || figure <= atMost;
    }

    /** Fills a row of a listing. */
    void fill(Map<String, @Nullable Object> row) {
        row.put("measure", name);
        row.put("unit", unit);
        row.put("ours", number(ours.median()));
        row.put("spread", ours.values().size() == 1 ? "" : number(ours.least()) + " to " + number(ours.most()));
        row.put("physical", physical == null ? "" : number(physical.median()));
        row.put("figure", number(figure));
        row.put("at most", Double.isNaN(atMost) ? "" : number(atMost));
        row.put("holds", Double.isNaN(atMost) ? "" : holds() ? "yes" : "MISSED");
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e12) {
            return Long.toString((long) value);
        }
        return String.format(Locale.ROOT, value < 1 ? "%.3f" : "%.2f", value);
    }
}
