package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.model.Stamp;
import org.junit.jupiter.api.Test;

class CellStateTest {
    private static CellState written(long commit, long writer, long other) {
        return new CellState(commit, new Stamp(commit << 16, writer), other);
    }

    @Test
    void aCellThatAnotherWroteAboveTheBaseIsConcurrent() {
        assertThat(written(11, 2, 0).isConcurrent(Seen.of(1, 10))).isTrue();
        assertThat(written(10, 2, 0).isConcurrent(Seen.of(1, 10))).isFalse();
    }

    @Test
    void h1AnothersWriteBeneathOnesOwnIsStillConcurrent() {
        CellState own = written(11, 2, 0).changed(12, new Stamp(99, 1), Seen.of(1, 0));
        assertThat(own.isConcurrent(Seen.of(1, 10))).isTrue();
        assertThat(own.isConcurrent(Seen.of(1, 11))).isFalse();
    }

    @Test
    void onesOwnWritesAreNeverConcurrent() {
        CellState own = written(11, 1, 0).changed(12, new Stamp(99, 1), Seen.of(1, 0));
        assertThat(own.other()).isZero();
        assertThat(own.isConcurrent(Seen.of(1, 0))).isFalse();
    }

    @Test
    void commitsAreNotNegative() {
        assertThatThrownBy(() -> written(-1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
