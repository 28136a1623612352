package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes in comes out. */
class WorkDataTest {
    @Test
    void everyTypeSurvivesItsEncoding() {
        WorkData data = WorkData.of("text", "ä\u0000€")
                .with("long", Long.MIN_VALUE)
                .with("int", 7)
                .with("real", -0.5)
                .with("yes", true)
                .with("no", false)
                .with("bytes", new byte[] {1, -1})
                .with("list", List.of("a", 2, 0.5, true, new byte[] {3}));
        WorkData read = WorkData.decode(data.encode());
        assertThat(read).isEqualTo(data);
        assertThat(read.text("text")).contains("ä\u0000€");
        assertThat(read.number("int")).contains(7L);
        assertThat(read.number("text")).isEmpty();
        assertThat(read.real("real")).contains(-0.5);
        assertThat(read.isTrue("yes")).isTrue();
        assertThat(read.isTrue("no")).isFalse();
        assertThat(read.bytes("bytes").orElseThrow()).containsExactly(1, -1);
        assertThat(read.list("list")).hasSize(5).startsWith("a", 2L);
        assertThat(read.list("nothing")).isEmpty();
        assertThat(data.toString()).as("names, no values").contains("text").doesNotContain("€");
    }

    @Test
    void dataDoNotChange() {
        byte[] bytes = {1};
        WorkData data = WorkData.of("b", bytes);
        bytes[0] = 2;
        data.bytes("b").orElseThrow()[0] = 3;
        data.with("c", 1);
        assertThat(data.bytes("b").orElseThrow()).containsExactly(1);
        assertThat(data.names()).containsExactly("b");
    }

    @Test
    void whatCannotBeKeptIsRefused() {
        assertThatThrownBy(() -> WorkData.of("a", new Object()))
                .hasMessageContaining("a: java.lang.Object cannot be kept");
        assertThatThrownBy(() -> WorkData.of("a", List.of(List.of()))).hasMessageContaining("a list in a list");
        byte[] cut = WorkData.of("a", "text").encode();
        cut[3] = 99;
        assertThatThrownBy(() -> WorkData.decode(cut)).hasMessageContaining("cannot be read");
    }

    @Test
    void workIdsAreWrittenAndRead() {
        WorkId id = new WorkId(123_456_789_012_345L);
        assertThat(WorkId.parse(id.toString())).isEqualTo(id);
        for (String bad : List.of("", "w", "x1", "w-1", "w!", "w0")) {
            assertThatThrownBy(() -> WorkId.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
