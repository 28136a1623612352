package dev.godwit.merge;

import dev.godwit.model.Stamp;
import java.util.function.LongUnaryOperator;

/**
 * Which write something comes from.
 *
 * @param commit its commit number; 0 if everybody has seen it
 * @param stamp its stamp
 */
record Origin(long commit, Stamp stamp) {
    /** Seen by everybody, and below every other. */
    static final Origin SEEN = new Origin(0, Stamp.ZERO);

    /** Above all that is there. */
    static final Origin PENDING = new Origin(Long.MAX_VALUE, new Stamp(-1, Long.MAX_VALUE));

    boolean isSeenBy(Seen seen) {
        return commit == 0 || seen.has(commit, stamp.writer());
    }

    Origin renumbered(LongUnaryOperator numbers) {
        return commit == 0 ? this : new Origin(numbers.applyAsLong(commit), stamp);
    }

    boolean isBelow(Origin other) {
        return stamp.compareTo(other.stamp) < 0;
    }

    static Origin later(Origin one, Origin other) {
        return one.isBelow(other) ? other : one;
    }
}
