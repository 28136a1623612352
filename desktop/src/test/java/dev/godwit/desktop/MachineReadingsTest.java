package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What plain readings of a machine mean. */
class MachineReadingsTest {
    private static MachineReadings with(MachineReadings.Battery... batteries) {
        return new MachineReadings(List.of(batteries), List.of());
    }

    private static MachineReadings.Battery battery(double part, String flags) {
        return new MachineReadings.Battery(
                part, flags.contains("o"), flags.contains("c"), flags.contains("d"), flags.contains("p"));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            0.5,  d,  FALSE, TRUE
            0.5,  o,  TRUE,  TRUE
            0.5,  c,  TRUE,  TRUE
            0.5,  od, TRUE,  TRUE
            0.5,  n,  -,     TRUE
            0.15, d,  FALSE, FALSE
            0.16, d,  FALSE, TRUE
            0,    d,  FALSE, FALSE
            NaN,  d,  FALSE, -
            1.01, d,  FALSE, -
            -1,   d,  FALSE, -
            1,    p,  TRUE,  TRUE
            """)
    void ofABattery(double part, String flags, Truth charging, Truth notLow) {
        MachineReadings machine = with(battery(part, flags));
        assertThat(machine.facts().get(Fact.CHARGING)).isEqualTo(charging);
        assertThat(machine.facts().get(Fact.BATTERY_NOT_LOW)).isEqualTo(notLow);
    }

    @Test
    void aMachineWithoutABatteryIsOnMains() {
        assertThat(with().facts().get(Fact.CHARGING)).isEqualTo(Truth.TRUE);
        assertThat(with().facts().get(Fact.BATTERY_NOT_LOW)).isEqualTo(Truth.TRUE);
    }

    @Test
    void theFullestBatteryDecides() {
        assertThat(with(battery(0.1, "d"), battery(0.9, "n")).facts().get(Fact.BATTERY_NOT_LOW))
                .isEqualTo(Truth.TRUE);
        assertThat(with(battery(0.1, "d"), battery(0.9, "c")).facts().get(Fact.CHARGING))
                .isEqualTo(Truth.TRUE);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            -,       true,  FALSE
            TRUE,    true,  TRUE
            TRUE,    false, FALSE
            FALSE,   true,  FALSE
            UNKNOWN, true,  -
            UNKNOWN, false, FALSE
            """)
    void aLinkWithAnAddressIsANetwork(Truth up, boolean hasAddress, Truth connected) {
        List<MachineReadings.Link> links = up == null ? List.of() : List.of(new MachineReadings.Link(up, hasAddress));
        assertThat(new MachineReadings(List.of(), links).facts().get(Fact.CONNECTED))
                .isEqualTo(connected);
    }

    @Test
    void theLibraryReadsThisMachine() {
        MachineReadings machine = OshiReadings.read();
        assertThat(machine.facts()).containsKey(Fact.CONNECTED);
    }
}
