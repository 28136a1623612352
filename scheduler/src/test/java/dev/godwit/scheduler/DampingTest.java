package dev.godwit.scheduler;

import static dev.godwit.scheduler.Truth.FALSE;
import static dev.godwit.scheduler.Truth.TRUE;
import static dev.godwit.scheduler.Truth.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.godwit.scheduler.Damping.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bad news at once, good news when it has lasted; longer for what flaps. */
class DampingTest {
    /** Good after 10, and more than 2 falls in 100 hold it for 50. */
    private static final Rules RULES = new Rules(10, 2, 100, 50);

    private record Sample(long millis, Truth truth) {}

    @Test
    void badNewsIsShownAtOnceAndGoodNewsWhenItHasLasted() {
        Damping damping = Damping.first(TRUE, 0);
        assertThat(damping.shown()).isEqualTo(TRUE);
        damping = damping.next(FALSE, 5, RULES);
        assertThat(damping.shown()).isEqualTo(FALSE);
        damping = damping.next(TRUE, 7, RULES);
        assertThat(damping.shown()).isEqualTo(FALSE);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(10);
        damping = damping.next(TRUE, 16, RULES);
        assertThat(damping.shown()).isEqualTo(FALSE);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(1);
        damping = damping.next(TRUE, 17, RULES);
        assertThat(damping.shown()).isEqualTo(TRUE);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(Long.MAX_VALUE);
        assertThat(damping.flaps()).isEqualTo(1);
    }

    @Test
    void unknownIsBetweenFalseAndTrue() {
        Damping damping = Damping.first(FALSE, 0).next(UNKNOWN, 10, RULES).next(TRUE, 15, RULES);
        assertThat(damping.shown()).isEqualTo(FALSE);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(5);
        damping = damping.next(TRUE, 20, RULES);
        assertThat(damping.shown()).isEqualTo(UNKNOWN);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(5);
        damping = damping.next(TRUE, 25, RULES);
        assertThat(damping.shown()).isEqualTo(TRUE);
        assertThat(damping.next(UNKNOWN, 25, RULES).shown()).isEqualTo(UNKNOWN);
    }

    @Test
    void whatFlapsIsHeldForLonger() {
        Damping damping = Damping.first(TRUE, 0);
        for (int i = 0; i < 3; i++) {
            damping = damping.next(FALSE, 20 * i, RULES).next(TRUE, 20 * i + 1, RULES);
        }
        assertThat(damping.falls()).as("the third fall in 100 is one too many").containsExactly(0L, 20L, 40L);
        assertThat(damping.settlesInMillis(RULES)).isEqualTo(50);
        assertThat(damping.next(TRUE, 90, RULES).shown()).isEqualTo(FALSE);
        assertThat(damping.next(TRUE, 91, RULES).shown()).isEqualTo(TRUE);
    }

    @Test
    void aWindowThatIsOverHoldsNothing() {
        Damping damping = Damping.first(TRUE, 0);
        for (long fall : new long[] {0, 40, 80}) {
            damping = damping.next(FALSE, fall, RULES).next(TRUE, fall + 1, RULES);
        }
        assertThat(damping.settlesInMillis(RULES))
                .as("at 100 only two falls are left")
                .isEqualTo(19);
        assertThat(damping.next(TRUE, 99, RULES).shown()).isEqualTo(FALSE);
        assertThat(damping.next(TRUE, 100, RULES).shown()).isEqualTo(TRUE);
    }

    @Test
    void aClockThatGoesBackHoldsAndDoesNotRelease() {
        Damping damping = Damping.first(FALSE, 100).next(TRUE, 105, RULES);
        assertThat(damping.next(TRUE, 3, RULES).atMillis()).isEqualTo(105);
        assertThat(damping.next(TRUE, 3, RULES).shown()).isEqualTo(FALSE);
    }

    /** Without flapping, what is shown is the worst of the last while. */
    @Test
    void isTheWorstOfTheLastWhile() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] held = new int[1];
        for (int i = 0; i < 2_000; i++) {
            Rules rules = new Rules(random.nextInt(20), 1_000, 1, 1_000);
            List<Sample> samples = samples(random, 40);
            Damping damping = Damping.first(samples.get(0).truth(), 0);
            for (Sample sample : samples) {
                damping = damping.next(sample.truth(), sample.millis(), rules);
                Truth worst = worstSince(samples, sample, sample.millis() - rules.goodAfterMillis());
                assertThat(damping.shown())
                        .as("%s of %s at %s", rules, samples, sample)
                        .isEqualTo(worst);
                held[0] += damping.shown() != damping.read() ? 1 : 0;
            }
        }
        assertThat(held[0]).as("times that good news was held").isGreaterThan(5_000);
    }

    private static List<Sample> samples(Random random, int count) {
        List<Sample> samples = new ArrayList<>();
        long millis = 0;
        for (int i = 0; i < count; i++) {
            samples.add(new Sample(millis, Truth.values()[random.nextInt(3)]));
            millis += 1 + random.nextInt(15);
        }
        return samples;
    }

    private static Truth worstSince(List<Sample> samples, Sample latest, long since) {
        Truth worst = latest.truth();
        for (int i = 0; samples.get(i) != latest; i++) {
            if (samples.get(i + 1).millis() > since) {
                Truth truth = samples.get(i).truth();
                worst = truth == FALSE || worst == FALSE ? FALSE : truth == UNKNOWN ? UNKNOWN : worst;
            }
        }
        return worst;
    }

    /** With flapping: reading more often changes nothing, and the time that is told is when it changes. */
    @Test
    void readingMoreOftenChangesNothingAndSettlesWhenTold() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int settled = 0;
        int flapping = 0;
        for (int i = 0; i < 2_000; i++) {
            int good = random.nextInt(20);
            Rules rules = new Rules(good, 1 + random.nextInt(3), 1 + random.nextInt(200), good + random.nextInt(100));
            Damping seldom = Damping.first(FALSE, 0);
            Damping often = seldom;
            long told = Long.MAX_VALUE;
            for (Sample sample : samples(random, 40)) {
                for (long at = often.atMillis(); at < sample.millis(); at++) {
                    Truth before = often.shown();
                    often = often.next(often.read(), at, rules);
                    assertThat(often.shown() != before)
                            .as("%s at %d", often, at)
                            .isEqualTo(at == told);
                    settled += at == told ? 1 : 0;
                    told = settlesAt(often, rules);
                }
                seldom = seldom.next(sample.truth(), sample.millis(), rules);
                often = often.next(sample.truth(), sample.millis(), rules);
                assertThat(often).isEqualTo(seldom);
                told = settlesAt(often, rules);
                assertThat(often.falls().size()).isLessThanOrEqualTo(rules.flaps() + 1);
                flapping += often.falls().size() > rules.flaps() ? 1 : 0;
            }
        }
        assertThat(settled).isGreaterThan(1_000);
        assertThat(flapping).isGreaterThan(5_000);
    }

    private static long settlesAt(Damping damping, Rules rules) {
        long in = damping.settlesInMillis(rules);
        return in == Long.MAX_VALUE ? in : damping.atMillis() + in;
    }

    @Test
    void rulesAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rules(-1, 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Rules(10, 1, 1, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> new Rules(1, 0, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rules(1, 1, 0, 1))
                .withMessageContaining("and got 1, 1, 0, 1");
    }
}
