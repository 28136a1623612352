package dev.godwit.merge;

import java.util.ArrayList;
import java.util.List;

/**
 * The edits that a new text is of an old one, for a writer who only gives whole texts. Two edits far from each other are two
 * splices, so that what somebody else does between them at the same time is kept.
 *
 * <p>What both texts start and end with is left out first. In the rest, lines that each text has once hold the two together;
 * between these, words that each has once; between these, the shortest edit (Myers, 1986) if it is short. Where it is not,
 * the whole place is one splice: that is what bounds the time. Law: the splices, applied to the old text, give the new one.
 */
public final class TextDiff {
    /** About so many steps at most to find the shortest edits, in all places together. */
    private static final int STEPS = 1 << 24;

    private static final int MOST_EDITS = 128;
    /** Fewer units than these, equal by chance or not, do not separate two edits. */
    private static final int LEAST_EQUAL = 4;

    private static final List<TextTokens.Kind> KINDS = List.of(TextTokens.Kind.LINES, TextTokens.Kind.WORDS);

    private final String before;
    private final String after;
    private final List<Splice> splices = new ArrayList<>();
    /** How far both are worked off. */
    private int done;

    private int doneAfter;

    private final int leastEqual;

    private TextDiff(String before, String after, int leastEqual) {
        this.before = before;
        this.after = after;
        this.leastEqual = leastEqual;
    }

    /**
     * The splices that make the one text the other. None of them splits a surrogate pair.
     *
     * @throws IllegalArgumentException if a text has half of a surrogate pair where they differ
     */
    public static List<Splice> between(String before, String after) {
        return between(before, after, LEAST_EQUAL);
    }

    /**
     * The same as closely as can be, where nobody types: others' edits, to move one's own over. What equal units lie between
     * two edits keeps them apart, be there one; so what was only added to never counts as replaced, and nobody's word is
     * split by another's.
     */
    public static List<Splice> closely(String before, String after) {
        return between(before, after, 1);
    }

    private static List<Splice> between(String before, String after, int leastEqual) {
        TextDiff diff = new TextDiff(before, after, leastEqual);
        diff.compare(new Place(0, before.length(), 0, after.length()), 0);
        diff.equal(before.length(), after.length(), 0);
        return diff.splices;
    }

    /** A part of the old text and the part of the new one that stands for it. */
    record Place(int start, int end, int startAfter, int endAfter) {
        int length() {
            return end - start;
        }

        int lengthAfter() {
            return endAfter - startAfter;
        }
    }

    private void compare(Place place, int depth) {
        int head = commonStart(place);
        equal(place.start(), place.startAfter(), head);
        Place rest = new Place(place.start() + head, place.end(), place.startAfter() + head, place.endAfter());
        int tail = commonEnd(rest);
        Place middle = new Place(rest.start(), rest.end() - tail, rest.startAfter(), rest.endAfter() - tail);
        if (middle.length() >= leastEqual && middle.lengthAfter() >= leastEqual) {
            if (depth < KINDS.size()) {
                between(middle, KINDS.get(depth), depth + 1);
            } else {
                shortest(middle);
            }
        }
        equal(middle.end(), middle.endAfter(), tail);
    }

    /** Takes the tokens that both have once as equal, and compares what lies between them more closely. */
    private void between(Place place, TextTokens.Kind kind, int depth) {
        int start = place.start();
        int startAfter = place.startAfter();
        for (TextTokens.Pair pair : TextTokens.shared(before, after, place, kind)) {
            compare(new Place(start, pair.at(), startAfter, pair.atAfter()), depth);
            equal(pair.at(), pair.atAfter(), pair.length());
            start = pair.at() + pair.length();
            startAfter = pair.atAfter() + pair.length();
        }
        compare(new Place(start, place.end(), startAfter, place.endAfter()), depth);
    }

    private void shortest(Place place) {
        int most = (int) Math.min(MOST_EDITS, STEPS / ((long) before.length() + after.length()));
        for (TextTokens.Pair run : ShortestEdit.equalRuns(before, after, place, most)) {
            int from = 0;
            int to = run.length();
            if (Character.isLowSurrogate(before.charAt(run.at()))) {
                from++;
            }
            if (to > from && Character.isHighSurrogate(before.charAt(run.at() + to - 1))) {
                to--;
            }
            if (to - from >= leastEqual) {
                equal(run.at() + from, run.atAfter() + from, to - from);
            }
        }
    }

    /** These units are equal; what lies between them and the last equal ones is an edit. */
    private void equal(int at, int atAfter, int length) {
        boolean atTheEnd = at == before.length() && atAfter == after.length();
        if (length == 0 && !atTheEnd) {
            return;
        }
        if (done < at || doneAfter < atAfter) {
            splices.add(new Splice(doneAfter, at - done, after.substring(doneAfter, atAfter)));
        }
        done = at + length;
        doneAfter = atAfter + length;
    }

    private int commonStart(Place place) {
        int most = Math.min(place.length(), place.lengthAfter());
        int count = 0;
        while (count < most && before.charAt(place.start() + count) == after.charAt(place.startAfter() + count)) {
            count++;
        }
        boolean insidePair = count > 0 && Character.isHighSurrogate(before.charAt(place.start() + count - 1));
        return insidePair ? count - 1 : count;
    }

    private int commonEnd(Place place) {
        int most = Math.min(place.length(), place.lengthAfter());
        int count = 0;
        while (count < most && before.charAt(place.end() - 1 - count) == after.charAt(place.endAfter() - 1 - count)) {
            count++;
        }
        boolean insidePair = count > 0 && Character.isLowSurrogate(before.charAt(place.end() - count));
        return insidePair ? count - 1 : count;
    }
}
