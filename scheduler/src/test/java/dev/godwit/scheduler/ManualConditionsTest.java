package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conditions that somebody sets. */
class ManualConditionsTest {
    private final ManualConditions device = new ManualConditions();
    private final List<String> told = new ArrayList<>();

    @Test
    void nothingIsKnownInTheBeginning() {
        assertThat(device.now()).isEqualTo(ConditionSnapshot.UNKNOWN);
        assertThat(device.lookAgainInMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatIsSetIsSeenWhenTheListenersAreTold() {
        device.listen(() -> told.add(device.now().of(Fact.CHARGING).truth() + " "
                + device.now().custom("vpn").truth() + " " + device.now().freeBytes()));
        device.set(Fact.CHARGING, true).custom("vpn", true).freeBytes(5).set(Fact.CHARGING, Truth.UNKNOWN);
        device.custom("vpn", Truth.UNKNOWN).freeBytes(-9);
        assertThat(told)
                .containsExactly(
                        "TRUE UNKNOWN -1",
                        "TRUE TRUE -1",
                        "TRUE TRUE 5",
                        "UNKNOWN TRUE 5",
                        "UNKNOWN UNKNOWN 5",
                        "UNKNOWN UNKNOWN -1");
        assertThat(device.now().of(Fact.CHARGING).source()).isEqualTo("set by hand");
    }

    @Test
    void whatIsSoAlreadyIsNotTold() {
        device.set(Fact.IDLE, true).custom("vpn", false).freeBytes(5);
        device.listen(() -> told.add("told"));
        device.set(Fact.IDLE, true).custom("vpn", false).freeBytes(5);
        assertThat(told).isEmpty();
    }

    @Test
    void allGoodMeetsEveryFact() {
        for (Fact fact : Fact.values()) {
            assertThat(ManualConditions.allGood().now().of(fact).truth()).isEqualTo(Truth.TRUE);
        }
    }

    @Test
    void whoUnsubscribesIsNotToldAndNobodyIsAfterClosing() throws Exception {
        Runnable twice = () -> told.add("told");
        AutoCloseable first = device.listen(twice);
        device.listen(twice);
        first.close();
        device.set(Fact.IDLE, true);
        assertThat(told).hasSize(1);
        device.close();
        device.set(Fact.IDLE, false);
        assertThat(told).hasSize(1);
        assertThat(device.now().of(Fact.IDLE).truth()).isEqualTo(Truth.FALSE);
    }

    @Test
    void aListenerThatThrowsKeepsNoOtherFromHearing() {
        device.listen(() -> {
            throw new IllegalStateException("one");
        });
        device.listen(() -> {
            throw new IllegalStateException("two");
        });
        device.listen(() -> told.add("told"));
        assertThatThrownBy(() -> device.set(Fact.IDLE, true))
                .hasMessage("one")
                .hasSuppressedException(new IllegalStateException("two"));
        assertThat(told).hasSize(1);
    }

    @Test
    void theBoundsNameThemselves() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> device.custom("a(b", true))
                .withMessageContaining("\"a(b\"");
        for (int i = 0; i < ManualConditions.MAX_CUSTOM; i++) {
            device.custom("name " + i, true);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> device.custom("more", true))
                .withMessageContaining("\"more\" would be one condition more than 1000");
        for (int i = 0; i < ConditionListeners.MAX; i++) {
            device.listen(() -> {});
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> device.listen(() -> {}))
                .withMessageContaining("1000 listen");
    }
}
