package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpliceTest {
    private static final String BIRD = "\uD83D\uDC26";

    private static void refused(String text, Splice splice, String... message) {
        assertThatThrownBy(() -> Splice.apply(text, List.of(splice)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(message);
    }

    @Test
    void splicesApplyOneAfterTheOther() {
        assertThat(Splice.apply("abc", List.of(new Splice(1, 1, "xyz"), new Splice(4, 1, ""), new Splice(0, 0, "<"))))
                .isEqualTo("<axyz");
        assertThat(Splice.apply("", List.of())).isEmpty();
    }

    @Test
    void editsOutsideTheTextAreRefused() {
        refused("abc", new Splice(4, 0, "x"), "at = 4", "length 3");
        refused("abc", new Splice(2, 2, ""), "at = 2, deleted = 2", "length 3");
        refused("abc", new Splice(Integer.MAX_VALUE, 0, ""), "length 3");
        for (int[] wrong : new int[][] {{-1, 0}, {0, -1}, {Integer.MAX_VALUE, 1}}) {
            assertThatThrownBy(() -> new Splice(wrong[0], wrong[1], ""))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at = " + wrong[0]);
        }
    }

    @Test
    void editsThatWouldSplitASurrogatePairAreRefused() {
        String text = "a" + BIRD + "b";
        refused(text, new Splice(2, 0, "x"), "surrogate pair at 1", "length 4");
        refused(text, new Splice(1, 1, ""), "surrogate pair at 1");
        refused(text, new Splice(2, 1, ""), "surrogate pair at 1");
        assertThat(Splice.apply(text, List.of(new Splice(1, 2, "")))).isEqualTo("ab");
        assertThat(Splice.apply(text, List.of(new Splice(3, 0, BIRD), new Splice(1, 0, BIRD))))
                .isEqualTo("a" + BIRD + BIRD + BIRD + "b");
        for (String half : List.of("\uD83D", "\uDC26", "x\uD83Dx", "\uDC26\uD83D", BIRD + "\uDC26")) {
            assertThatThrownBy(() -> new Splice(0, 0, half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("half of a surrogate pair");
        }
    }

    @Test
    void aRefusedEditLeavesTheBufferAsItWas() {
        TextBuffer buffer = new TextBuffer("a" + BIRD);
        buffer.apply(new Splice(0, 0, "x"));
        assertThatThrownBy(() -> buffer.apply(new Splice(1, 2, "y"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(buffer).hasToString("xa" + BIRD);
        assertThat(buffer.length()).isEqualTo(4);
    }

    @Test
    void aBufferDoesWhatAStringBuilderDoes() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            StringBuilder expected = new StringBuilder("start");
            TextBuffer buffer = new TextBuffer("start");
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(expected.length() + 1);
                int deleted = random.nextInt(expected.length() - at + 1) / (1 + random.nextInt(9));
                String inserted = "text".repeat(random.nextInt(6));
                expected.replace(at, at + deleted, inserted);
                buffer.apply(new Splice(at, deleted, inserted));
                assertThat(buffer.length()).isEqualTo(expected.length());
            }
            assertThat(buffer).as("seed " + seed).hasToString(expected.toString());
        }
    }
}
