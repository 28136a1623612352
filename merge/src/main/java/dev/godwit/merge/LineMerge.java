package dev.godwit.merge;

import dev.godwit.merge.LineDiff.Hunk;
import dev.godwit.model.Value;
import java.util.List;

/**
 * Merges two texts by lines, each against the base (Khanna, Kunal and Pierce, "A formal investigation of diff3", 2007). Unlike
 * theirs, changes of neighbouring lines are no clash as long as no line was changed on both sides and nothing was inserted at
 * one place on both; where diff3 finds a clash the same on both sides, there is none.
 */
final class LineMerge {
    private final List<String> base;
    private final Side ours;
    private final Side theirs;
    private final StringBuilder out = new StringBuilder();
    private boolean clean = true;
    private int at;

    /** One side's text, and how far its hunks were looked at. */
    private static final class Side {
        final List<String> lines;
        final List<Hunk> hunks;
        int next;

        Side(List<String> base, String text) {
            lines = LineDiff.lines(text);
            hunks = LineDiff.between(base, lines);
        }

        boolean hasNext() {
            return next < hunks.size();
        }

        int nextFrom() {
            return hasNext() ? hunks.get(next).from() : Integer.MAX_VALUE;
        }

        /** Whether the next hunk comes before the other side's; an insertion comes before a change at the same place. */
        boolean isBefore(Side other) {
            boolean shorter = hasNext()
                    && other.hasNext()
                    && hunks.get(next).to() <= other.hunks.get(other.next).to();
            return nextFrom() < other.nextFrom() || (nextFrom() == other.nextFrom() && shorter);
        }

        /** The lines that stand for some of the base, in which the hunks from one place on are. */
        List<String> between(int from, int to, int first) {
            int shiftBefore = first == 0
                    ? 0
                    : hunks.get(first - 1).newTo() - hunks.get(first - 1).to();
            int shiftAfter = next == 0
                    ? 0
                    : hunks.get(next - 1).newTo() - hunks.get(next - 1).to();
            return lines.subList(from + shiftBefore, to + shiftAfter);
        }
    }

    private LineMerge(String base, String ours, String theirs) {
        this.base = LineDiff.lines(base);
        this.ours = new Side(this.base, ours);
        this.theirs = new Side(this.base, theirs);
    }

    static ThreeWayMerge.Result merge(String base, String ours, String theirs) {
        LineMerge merge = new LineMerge(base, ours, theirs);
        while (merge.ours.hasNext() || merge.theirs.hasNext()) {
            merge.chunk();
        }
        merge.unchanged(merge.base.size());
        return new ThreeWayMerge.Result(Value.of(merge.out.toString()), merge.clean);
    }

    /** Takes the next hunk, and all that overlap with it, one by one. */
    private void chunk() {
        int oursFirst = ours.next;
        int theirsFirst = theirs.next;
        int from = Math.min(ours.nextFrom(), theirs.nextFrom());
        unchanged(from);
        int to = take(ours.isBefore(theirs) ? ours : theirs);
        while (true) {
            if (reaches(ours, theirs, theirsFirst, to)) {
                to = Math.max(to, take(ours));
            } else if (reaches(theirs, ours, oursFirst, to)) {
                to = Math.max(to, take(theirs));
            } else {
                break;
            }
        }
        List<String> mine = ours.between(from, to, oursFirst);
        List<String> other = theirs.between(from, to, theirsFirst);
        boolean theirsOnly = ours.next == oursFirst;
        clean &= theirsOnly || theirs.next == theirsFirst || mine.equals(other);
        (theirsOnly ? other : mine).forEach(out::append);
        at = to;
    }

    private static int take(Side side) {
        return side.hunks.get(side.next++).to();
    }

    /** Whether a side's next hunk changes lines that the other has changed too, up to some line, or inserts where it inserts. */
    private static boolean reaches(Side side, Side other, int otherFirst, int to) {
        if (!side.hasNext()) {
            return false;
        }
        Hunk hunk = side.hunks.get(side.next);
        if (hunk.from() < to) {
            return true;
        }
        if (hunk.from() > to || other.next == otherFirst) {
            return false;
        }
        Hunk last = other.hunks.get(other.next - 1);
        boolean bothInsert = hunk.from() == hunk.to() && last.from() == last.to() && last.to() == to;
        return bothInsert || lacksEnd(other, last);
    }

    /** Whether a hunk's last line has no end, so that nothing can follow. */
    private static boolean lacksEnd(Side side, Hunk hunk) {
        return hunk.newTo() > hunk.newFrom()
                && !side.lines.get(hunk.newTo() - 1).endsWith("\n");
    }

    private void unchanged(int to) {
        base.subList(at, to).forEach(out::append);
        at = to;
    }
}
