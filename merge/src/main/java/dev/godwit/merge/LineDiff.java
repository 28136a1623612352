package dev.godwit.merge;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What differs between two texts, line by line, as few lines as can be found with bounded effort (Myers, "An O(ND) difference
 * algorithm and its variations", 1986). Where the effort would be larger, what differs is one hunk.
 */
final class LineDiff {
    /** Differing lines that are searched for a shortest way; the memory for it is quadratic in them. */
    private static final int MOST_DIFFERENCES = 1_000;

    /** Comparisons of lines, and diagonals looked at. */
    private static final long MOST_STEPS = 20_000_000;

    /** Lines {@code from} to {@code to} of the base became lines {@code newFrom} to {@code newTo}; the ends are exclusive. */
    record Hunk(int from, int to, int newFrom, int newTo) {}

    private final int[] base;
    private final int[] other;
    private final int prefix;
    private final int baseEnd;
    private final int otherEnd;
    private long stepsLeft;

    private LineDiff(int[] base, int[] other, long stepsLeft) {
        this.stepsLeft = stepsLeft;
        this.base = base;
        this.other = other;
        int shorter = Math.min(base.length, other.length);
        int same = 0;
        while (same < shorter && base[same] == other[same]) {
            same++;
        }
        int behind = 0;
        while (behind < shorter - same && base[base.length - 1 - behind] == other[other.length - 1 - behind]) {
            behind++;
        }
        prefix = same;
        baseEnd = base.length - behind;
        otherEnd = other.length - behind;
    }

    static List<Hunk> between(List<String> base, List<String> other) {
        return between(base, other, MOST_STEPS);
    }

    static List<Hunk> between(List<String> base, List<String> other, long mostSteps) {
        Map<String, Integer> numbers = new HashMap<>();
        return new LineDiff(numbered(base, numbers), numbered(other, numbers), mostSteps).hunks();
    }

    private static int[] numbered(List<String> lines, Map<String, Integer> numbers) {
        int[] numbered = new int[lines.size()];
        for (int i = 0; i < numbered.length; i++) {
            Integer number = numbers.putIfAbsent(lines.get(i), numbers.size());
            numbered[i] = number == null ? numbers.size() - 1 : number;
        }
        return numbered;
    }

    private List<Hunk> hunks() {
        int deleted = baseEnd - prefix;
        int inserted = otherEnd - prefix;
        if (deleted == 0 && inserted == 0) {
            return List.of();
        }
        List<int[]> frontiers = deleted == 0 || inserted == 0 ? List.of() : search(deleted, inserted);
        return frontiers.isEmpty()
                ? List.of(new Hunk(prefix, baseEnd, prefix, otherEnd))
                : trace(frontiers, deleted, inserted);
    }

    /**
     * The furthest base line reached on each diagonal (base line minus other line, from -d to d), for each number of differences
     * d until the end is reached; empty if it took too long.
     */
    private List<int[]> search(int deleted, int inserted) {
        List<int[]> frontiers = new ArrayList<>();
        int[] last = {0};
        for (int d = 0; d <= MOST_DIFFERENCES; d++) {
            int[] next = new int[2 * d + 1];
            for (int k = -d; k <= d; k += 2) {
                int x = d == 0 ? 0 : furthest(last, d, k);
                while (x < deleted && x - k < inserted && base[prefix + x] == other[prefix + x - k]) {
                    x++;
                    stepsLeft--;
                }
                if (--stepsLeft < 0) {
                    return List.of();
                }
                next[k + d] = x;
                if (x >= deleted && x - k >= inserted) {
                    frontiers.add(next);
                    return frontiers;
                }
            }
            frontiers.add(next);
            last = next;
        }
        return List.of();
    }

    /** Where diagonal k begins with d differences, given the frontier with one less. */
    private static int furthest(int[] last, int d, int k) {
        return isInsertion(last, d, k) ? last[k + 1 + d - 1] : last[k - 1 + d - 1] + 1;
    }

    private static boolean isInsertion(int[] last, int d, int k) {
        return k == -d || (k != d && last[k - 1 + d - 1] < last[k + 1 + d - 1]);
    }

    /** Goes the way back, and joins differences that touch. */
    private List<Hunk> trace(List<int[]> frontiers, int deleted, int inserted) {
        List<Hunk> hunks = new ArrayList<>();
        int x = deleted;
        int y = inserted;
        for (int d = frontiers.size() - 1; d > 0; d--) {
            int[] last = frontiers.get(d - 1);
            int k = x - y;
            boolean insertion = isInsertion(last, d, k);
            int startX = furthest(last, d, k);
            int startY = startX - k;
            Hunk hunk = new Hunk(
                    prefix + startX - (insertion ? 0 : 1),
                    prefix + startX,
                    prefix + startY - (insertion ? 1 : 0),
                    prefix + startY);
            x = hunk.from() - prefix;
            y = hunk.newFrom() - prefix;
            Hunk after = hunks.isEmpty() ? null : hunks.get(hunks.size() - 1);
            if (after != null && after.from() == hunk.to() && after.newFrom() == hunk.newTo()) {
                hunks.set(hunks.size() - 1, new Hunk(hunk.from(), after.to(), hunk.newFrom(), after.newTo()));
            } else {
                hunks.add(hunk);
            }
        }
        Collections.reverse(hunks);
        return hunks;
    }

    /** The lines of a text, each with its end; the last one may have none. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            int next = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(from, next));
            from = next;
        }
        return lines;
    }
}
