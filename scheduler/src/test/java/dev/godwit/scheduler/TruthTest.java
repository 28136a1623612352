package dev.godwit.scheduler;

import static dev.godwit.scheduler.Truth.FALSE;
import static dev.godwit.scheduler.Truth.TRUE;
import static dev.godwit.scheduler.Truth.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Kleene's logic, by its table and by its laws over all values. */
class TruthTest {
    private static final Truth[] ALL = Truth.values();

    @Test
    void theTableIsKleenes() {
        Truth[][] and = {{TRUE, FALSE, UNKNOWN}, {FALSE, FALSE, FALSE}, {UNKNOWN, FALSE, UNKNOWN}};
        Truth[][] or = {{TRUE, TRUE, TRUE}, {TRUE, FALSE, UNKNOWN}, {TRUE, UNKNOWN, UNKNOWN}};
        for (Truth a : ALL) {
            for (Truth b : ALL) {
                assertThat(a.and(b)).as("%s and %s", a, b).isEqualTo(and[a.ordinal()][b.ordinal()]);
                assertThat(a.or(b)).as("%s or %s", a, b).isEqualTo(or[a.ordinal()][b.ordinal()]);
            }
        }
        assertThat(TRUE.not()).isEqualTo(FALSE);
        assertThat(UNKNOWN.not()).isEqualTo(UNKNOWN);
        assertThat(Truth.of(true)).isEqualTo(TRUE);
        assertThat(Truth.of(false)).isEqualTo(FALSE);
    }

    @Test
    void theLawsOfALatticeHold() {
        for (Truth a : ALL) {
            assertThat(a.not().not()).isEqualTo(a);
            assertThat(a.and(a)).isEqualTo(a);
            assertThat(a.or(a)).isEqualTo(a);
            for (Truth b : ALL) {
                assertThat(a.and(b)).isEqualTo(b.and(a));
                assertThat(a.or(b)).isEqualTo(b.or(a));
                assertThat(a.and(b).not()).isEqualTo(a.not().or(b.not()));
                assertThat(a.or(b).not()).isEqualTo(a.not().and(b.not()));
                assertThat(a.or(a.and(b))).isEqualTo(a);
                assertThat(a.and(a.or(b))).isEqualTo(a);
                for (Truth c : ALL) {
                    assertThat(a.and(b).and(c)).isEqualTo(a.and(b.and(c)));
                    assertThat(a.or(b).or(c)).isEqualTo(a.or(b.or(c)));
                    assertThat(a.and(b.or(c))).isEqualTo(a.and(b).or(a.and(c)));
                }
            }
        }
    }
}
