package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.LineDiff.Hunk;
import dev.godwit.merge.MergeServer.Client;
import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThreeWayTest {
    private static final ColumnRule RULE = ThreeWay.RULE;

    private static void merges(String base, String ours, String theirs, String result, boolean clean) {
        assertThat(ThreeWayMerge.merge(Value.of(base), Value.of(ours), Value.of(theirs)))
                .isEqualTo(new ThreeWayMerge.Result(Value.of(result), clean));
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    @Test
    void changesOfDifferentLinesAreBothTaken() {
        merges("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n", true);
        merges("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n", true);
        merges("a\nb\n", "a\nB\n", "A\nb\n", "A\nB\n", true);
        merges("a\nb\nc\n", "b\nc\n", "a\nb\nc\nd\n", "b\nc\nd\n", true);
        merges("a\n", "x\na\n", "b\n", "x\nb\n", true);
        merges("a\n", "b\n", "x\na\n", "x\nb\n", true);
        merges("a\nb\nc\nd", "a\nc\nd", "a\nb\nx\nc\nd", "a\nx\nc\nd", true);
    }

    @Test
    void equalChangesAreNoClash() {
        merges("a\nb\nc\n", "a\nx\ny\nc\n", "a\nx\ny\nc\nd\n", "a\nx\ny\nc\nd\n", true);
        merges("a\n", "b\n", "b\n", "b\n", true);
    }

    @Test
    void whereChangesClashTheStoredOnesStayAndTheOthersMerge() {
        merges("a\nb\nc\n", "a\nX\nc\n", "a\nY\nC\n", "a\nX\nc\n", false);
        merges("a\nb\nc\nd\n", "a\nX\nc\nd\n", "a\nY\nc\nD\n", "a\nX\nc\nD\n", false);
        merges("", "a\n", "b\n", "a\n", false);
        merges("a\nb\nc\n", "a\nc\n", "c\n", "a\nc\n", false);
        merges("a\nb\n", "a\n1\nb\n", "a\n2\nb\n", "a\n1\nb\n", false);
        merges("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\nc\n", false);
    }

    @Test
    void endsOfLinesStayAsTheyAreAndNothingIsGluedToALineWithoutOne() {
        merges("a\r\nb\r\n", "A\r\nb\r\n", "a\r\nB\r\n", "A\r\nB\r\n", true);
        merges("a\nb\n", "a\nB", "a\nb\nc\n", "a\nB", false);
        merges("a\nb\n", "a\nb\nc\n", "a\nB", "a\nb\nc\n", false);
        merges("a\nb", "A\nb", "a\nB", "A\nB", true);
    }

    @Test
    void documentsMergeByMember() {
        String base = json("{'a':1,'b':{'x':1},'l':[1]}");
        merges(
                base,
                json("{'a':2,'b':{'x':1},'l':[1]}"),
                json("{'a':1,'b':{'x':1,'y':2},'l':[1]}"),
                json("{'a':2,'b':{'x':1,'y':2},'l':[1]}"),
                true);
        merges(
                base,
                json("{'a':2,'b':{'x':1},'l':[1]}"),
                json("{'a':3,'b':{'x':1},'l':[2]}"),
                json("{'a':2,'b':{'x':1},'l':[2]}"),
                false);
        merges(json("{'o':{'x':1}}"), "{}", json("{'o':{'x':2}}"), "{}", false);
        merges("{}", json("{'n':{'x':1}}"), json("{'n':{'y':1}}"), json("{'n':{'x':1,'y':1}}"), true);
        merges("[1]", "[1,2]", "[0,1]", "[1,2]", false);
        merges(json("{'a':1,'b':1}"), json("{ 'b': 1 }"), json("{'a':1,'b':1,'a2':1}"), json("{'a2':1,'b':1}"), true);
    }

    @Test
    void theSpellingStaysWhereOneSideHasItAll() {
        merges(json("{'a':1}"), json("{ 'a' : 2, 'b':3 }"), json("{'b':3,'a':1}"), json("{ 'a' : 2, 'b':3 }"), true);
        merges("{x\ny\n", "{X\ny\n", "{x\nY\n", "{X\nY\n", true);
    }

    @Test
    void valuesThatAreNoTextsAreWhole() {
        assertThat(ThreeWayMerge.merge(Value.of(1), Value.of(1), Value.of(2)).value())
                .isEqualTo(Value.of(2));
        assertThat(ThreeWayMerge.merge(Value.of(1), Value.of(2), Value.of(1)).value())
                .isEqualTo(Value.of(2));
        assertThat(ThreeWayMerge.merge(Value.of(1), Value.of(2), Value.of(3)))
                .isEqualTo(new ThreeWayMerge.Result(Value.of(2), false));
        assertThat(ThreeWayMerge.merge(Value.NULL, Value.of("a"), Value.of("b")).clean())
                .isFalse();
        assertThat(ThreeWayMerge.merge(Value.NULL, Value.of("a"), Value.of("a")).clean())
                .isTrue();
    }

    @Test
    void h1AnothersLineUnderOnesOwnTwoWritesIsKept() {
        MergeServer server = new MergeServer(RULE, Value.of("l1\nl2"));
        Client a = new Client(1, RULE, server.value);
        Client b = new Client(2, RULE, server.value);
        a.set(Value.of("L1\nl2"), 1);
        a.set(Value.of("L1x\nl2"), 2);
        b.set(Value.of("l1\nL2"), 3);
        b.send().forEach(server::push);
        List<Decided> decided = a.send().stream().map(server::push).toList();
        assertThat(decided).allSatisfy(each -> assertThat(each.concurrent()).isTrue());
        assertThat(decided)
                .allSatisfy(each -> assertThat(each.settled().loser()).isEqualTo(Loser.NONE));
        assertThat(server.value).isEqualTo(Value.of("L1x\nL2"));
        assertThat(a.shown()).as("before it has pulled").isEqualTo(Value.of("L1x\nl2"));
    }

    private static String changed(Random random, String text) {
        List<String> lines = new ArrayList<>(LineDiff.lines(text));
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
            int at = random.nextInt(lines.size() + 1);
            String line = "abcdefgh".charAt(random.nextInt(8)) + "\n";
            switch (at == lines.size() ? 0 : random.nextInt(3)) {
                case 0 -> lines.add(at, line);
                case 1 -> lines.set(at, line);
                default -> lines.remove(at);
            }
        }
        return String.join("", lines);
    }

    @Test
    void bothSidesAreTreatedAlikeAndOneSideAloneIsTaken() {
        long seed = Long.getLong("seed", 1);
        System.out.println("ThreeWayTest seed " + seed);
        Random random = new Random(seed);
        int clean = 0;
        int clashes = 0;
        for (int i = 0; i < 60_000; i++) {
            Value base = Value.of(changed(random, "a\nb\nc\nd\na\nb\ne\n"));
            Value ours = Value.of(changed(random, base.asText()));
            Value theirs = Value.of(changed(random, base.asText()));
            ThreeWayMerge.Result merged = ThreeWayMerge.merge(base, ours, theirs);
            ThreeWayMerge.Result other = ThreeWayMerge.merge(base, theirs, ours);
            assertThat(other.clean()).isEqualTo(merged.clean());
            if (merged.clean()) {
                assertThat(other.value()).as("%s %s %s", base, ours, theirs).isEqualTo(merged.value());
            }
            assertThat(LineMerge.merge(base.asText(), base.asText(), theirs.asText()))
                    .isEqualTo(new ThreeWayMerge.Result(theirs, true));
            assertThat(LineMerge.merge(base.asText(), ours.asText(), base.asText()))
                    .isEqualTo(new ThreeWayMerge.Result(ours, true));
            assertThat(LineMerge.merge(base.asText(), ours.asText(), ours.asText()))
                    .isEqualTo(new ThreeWayMerge.Result(ours, true));
            clean += merged.clean() ? 1 : 0;
            clashes += merged.clean() ? 0 : 1;
        }
        assertThat(clean).isGreaterThan(15_000);
        assertThat(clashes).isGreaterThan(3_000);
    }

    /** Lines that are each other's only once: what each side did is known, so what the merge has to be is known too. */
    @Test
    void aMergeHasEveryChangeOfBothSides() {
        long seed = Long.getLong("seed", 2);
        System.out.println("ThreeWayTest changes seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int lines = 1 + random.nextInt(12);
            StringBuilder base = new StringBuilder();
            StringBuilder ours = new StringBuilder();
            StringBuilder theirs = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int line = 0; line < lines; line++) {
                String text = "line " + line + "\n";
                base.append(text);
                String mine = random.nextInt(4) == 0 ? (random.nextBoolean() ? "" : "mine " + line + "\n") : text;
                String other = !mine.equals(text) || random.nextInt(3) > 0
                        ? text
                        : (random.nextBoolean() ? "" : "other " + line + "\n");
                ours.append(mine);
                theirs.append(other);
                expected.append(mine.equals(text) ? other : mine);
            }
            merges(base.toString(), ours.toString(), theirs.toString(), expected.toString(), true);
        }
    }

    @Test
    void hunksTurnOneTextIntoTheOther() {
        long seed = Long.getLong("seed", 3);
        System.out.println("ThreeWayTest hunks seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            List<String> base = randomLines(random, random.nextInt(12));
            List<String> other = random.nextBoolean()
                    ? randomLines(random, random.nextInt(12))
                    : LineDiff.lines(changed(random, String.join("", base)));
            List<String> patched = new ArrayList<>();
            int at = 0;
            int kept = 0;
            for (Hunk hunk : LineDiff.between(base, other)) {
                patched.addAll(base.subList(at, hunk.from()));
                kept += hunk.from() - at;
                patched.addAll(other.subList(hunk.newFrom(), hunk.newTo()));
                at = hunk.to();
            }
            patched.addAll(base.subList(at, base.size()));
            kept += base.size() - at;
            assertThat(patched).isEqualTo(other);
            assertThat(kept)
                    .as("as much as can be is kept of %s in %s", base, other)
                    .isEqualTo(longestCommon(base, other));
        }
    }

    private static List<String> randomLines(Random random, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add("abc".charAt(random.nextInt(3)) + "\n");
        }
        return lines;
    }

    private static int longestCommon(List<String> one, List<String> other) {
        int[][] length = new int[one.size() + 1][other.size() + 1];
        for (int i = 1; i <= one.size(); i++) {
            for (int j = 1; j <= other.size(); j++) {
                length[i][j] = one.get(i - 1).equals(other.get(j - 1))
                        ? length[i - 1][j - 1] + 1
                        : Math.max(length[i - 1][j], length[i][j - 1]);
            }
        }
        return length[one.size()][other.size()];
    }

    @Test
    void textsThatHaveNothingInCommonAreOneHunkAndEndSoon() {
        List<String> base = new ArrayList<>();
        List<String> other = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            base.add("a" + i);
            other.add(i % 1_000 == 999 ? "a" + i : "b" + i);
        }
        assertThat(LineDiff.between(base, other)).containsExactly(new Hunk(0, 199_999, 0, 199_999));
    }

    @Test
    void whatTakesTooManyStepsIsOneHunk() {
        List<String> base = List.of("a", "x", "y", "b");
        List<String> other = List.of("A", "x", "y", "B");
        assertThat(LineDiff.between(base, other, 100)).containsExactly(new Hunk(0, 1, 0, 1), new Hunk(3, 4, 3, 4));
        assertThat(LineDiff.between(base, other, 10)).containsExactly(new Hunk(0, 4, 0, 4));
    }
}
