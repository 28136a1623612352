package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the properties of the bus's services mean. An empty truth is one that the service leaves to the kernel's files. */
class BusServiceTest {
    private static void put(Map<String, Object> values, String name, Object value) {
        if (value != null) {
            values.put(name, value);
        }
    }

    private static Truth power(Fact fact, Map<String, Object> manager, Map<String, Object> display) {
        return BusService.POWER
                .facts(List.of(new Properties(manager), new Properties(display)))
                .get(fact);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            true,  -,  FALSE
            true,  1,  FALSE
            false, -,  TRUE
            false, 2,  TRUE
            -,     0,  -
            -,     1,  TRUE
            -,     2,  FALSE
            -,     3,  FALSE
            -,     4,  TRUE
            -,     5,  TRUE
            -,     6,  FALSE
            -,     7,  -
            -,     -1, -
            -,     -,  -
            """)
    void chargingIsExternalPower(Boolean onBattery, Integer state, Truth charging) {
        Map<String, Object> manager = new HashMap<>();
        Map<String, Object> display = new HashMap<>();
        put(manager, "OnBattery", onBattery);
        put(display, "State", state);
        assertThat(power(Fact.CHARGING, manager, display)).isEqualTo(charging);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            false, -,     -, TRUE
            true,  15.1,  1, TRUE
            true,  15.0,  1, FALSE
            true,  80.0,  3, FALSE
            true,  80.0,  4, FALSE
            true,  80.0,  5, FALSE
            true,  80.0,  2, TRUE
            true,  80.0,  0, TRUE
            true,  80.0,  6, TRUE
            true,  -,     1, TRUE
            true,  -,     2, TRUE
            true,  -,     0, -
            true,  -,     -, -
            true,  -0.1,  -, -
            true,  100.1, -, -
            true,  NaN,   -, -
            true,  Infinity, -, -
            -,     100.0, -, TRUE
            -,     0.0,   -, FALSE
            """)
    void aBatteryIsLowByTheWarningOrByItsLevel(Boolean present, Double percent, Integer warning, Truth notLow) {
        Map<String, Object> display = new HashMap<>();
        put(display, "IsPresent", present);
        put(display, "Percentage", percent);
        put(display, "WarningLevel", warning);
        assertThat(power(Fact.BATTERY_NOT_LOW, Map.of(), display)).isEqualTo(notLow);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            /a/1, 70, 0, 0, TRUE, UNKNOWN, UNKNOWN
            /a/1, 70, 1, 1, TRUE, FALSE,   FALSE
            /a/1, 70, 2, 2, TRUE, TRUE,    FALSE
            /a/1, 70, 3, 3, TRUE, FALSE,   FALSE
            /a/1, 70, 4, 4, TRUE, TRUE,    TRUE
            /a/1, 70, 5, 5, TRUE, UNKNOWN, UNKNOWN
            /a/1, 20, 4, 4, TRUE, TRUE,    TRUE
            /,    70, 4, 4, -,    UNKNOWN, UNKNOWN
            /,    20, 2, 1, -,    UNKNOWN, UNKNOWN
            x,    70, 4, 4, -,    UNKNOWN, UNKNOWN
            -,    70, 4, 4, TRUE, TRUE,    TRUE
            -,    60, 4, 3, TRUE, TRUE,    FALSE
            -,    50, 4, 4, -,    UNKNOWN, UNKNOWN
            -,    99, 4, 4, -,    UNKNOWN, UNKNOWN
            -,    -,  -, -, -,    UNKNOWN, UNKNOWN
            """)
    void aNetworkIsWhatHasAPrimaryConnection(
            String primary, Integer state, Integer metered, Integer reach, Truth connected, Truth free, Truth valid) {
        Map<String, Object> network = new HashMap<>();
        put(network, "PrimaryConnection", primary);
        put(network, "State", state);
        put(network, "Metered", metered);
        put(network, "Connectivity", reach);
        Map<Fact, Truth> facts = BusService.NETWORK.facts(List.of(new Properties(network)));
        assertThat(facts.get(Fact.CONNECTED)).isEqualTo(connected);
        assertThat(facts.get(Fact.UNMETERED)).isEqualTo(free);
        assertThat(facts.get(Fact.VALIDATED)).isEqualTo(valid);
    }

    @Test
    void idleIsTheHintOfAllSessions() {
        for (Object hint : new Object[] {true, false, "true", 1, 0.5}) {
            Truth idle = BusService.LOGIN
                    .facts(List.of(new Properties(Map.of("IdleHint", hint))))
                    .get(Fact.IDLE);
            assertThat(idle).isEqualTo(hint instanceof Boolean flag ? Truth.of(flag) : Truth.UNKNOWN);
        }
    }
}
