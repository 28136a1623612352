package dev.godwit.client;

import dev.godwit.model.Limits;
import java.util.UUID;

/** What the engine needs to know of the machine it runs on. Safe for use by many threads. */
public interface Device {
    /** The wall clock, in milliseconds since 1970. Nothing of anybody else's depends on its being right. */
    long wallMillis();

    /** A clock that only goes forward, in milliseconds since some point of this {@link #bootId()}. */
    long elapsedMillis();

    /**
     * Names the stretch of time in which readings of {@link #elapsedMillis()} can be compared. A name of more than
     * {@link Limits#NAME_CHARS} characters counts as none.
     */
    String bootId();

    /** A random id, from a source that two devices never share. */
    UUID randomId();

    /** A random number below {@code bound}, for backoff. */
    long randomBelow(long bound);
}
