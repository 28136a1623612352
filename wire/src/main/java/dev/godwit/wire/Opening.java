package dev.godwit.wire;

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
 */
public record Opening(long requestId, UUID timeline, long serverMillis, long rowsToCome) implements Frame {
    /** Checks the components. */
    public Opening {
        Objects.requireNonNull(timeline, "timeline");
        if (rowsToCome < 0) {
            throw new IllegalArgumentException("rowsToCome < 0: " + rowsToCome);
        }
    }
}
