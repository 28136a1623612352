package dev.godwit.merge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a run goes among those that its author has not met: the tree of Fugue (Weidner and Kleppmann, 2023), whose order,
 * as Eg-walker (Gentle and Kleppmann, 2025) finds it, does not interleave runs.
 *
 * <p>A run is a right child of the unit that its author saw before it; but a left child of the unit after it if the author
 * has met that one and it, too, was inserted right after the unit before. The text is the tree in order: left children,
 * unit, right children; siblings by agent. A unit that continues its run is a right child that is not written down.
 */
final class TextTree {
    private static final int[] NONE = {};

    private final TextRuns runs;
    /** The first units of the children, in order, by twice the unit plus one, plus one for right children. */
    private final Map<Integer, int[]> children = new HashMap<>();

    TextTree(TextRuns runs) {
        this.runs = runs;
    }

    /**
     * Puts a new run into its place.
     *
     * @param before the unit before it, the last of its run; -1 at the start
     * @param after the unit it is a left child of, the first of its run, or -1
     */
    void place(int run, int before, int after) {
        boolean right = after < 0;
        int unit = right ? before : after;
        int[] siblings = siblings(unit, right);
        int at = index(siblings, run);
        if (at < siblings.length) {
            runs.insertBefore(leftmost(siblings[at]), run);
        } else if (!right) {
            runs.insertBefore(runs.runOf(after), run);
        } else if (siblings.length > 0) {
            runs.insertAfter(rightmost(siblings[at - 1]), run);
        } else if (before >= 0) {
            runs.insertAfter(runs.runOf(before), run);
        } else {
            runs.insertFirst(run);
        }
        enter(unit, right, run);
    }

    private void enter(int unit, boolean right, int run) {
        if (right && unit >= 0 && runs.first(run) == unit + 1) {
            runs.chain(run);
            return;
        }
        int[] written = children.getOrDefault(key(unit, right), NONE);
        children.put(key(unit, right), with(written, index(written, run), runs.first(run)));
    }

    private int leftmost(int unit) {
        int leaf = unit;
        for (int[] left = written(leaf, false); left.length > 0; left = written(leaf, false)) {
            leaf = left[0];
        }
        return runs.runOf(leaf);
    }

    private int rightmost(int unit) {
        int leaf = unit;
        while (true) {
            int run = runs.runOf(leaf);
            int[] right = siblings(runs.last(run), true);
            if (right.length == 0) {
                return run;
            }
            leaf = right[right.length - 1];
        }
    }

    /** The children on one side, with the one that is not written down. */
    private int[] siblings(int unit, boolean right) {
        int[] written = written(unit, right);
        int next = unit + 1;
        if (!right || unit < 0 || next >= runs.units() || !runs.isChained(runs.runOf(next))) {
            return written;
        }
        return with(written, index(written, runs.runOf(next)), next);
    }

    private int[] written(int unit, boolean right) {
        return children.getOrDefault(key(unit, right), NONE);
    }

    /** How many of the siblings are of lesser agents. */
    private int index(int[] siblings, int run) {
        int low = 0;
        int high = siblings.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs.agent(runs.runOf(siblings[middle])) < runs.agent(run)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int[] with(int[] units, int at, int unit) {
        int[] more = Arrays.copyOf(units, units.length + 1);
        System.arraycopy(units, at, more, at + 1, units.length - at);
        more[at] = unit;
        return more;
    }

    private static int key(int unit, boolean right) {
        return 2 * (unit + 1) + (right ? 1 : 0);
    }
}
