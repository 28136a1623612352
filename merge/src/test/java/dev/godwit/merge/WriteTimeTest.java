package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Stamp;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteTimeTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long CONTACT = NOW - 60_000;

    @Test
    void aKnownAgeMakesTheWallClockIrrelevant() {
        assertThat(new WriteTime(5_000, Long.MAX_VALUE).believed(NOW, CONTACT)).isEqualTo(Stamp.ofMillis(NOW - 5_000));
        assertThat(new WriteTime(5_000, 0).believed(NOW, CONTACT)).isEqualTo(Stamp.ofMillis(NOW - 5_000));
    }

    @Test
    void withoutAnAgeTheWallClockIsBelievedBetweenTheLastContactAndNow() {
        assertThat(new WriteTime(-1, NOW - 30_000).believed(NOW, CONTACT)).isEqualTo(Stamp.ofMillis(NOW - 30_000));
        assertThat(new WriteTime(-1, 0).believed(NOW, CONTACT)).isEqualTo(Stamp.ofMillis(CONTACT));
        assertThat(new WriteTime(-1, NOW * 2).believed(NOW, CONTACT)).isEqualTo(Stamp.ofMillis(NOW));
    }

    @Test
    void noClockWhateverItSaysPassesTheServersNow() {
        Random random = new Random(Long.getLong("seed", 1));
        for (int i = 0; i < 1_000; i++) {
            WriteTime time = new WriteTime(random.nextLong(), random.nextLong());
            assertThat(time.believed(NOW, CONTACT)).isBetween(0L, Stamp.ofMillis(NOW));
        }
    }
}
