package dev.godwit.merge;

import dev.godwit.merge.TextDiff.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What holds two texts together: lines, or words, that each of them has once, in the order that both have them in. */
final class TextTokens {
    private static final int LEAST_LENGTH = 3;

    enum Kind {
        LINES,
        WORDS
    }

    /** The same units in both texts. */
    record Pair(int at, int atAfter, int length) {}

    private static final class Found {
        int count;
        int countAfter;
        int at;
        int atAfter;
    }

    private TextTokens() {}

    /** The longest sequence of shared tokens that ascends in both (a patience diff). */
    static List<Pair> shared(String before, String after, Place place, Kind kind) {
        Map<String, Found> found = new HashMap<>();
        for (int at = place.start(); at < place.end(); ) {
            int end = end(before, at, place.end(), kind);
            Found token = found.computeIfAbsent(before.substring(at, end), key -> new Found());
            token.count++;
            token.at = at;
            at = end;
        }
        for (int at = place.startAfter(); at < place.endAfter(); ) {
            int end = end(after, at, place.endAfter(), kind);
            Found token = found.get(after.substring(at, end));
            if (token != null) {
                token.countAfter++;
                token.atAfter = at;
            }
            at = end;
        }
        List<Pair> pairs = new ArrayList<>();
        found.forEach((token, where) -> {
            if (where.count == 1 && where.countAfter == 1 && token.length() >= LEAST_LENGTH) {
                pairs.add(new Pair(where.at, where.atAfter, token.length()));
            }
        });
        pairs.sort((one, other) -> Integer.compare(one.at(), other.at()));
        return ascending(pairs);
    }

    private static int end(String text, int at, int limit, Kind kind) {
        if (kind == Kind.LINES) {
            int newline = text.indexOf('\n', at);
            return newline < 0 || newline >= limit ? limit : newline + 1;
        }
        int end = at;
        while (end < limit && isPartOfWord(text.charAt(end))) {
            end++;
        }
        return Math.max(end, at + 1);
    }

    /** Halves of pairs are, so that no token starts or ends inside a pair. */
    private static boolean isPartOfWord(char unit) {
        return Character.isLetterOrDigit(unit) || Character.isSurrogate(unit);
    }

    private static List<Pair> ascending(List<Pair> pairs) {
        int[] ends = new int[pairs.size()];
        int[] previous = new int[pairs.size()];
        int length = 0;
        for (int i = 0; i < pairs.size(); i++) {
            int low = 0;
            int high = length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (pairs.get(ends[middle]).atAfter() < pairs.get(i).atAfter()) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            previous[i] = low == 0 ? -1 : ends[low - 1];
            ends[low] = i;
            length = Math.max(length, low + 1);
        }
        Deque<Pair> sequence = new ArrayDeque<>();
        for (int i = length == 0 ? -1 : ends[length - 1]; i >= 0; i = previous[i]) {
            sequence.addFirst(pairs.get(i));
        }
        return List.copyOf(sequence);
    }
}
