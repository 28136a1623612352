package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.Seen.Former;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A copy of a device that goes on where its original stopped, under a number of its own, comes to what the original would have
 * come to: in random histories the values are the same, whatever the device had not seen of its own, and so is whose were lost.
 */
class CopiesLawTest {
    private static final int WRITES = 10_000;

    @ParameterizedTest
    @EnumSource
    void aCopyGoesOnAsItsOriginalWould(Remembering cell) {
        long seed = Long.getLong("seed", 1);
        System.out.println("CopiesLawTest " + cell + " seed " + seed);
        Random random = new Random(seed);
        int remembered = 0;
        for (int writes = 0; writes < WRITES; ) {
            RandomHistory history = cell.history(random);
            for (int from = 1; from < 4; from++) {
                MergeServer copied =
                        history.copied(1 + random.nextInt(4), from, random.nextInt(2 * history.segments.size()));
                remembered += copied == null || copied.memory.isNull() ? 0 : 1;
            }
            writes += history.writes();
        }
        assertThat(remembered).as("histories with something to be known").isGreaterThan(500);
    }

    @Test
    void theOriginalsLaterWritesAreNotTheCopys() {
        Seen copy = new Seen(2, 5, List.of(new Former(1, 7)));
        assertThat(copy.isOwn(7, 1)).isTrue();
        assertThat(copy.isOwn(8, 1)).isFalse();
        assertThat(copy.has(8, 1)).isFalse();
        assertThat(copy.has(5, 3)).isTrue();
        assertThat(copy.has(6, 3)).isFalse();
    }
}
