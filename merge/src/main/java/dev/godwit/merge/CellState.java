package dev.godwit.merge;

import dev.godwit.model.Stamp;
import java.util.Objects;

/**
 * What the server remembers of one cell beside its value.
 *
 * @param commit the commit number of its last change, in its row's scope
 * @param stamp the stamp of that change; its writer made the change
 * @param other the commit number of the last change by anyone else than that writer; 0 if there was none
 */
public record CellState(long commit, Stamp stamp, long other) {
    /** Checks the components. */
    public CellState {
        Objects.requireNonNull(stamp, "stamp");
        if (commit < 0 || other < 0) {
            throw new IllegalArgumentException("commit " + commit + ", other " + other + ": neither may be negative");
        }
    }

    /** The commit number of the last change by anyone else than this writer; 0 if there was none. */
    public long lastByOther(Seen seen) {
        return seen.isOwn(commit, stamp.writer()) ? other : commit;
    }

    /**
     * Whether a write is concurrent with the cell (H1): another device changed the cell above the write's base. That the
     * cell's last writer is the device itself says nothing: what it overwrote there it may never have seen.
     */
    public boolean isConcurrent(Seen seen) {
        return lastByOther(seen) > seen.base();
    }

    /** The state after a change by this stamp's writer, who had seen this. */
    public CellState changed(long newCommit, Stamp newStamp, Seen seen) {
        return new CellState(newCommit, newStamp, lastByOther(seen));
    }
}
