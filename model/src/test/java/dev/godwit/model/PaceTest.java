package dev.godwit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Whatever a server says, a device keeps to bounds of its own. */
class PaceTest {
    private static final Limits LIMITS = Limits.DEFAULT;

    @Test
    void whatIsReasonableStaysAsItIs() {
        Pace pace = new Pace(900_000, 50, 100_000);
        assertThat(pace.within(LIMITS)).isEqualTo(pace);
        assertThat(Pace.NONE.within(LIMITS)).isEqualTo(Pace.NONE);
    }

    @Test
    void tooLittleAndTooMuchAreHeldToTheBounds() {
        assertThat(new Pace(1, 1, 1).within(LIMITS))
                .isEqualTo(new Pace(LIMITS.intervalMinMillis(), 1, LIMITS.pushBytesMin()));
        assertThat(new Pace(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE).within(LIMITS))
                .isEqualTo(new Pace(LIMITS.intervalMaxMillis(), LIMITS.pushTransactions(), LIMITS.pushBytes()));
    }

    @Test
    void boundsThatContradictEachOtherGiveTheLeast() {
        Limits odd = LIMITS.with("intervalMaxMillis", 1_000).with("pushBytes", 10);
        assertThat(new Pace(5, 0, 5).within(odd)).isEqualTo(new Pace(odd.intervalMinMillis(), 0, 10));
    }

    @Test
    void nothingIsBelowNothing() {
        assertThatThrownBy(() -> new Pace(0, -1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0, -1, 0");
    }
}
