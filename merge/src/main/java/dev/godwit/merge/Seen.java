package dev.godwit.merge;

import java.util.List;

/**
 * What the writer of a change had seen: everything up to a commit number, and what it had written itself, also as another device
 * before (H2): a copy of a device goes on under a number of its own, and has the original's writes up to some commit number.
 *
 * @param writer the writer's number
 * @param base the commit number up to which it had seen everything; {@link Attempt#UNKNOWN} if nobody knows
 * @param formers whose writes are its own, too
 */
public record Seen(long writer, long base, List<Former> formers) {
    /**
     * A device of which the writer is a copy.
     *
     * @param writer the number of that device
     * @param upTo the commit number up to which its writes are the copy's as well
     */
    public record Former(long writer, long upTo) {}

    /** Checks the components. */
    public Seen {
        formers = List.copyOf(formers);
    }

    /** What a writer had seen that is nobody's copy. */
    public static Seen of(long writer, long base) {
        return new Seen(writer, base, List.of());
    }

    /** The same of a writer who had seen everything up to another commit number. */
    public Seen withBase(long other) {
        return new Seen(writer, other, formers);
    }

    /** Whether a change under this commit number is the writer's own. */
    public boolean isOwn(long commit, long by) {
        if (by == writer) {
            return true;
        }
        for (Former former : formers) {
            if (former.writer() == by && commit <= former.upTo()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the writer had seen a change of somebody's under this commit number. */
    public boolean has(long commit, long by) {
        return commit <= base || isOwn(commit, by);
    }
}
