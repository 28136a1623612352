package dev.godwit.model;

/**
 * Hybrid logical time of a write: 48 bits of milliseconds since 1970, 16 bits of counter, the device as tie-break
 * (Kulkarni and others, "Logical Physical Clocks", 2014). Decides only between concurrent last-writer-wins writes.
 *
 * @param time milliseconds in the upper 48 bits, the counter in the lower 16
 * @param writer the server's number of the device that wrote; 0 is the server itself
 */
public record Stamp(long time, long writer) implements Comparable<Stamp> {

    /** Before every other stamp. */
    public static final Stamp ZERO = new Stamp(0, 0);

    /** The packed time of a wall-clock reading, with a counter of zero. */
    public static long ofMillis(long unixMillis) {
        return Math.max(0, unixMillis) << 16;
    }

    /** The milliseconds within a packed time. */
    public static long millis(long time) {
        return time >>> 16;
    }

    /** The counter within a packed time. */
    public static long counter(long time) {
        return time & 0xffff;
    }

    /** The packed time of 48 bits of milliseconds and a counter below 65,536. */
    public static long time(long millis, long counter) {
        return millis << 16 | counter;
    }

    @Override
    public int compareTo(Stamp other) {
        int byTime = Long.compareUnsigned(time, other.time);
        return byTime != 0 ? byTime : Long.compare(writer, other.writer);
    }
}
