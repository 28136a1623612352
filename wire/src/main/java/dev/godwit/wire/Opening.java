package dev.godwit.wire;

import dev.godwit.model.Pace;
import java.util.Objects;
import java.util.UUID;

/**
 * The first frame of an answer.
 *
 * @param requestId that of the request
 * @param timeline the server's present timeline (H5)
 * @param serverMillis the server's clock, milliseconds since 1970
 * @param rowsToCome about how many rows the device lacks, over all its scopes; for progress and for the check of the
 *     disk
 * @param pace how often the server wants the device to sync by itself, and how much at a time
 */
public record Opening(long requestId, UUID timeline, long serverMillis, long rowsToCome, Pace pace) implements Frame {
    /** Of a server that leaves the pace to the device. */
    public Opening(long requestId, UUID timeline, long serverMillis, long rowsToCome) {
        this(requestId, timeline, serverMillis, rowsToCome, Pace.NONE);
    }

    /** Checks the components. */
    public Opening {
        Objects.requireNonNull(timeline, "timeline");
        Objects.requireNonNull(pace, "pace");
        if (rowsToCome < 0) {
            throw new IllegalArgumentException("rowsToCome < 0: " + rowsToCome);
        }
    }
}
