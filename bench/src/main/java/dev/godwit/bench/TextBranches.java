package dev.godwit.bench;

import dev.godwit.merge.Splice;
import java.util.List;
import java.util.Random;

/**
 * Two who go on from one text without sight of each other, each in stripes of its own.
 *
 * @param base the text that both go on from
 * @param merged what it must come to
 */
record TextBranches(String base, List<Splice> even, List<Splice> odd, String merged) {
    private static final int STRIPES = 200;

    static TextBranches of(String base, int edits) {
        Typing even = new Typing(base, STRIPES, 0, new Random(2));
        Typing odd = new Typing(base, STRIPES, 1, new Random(3));
        List<Splice> first = even.type(edits);
        List<Splice> second = odd.type(edits);
        return new TextBranches(base, first, second, Typing.merged(even, odd));
    }
}
