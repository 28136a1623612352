package dev.godwit.model;

import java.util.Objects;
import java.util.UUID;

/**
 * How far a device has everything of one scope.
 *
 * @param timeline the server's timeline that numbered the commit (H5): another one begins whenever the server's
 *     database may have been replaced by an older copy
 * @param commit the commit number; 0 before the first
 */
public record Checkpoint(UUID timeline, long commit) {

    private static final UUID NO_TIMELINE = new UUID(0, 0);

    /** Nothing received yet. */
    public static final Checkpoint NONE = new Checkpoint(NO_TIMELINE, 0);

    /** Checks the components. */
    public Checkpoint {
        Objects.requireNonNull(timeline, "timeline");
        if (commit < 0) {
            throw new IllegalArgumentException("commit < 0: " + commit);
        }
    }

    /** True if nothing of the scope was received yet. */
    public boolean isNone() {
        return commit == 0 && timeline.equals(NO_TIMELINE);
    }
}
