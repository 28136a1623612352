package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextDiffTest {
    private static final String BIRD = "\uD83D\uDC26";
    private static final String OTHER_BIRD = "\uD83D\uDC27";

    private static List<Splice> between(String before, String after) {
        List<Splice> splices = TextDiff.between(before, after);
        assertThat(Splice.apply(before, splices)).isEqualTo(after);
        return splices;
    }

    @Test
    void oneEditIsOneSplice() {
        assertThat(between("same", "same")).isEmpty();
        assertThat(between("", "")).isEmpty();
        assertThat(between("", "new")).containsExactly(new Splice(0, 0, "new"));
        assertThat(between("old", "")).containsExactly(new Splice(0, 3, ""));
        assertThat(between("a cat sat", "a cut sat")).containsExactly(new Splice(3, 1, "u"));
        assertThat(between("aa", "aaa")).containsExactly(new Splice(2, 0, "a"));
        assertThat(between("aaa", "aa")).containsExactly(new Splice(2, 1, ""));
        assertThat(between("abc", "xyz")).containsExactly(new Splice(0, 3, "xyz"));
    }

    @Test
    void twoEditsFarApartAreTwoSplicesInLinesInWordsAndWithoutEither() {
        assertThat(between("first\nsecond\nthird\nfourth\n", "First\nsecond\nthird\nFourth\n"))
                .containsExactly(new Splice(0, 1, "F"), new Splice(19, 1, "F"));
        assertThat(between("colour and flavour", "color and flavor"))
                .containsExactly(new Splice(4, 1, ""), new Splice(15, 1, ""));
        assertThat(between("aaaaaaaabbbbbbbbcccccccc", "aaaXaaaaabbbbbbbbccccYcccc"))
                .containsExactly(new Splice(3, 0, "X"), new Splice(21, 0, "Y"));
        String pasted = "0123456789 ".repeat(1_000);
        assertThat(between("one two three four five", "one " + pasted + "two three fourth five"))
                .containsExactly(new Splice(4, 0, pasted), new Splice(4 + pasted.length() + 14, 0, "th"));
    }

    @Test
    void aFewEqualLettersDoNotSeparateTwoEdits() {
        assertThat(between("1abc2", "3abc4")).containsExactly(new Splice(0, 5, "3abc4"));
        assertThat(between("1abcd2", "3abcd4")).hasSize(2);
    }

    @Test
    void pairsWithAHalfInCommonAreReplacedWhole() {
        assertThat(between("a" + BIRD + "b", "a" + OTHER_BIRD + "b")).containsExactly(new Splice(1, 2, OTHER_BIRD));
        String sameEnd = "\uD83C\uDC26";
        assertThat(between("a" + BIRD + "b", "a" + sameEnd + "b")).containsExactly(new Splice(1, 2, sameEnd));
        assertThat(between(BIRD, BIRD + BIRD)).containsExactly(new Splice(2, 0, BIRD));
        assertThat(between("x" + BIRD + "ab" + BIRD + "y", "z" + OTHER_BIRD + "ab" + OTHER_BIRD + "z"))
                .hasSize(1);
    }

    @Test
    void halfOfAPairIsRefused() {
        assertThatThrownBy(() -> TextDiff.between("ab", "a\uD83Db")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whateverTheTextsAreTheSplicesLeadFromOneToTheOther() {
        String[][] alphabets = {
            {"a", "b"}, {"a", BIRD, OTHER_BIRD, "\uD83C\uDC26"}, {"one ", "two ", "three\n", "four", "\n", "é"}
        };
        int[] counts = new int[4];
        for (long seed = 1; seed <= 6_000; seed++) {
            Random random = new Random(seed);
            String[] alphabet = alphabets[random.nextInt(alphabets.length)];
            List<String> pieces = new ArrayList<>();
            for (int i = random.nextInt(80); i > 0; i--) {
                pieces.add(alphabet[random.nextInt(alphabet.length)]);
            }
            String before = String.join("", pieces);
            for (int i = random.nextInt(8); i > 0; i--) {
                int at = random.nextInt(pieces.size() + 1);
                if (at < pieces.size() && random.nextBoolean()) {
                    pieces.remove(at);
                } else {
                    pieces.add(at, alphabet[random.nextInt(alphabet.length)]);
                }
            }
            try {
                counts[Math.min(3, between(before, String.join("", pieces)).size())]++;
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("seed " + seed, failure);
            }
        }
        for (int count : counts) {
            assertThat(count).as("cases of no, one, two and of more splices").isGreaterThan(200);
        }
    }

    /** Steps are bounded whatever the texts are; this one would take an hour without. */
    @Test
    void textsWithNothingInCommonAreOneSplice() {
        String before = "ab".repeat(100_000);
        String after = "cd".repeat(100_000);
        assertThat(between(before, after)).hasSize(1);
        assertThat(between("x" + before + "y", "z" + before.substring(1) + before + "w"))
                .hasSizeLessThan(3);
    }
}
