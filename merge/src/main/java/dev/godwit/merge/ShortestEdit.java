package dev.godwit.merge;

import dev.godwit.merge.TextDiff.Place;
import dev.godwit.merge.TextTokens.Pair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * The shortest edit of one string into another, unit by unit (Myers, "An O(ND) Difference Algorithm and Its Variations",
 * 1986), as long as it has no more than so many insertions and deletions.
 */
final class ShortestEdit {
    private ShortestEdit() {}

    /** What stays, in order; nothing if the edit would be longer. */
    static List<Pair> equalRuns(String before, String after, Place place, int most) {
        int length = place.length();
        int lengthAfter = place.lengthAfter();
        int centre = most + 1;
        int[] reach = new int[2 * most + 3];
        List<int[]> steps = new ArrayList<>();
        for (int edits = 0; edits <= most; edits++) {
            steps.add(Arrays.copyOfRange(reach, centre - edits - 1, centre + edits + 2));
            for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
                boolean down = isDown(reach, centre, diagonal, edits);
                int x = down ? reach[centre + diagonal + 1] : reach[centre + diagonal - 1] + 1;
                int y = x - diagonal;
                while (x < length
                        && y < lengthAfter
                        && before.charAt(place.start() + x) == after.charAt(place.startAfter() + y)) {
                    x++;
                    y++;
                }
                reach[centre + diagonal] = x;
                if (x >= length && y >= lengthAfter) {
                    return back(place, steps);
                }
            }
        }
        return List.of();
    }

    private static boolean isDown(int[] reach, int centre, int diagonal, int edits) {
        return diagonal == -edits || (diagonal != edits && reach[centre + diagonal - 1] < reach[centre + diagonal + 1]);
    }

    private static List<Pair> back(Place place, List<int[]> steps) {
        Deque<Pair> runs = new ArrayDeque<>();
        int x = place.length();
        int y = place.lengthAfter();
        for (int edits = steps.size() - 1; edits >= 0; edits--) {
            int[] reach = steps.get(edits);
            int centre = edits + 1;
            int diagonal = x - y;
            boolean down = isDown(reach, centre, diagonal, edits);
            int fromX = edits == 0 ? 0 : down ? reach[centre + diagonal + 1] : reach[centre + diagonal - 1];
            int fromY = edits == 0 ? 0 : fromX - (down ? diagonal + 1 : diagonal - 1);
            int startX = edits == 0 || down ? fromX : fromX + 1;
            int startY = startX - diagonal;
            if (x > startX) {
                runs.addFirst(new Pair(place.start() + startX, place.startAfter() + startY, x - startX));
            }
            x = fromX;
            y = fromY;
        }
        return List.copyOf(runs);
    }
}
