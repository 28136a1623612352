package dev.godwit.desktop;

import dev.godwit.scheduler.Truth;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.hardware.NetworkIF;
import oshi.hardware.PowerSource;
import oshi.spi.SystemInfoFactory;

/** Reads the machine through OSHI, with whichever of its parts for this system is on the class path. */
final class OshiReadings {
    private OshiReadings() {}

    /**
     * Reads now; takes up to a second the first time.
     *
     * @throws IllegalStateException if no part for this system is there
     */
    static MachineReadings read() {
        HardwareAbstractionLayer hardware = SystemInfoFactory.create().getHardware();
        return new MachineReadings(
                hardware.getPowerSources().stream().map(OshiReadings::battery).toList(),
                hardware.getNetworkIFs().stream().map(OshiReadings::link).toList());
    }

    private static MachineReadings.Battery battery(PowerSource source) {
        boolean saysNothing = !source.isPowerOnLine() && !source.isCharging() && !source.isDischarging();
        boolean isPlaceholder = saysNothing && source.getMaxCapacity() <= 1 && source.getDesignCapacity() <= 1;
        return new MachineReadings.Battery(
                source.getRemainingCapacityPercent(),
                source.isPowerOnLine(),
                source.isCharging(),
                source.isDischarging(),
                isPlaceholder);
    }

    private static MachineReadings.Link link(NetworkIF link) {
        boolean hasAddress = Stream.concat(
                        Stream.of(link.getIPv4addr()).filter(address -> !address.startsWith("169.254.")),
                        Stream.of(link.getIPv6addr())
                                .filter(address ->
                                        !address.toLowerCase(Locale.ROOT).startsWith("fe80")))
                .findAny()
                .isPresent();
        return new MachineReadings.Link(up(link), hasAddress);
    }

    private static Truth up(NetworkIF link) {
        List<NetworkIF.IfOperStatus> silent = List.of(NetworkIF.IfOperStatus.UNKNOWN, NetworkIF.IfOperStatus.TESTING);
        if (!silent.contains(link.getIfOperStatus())) {
            return Truth.of(link.getIfOperStatus() == NetworkIF.IfOperStatus.UP);
        }
        try {
            NetworkInterface known = link.queryNetworkInterface();
            return known == null ? Truth.UNKNOWN : Truth.of(known.isUp());
        } catch (SocketException e) {
            return Truth.UNKNOWN;
        }
    }
}
