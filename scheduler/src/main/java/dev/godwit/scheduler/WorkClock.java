package dev.godwit.scheduler;

/** Where a scheduler gets the time. Safe for use by many threads. */
public interface WorkClock {
    /** The wall clock, ms since 1970. May be set forward and back at any time; only calendar things follow it. */
    long wallMillis();

    /** Time since the device was started, ms, asleep or not. Never goes back while {@link #bootId()} stays the same. */
    long elapsedMillis();

    /** Names this start of the device; another one means that {@link #elapsedMillis()} began anew. */
    String bootId();
}
