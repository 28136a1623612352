package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a system-information library reads of a machine, as plain values, and what that means. Pure.
 *
 * @param batteries the machine's
 * @param links its network links, without the loopback
 */
record MachineReadings(List<Battery> batteries, List<Link> links) {
    /** As low as for the kernel's files. */
    static final double LOW_PART = 0.15;

    /**
     * A battery.
     *
     * @param part how full it is, 0 to 1
     * @param isPlaceholder that the library gives where there is none
     */
    record Battery(double part, boolean isOnLine, boolean isCharging, boolean isDischarging, boolean isPlaceholder) {}

    /** A link: whether it is up, and has an address that others can reach. */
    record Link(Truth up, boolean hasAddress) {}

    MachineReadings {
        batteries =
                batteries.stream().filter(battery -> !battery.isPlaceholder()).toList();
        links = List.copyOf(links);
    }

    /** What is known; a fact that is not is left out. */
    Map<Fact, Truth> facts() {
        Map<Fact, Truth> facts = new EnumMap<>(Fact.class);
        facts.put(Fact.CHARGING, charging());
        facts.put(Fact.BATTERY_NOT_LOW, notLow());
        facts.put(Fact.CONNECTED, connected());
        facts.values().removeIf(truth -> truth == Truth.UNKNOWN);
        return facts;
    }

    private Truth charging() {
        if (batteries.isEmpty() || batteries.stream().anyMatch(b -> b.isOnLine() || b.isCharging())) {
            return Truth.TRUE;
        }
        return batteries.stream().anyMatch(Battery::isDischarging) ? Truth.FALSE : Truth.UNKNOWN;
    }

    /** By the fullest. */
    private Truth notLow() {
        Truth truth = batteries.isEmpty() ? Truth.TRUE : Truth.FALSE;
        for (Battery battery : batteries) {
            boolean isKnown = battery.part() >= 0 && battery.part() <= 1;
            truth = truth.or(isKnown ? Truth.of(battery.part() > LOW_PART) : Truth.UNKNOWN);
        }
        return truth;
    }

    private Truth connected() {
        Truth truth = Truth.FALSE;
        for (Link link : links) {
            truth = truth.or(link.hasAddress() ? link.up() : Truth.FALSE);
        }
        return truth;
    }
}
