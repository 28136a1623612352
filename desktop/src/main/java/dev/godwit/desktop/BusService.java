package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The services of Linux's system bus that know conditions: where each says what, and what that means. Pure. A fact that a service
 * cannot decide and the kernel's files can, is left to those.
 */
enum BusService {
    /** Power: {@code OnBattery}, and the display device, which stands for all batteries. */
    POWER(
            "UPower",
            "org.freedesktop.UPower",
            new BusObject("/org/freedesktop/UPower", "org.freedesktop.UPower"),
            new BusObject("/org/freedesktop/UPower/devices/DisplayDevice", "org.freedesktop.UPower.Device")) {
        @Override
        Map<Fact, Truth> facts(List<Properties> of) {
            Map<Fact, Truth> facts = new EnumMap<>(Fact.class);
            Properties display = of.get(1);
            put(facts, Fact.CHARGING, plugged(of.get(0), display));
            put(facts, Fact.BATTERY_NOT_LOW, notLow(display));
            return facts;
        }
    },

    /** The network, while NetworkManager has a connection of its own: a network that it does not manage it knows nothing of. */
    NETWORK(
            "NetworkManager",
            "org.freedesktop.NetworkManager",
            new BusObject("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager")) {
        @Override
        Map<Fact, Truth> facts(List<Properties> of) {
            Properties network = of.get(0);
            Map<Fact, Truth> facts = new EnumMap<>(Fact.class);
            boolean isOurs = isConnected(network);
            if (isOurs) {
                facts.put(Fact.CONNECTED, Truth.TRUE);
            }
            facts.put(Fact.UNMETERED, isOurs ? unmetered(network.number("Metered", 4)) : Truth.UNKNOWN);
            facts.put(Fact.VALIDATED, isOurs ? validated(network.number("Connectivity", 4)) : Truth.UNKNOWN);
            return facts;
        }
    },

    /** Who uses the device. */
    LOGIN(
            "logind",
            "org.freedesktop.login1",
            new BusObject("/org/freedesktop/login1", "org.freedesktop.login1.Manager")) {
        @Override
        Map<Fact, Truth> facts(List<Properties> of) {
            Truth idle = of.get(0).flag("IdleHint").map(Truth::of).orElse(Truth.UNKNOWN);
            return Map.of(Fact.IDLE, idle);
        }
    };

    /** As low as for the kernel's files. */
    static final double LOW_PERCENT = 15;

    /** Of UPower's levels of warning: none, discharging, low, critical, action. */
    private static final int NO_WARNING = 1;

    private static final int WARNING_LOW = 3;

    /** Of NetworkManager's states: connected within the site, and to the world. */
    private static final int CONNECTED_SITE = 60;

    private final String words;
    private final String busName;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<BusObject> objects;

    BusService(String words, String busName, BusObject... objects) {
        this.words = words;
        this.busName = busName;
        this.objects = List.of(objects);
    }

    /** An object, and the interface whose properties are read. */
    record BusObject(String path, String interfaceName) {}

    /** What they say. {@code of} has the properties of each of {@link #objects()}. */
    abstract Map<Fact, Truth> facts(List<Properties> of);

    String words() {
        return words;
    }

    String busName() {
        return busName;
    }

    List<BusObject> objects() {
        return objects;
    }

    private static void put(Map<Fact, Truth> facts, Fact fact, Truth truth) {
        if (truth != Truth.UNKNOWN) {
            facts.put(fact, truth);
        }
    }

    private static Truth plugged(Properties power, Properties display) {
        if (power.flag("OnBattery").isPresent()) {
            return Truth.of(!power.flag("OnBattery").get());
        }
        return switch (display.number("State", 6)) {
            case 1, 4, 5 -> Truth.TRUE; // charging, full, pending charge
            case 2, 3, 6 -> Truth.FALSE; // discharging, empty, pending discharge
            default -> Truth.UNKNOWN;
        };
    }

    private static Truth notLow(Properties display) {
        if (!display.flag("IsPresent").orElse(true)) {
            return Truth.TRUE; // a device without a battery
        }
        int warning = display.number("WarningLevel", 5);
        if (warning >= WARNING_LOW) {
            return Truth.FALSE;
        }
        OptionalDouble percent = display.percent("Percentage");
        if (percent.isPresent()) {
            return Truth.of(percent.getAsDouble() > LOW_PERCENT);
        }
        return warning >= NO_WARNING ? Truth.TRUE : Truth.UNKNOWN;
    }

    private static boolean isConnected(Properties network) {
        return network.text("PrimaryConnection")
                .map(path -> path.startsWith("/") && path.length() > 1)
                .orElse(network.number("State", 70) >= CONNECTED_SITE);
    }

    private static Truth unmetered(int metered) {
        return switch (metered) {
            case 1, 3 -> Truth.FALSE; // yes, and a guess that says yes
            case 2, 4 -> Truth.TRUE;
            default -> Truth.UNKNOWN;
        };
    }

    private static Truth validated(int connectivity) {
        return switch (connectivity) {
            case 1, 2, 3 -> Truth.FALSE; // none, behind a portal, limited
            case 4 -> Truth.TRUE;
            default -> Truth.UNKNOWN;
        };
    }
}
