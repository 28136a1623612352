package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Damping of whole devices, on a clock that is moved by hand. */
class DampedConditionsTest {
    private static final Damping.Rules RULES = new Damping.Rules(1_000, 3, 60_000, 20_000);

    private final AtomicLong clock = new AtomicLong(50_000);
    private final ManualConditions device = new ManualConditions()
            .set(Fact.CONNECTED, true)
            .custom("peer", true)
            .freeBytes(7);
    private final DampedConditions damped = new DampedConditions(device, RULES, clock::get);

    private Truth connected() {
        return damped.now().of(Fact.CONNECTED).truth();
    }

    @Test
    void whatHoldsInTheBeginningHoldsAtOnce() {
        assertThat(connected()).isEqualTo(Truth.TRUE);
        assertThat(damped.now().custom("peer").truth()).isEqualTo(Truth.TRUE);
        assertThat(damped.now().freeBytes()).isEqualTo(7);
        assertThat(damped.lookAgainInMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void goodNewsIsHeldAndItIsToldForHowLong() {
        device.set(Fact.CONNECTED, false);
        assertThat(connected()).isEqualTo(Truth.FALSE);
        device.set(Fact.CONNECTED, true);
        clock.addAndGet(400);
        assertThat(damped.lookAgainInMillis()).isEqualTo(600);
        assertThat(connected()).isEqualTo(Truth.FALSE);
        assertThat(damped.now().of(Fact.CONNECTED).source())
                .isEqualTo("set by hand (true, but not for long enough yet)");
        clock.addAndGet(600);
        assertThat(damped.lookAgainInMillis()).isZero();
        assertThat(connected()).isEqualTo(Truth.TRUE);
        assertThat(damped.lookAgainInMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(damped.flaps(Fact.CONNECTED)).isEqualTo(1);
    }

    @Test
    void aFallThatNobodyAskedAboutIsNotMissed() {
        AtomicInteger told = new AtomicInteger();
        damped.listen(told::incrementAndGet);
        device.custom("peer", Truth.UNKNOWN);
        device.custom("peer", true);
        assertThat(told).hasValue(2);
        assertThat(damped.now().custom("peer").truth())
                .as("forgotten for a moment")
                .isEqualTo(Truth.UNKNOWN);
        clock.addAndGet(1_000);
        assertThat(damped.now().custom("peer").truth()).isEqualTo(Truth.TRUE);
    }

    @Test
    void aNetworkThatFlapsIsHeldForLonger() {
        for (int i = 0; i < 4; i++) {
            device.set(Fact.CONNECTED, false).set(Fact.CONNECTED, true);
            clock.addAndGet(2_000);
        }
        assertThat(connected()).isEqualTo(Truth.FALSE);
        assertThat(damped.lookAgainInMillis()).isEqualTo(18_000);
        clock.addAndGet(18_000);
        assertThat(connected()).isEqualTo(Truth.TRUE);
        assertThat(damped.flaps(Fact.CONNECTED)).isEqualTo(4);
    }

    @Test
    void namesThatAreNotReadAnyMoreAreForgotten() {
        for (int i = 0; i < 3 * DampedConditions.MAX_NAMES; i++) {
            device.custom("name " + i, true);
            device.custom("name " + i, Truth.UNKNOWN);
        }
        assertThat(damped.now().custom().size()).isLessThanOrEqualTo(DampedConditions.MAX_NAMES + 1);
        assertThat(damped.now().custom("peer").truth()).isEqualTo(Truth.TRUE);
    }

    @Test
    void closedItTellsNobody() {
        AtomicInteger told = new AtomicInteger();
        damped.listen(told::incrementAndGet);
        damped.close();
        device.set(Fact.CONNECTED, false);
        assertThat(told).hasValue(0);
    }
}
