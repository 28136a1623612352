package dev.godwit.scheduler;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * External power and battery level, from {@code /sys/class/power_supply}. The batteries of mice and headsets (scope "Device") are
 * not the device's. A device without a battery is on external power. A battery that neither charges nor discharges, because it is
 * full or held at a limit, is on external power as well, unless a supply says that it is not plugged in.
 */
final class LinuxPower {
    /** As low as Android's. */
    static final int LOW_PERCENT = 15;

    private static final String SOURCE = "/sys/class/power_supply";

    private final File classes;

    LinuxPower(File classes) {
        this.classes = classes;
    }

    private record Supplies(List<File> batteries, List<File> plugs) {}

    private @Nullable Supplies supplies() {
        List<File> entries = SysFiles.entries(new File(classes, "power_supply"));
        if (entries == null) {
            // A kernel without this class knows no battery; where there are no classes at all, nobody can tell.
            boolean anyClass = SysFiles.entries(classes) != null && !new File(classes, "power_supply").exists();
            return anyClass ? new Supplies(List.of(), List.of()) : null;
        }
        Supplies supplies = new Supplies(new ArrayList<>(), new ArrayList<>());
        for (File entry : entries) {
            String type = SysFiles.line(entry, "type");
            boolean foreign = "Device".equals(SysFiles.line(entry, "scope")) || SysFiles.number(entry, "present") == 0;
            if (type == null || foreign) {
                continue;
            }
            boolean battery = type.equals("Battery") || type.equals("UPS");
            (battery ? supplies.batteries() : supplies.plugs()).add(entry);
        }
        return supplies;
    }

    Reading charging() {
        Supplies supplies = supplies();
        if (supplies == null) {
            return reading(Truth.UNKNOWN, "");
        }
        if (supplies.batteries().isEmpty()) {
            return reading(Truth.TRUE, ", which has no battery");
        }
        boolean unplugged = false;
        for (File plug : supplies.plugs()) {
            long online = SysFiles.number(plug, "online");
            if (online > 0) {
                return reading(Truth.TRUE, "/" + plug.getName());
            }
            unplugged |= online == 0;
        }
        List<String> statuses = new ArrayList<>();
        for (File battery : supplies.batteries()) {
            statuses.add(String.valueOf(SysFiles.line(battery, "status")));
        }
        String source = "/" + supplies.batteries().get(0).getName();
        if (statuses.contains("Charging")) {
            return reading(Truth.TRUE, source);
        }
        if (unplugged || statuses.contains("Discharging")) {
            return reading(Truth.FALSE, source);
        }
        boolean kept = statuses.contains("Full") || statuses.contains("Not charging");
        return reading(kept ? Truth.TRUE : Truth.UNKNOWN, source);
    }

    /** By the fullest of the device's batteries. */
    Reading batteryNotLow() {
        Supplies supplies = supplies();
        if (supplies == null) {
            return reading(Truth.UNKNOWN, "");
        }
        if (supplies.batteries().isEmpty()) {
            return reading(Truth.TRUE, ", which has no battery");
        }
        Truth truth = Truth.FALSE;
        for (File battery : supplies.batteries()) {
            truth = truth.or(notLow(battery));
        }
        return reading(truth, "/" + supplies.batteries().get(0).getName());
    }

    private static Truth notLow(File battery) {
        long percent = SysFiles.number(battery, "capacity");
        if (percent >= 0) {
            return Truth.of(percent > LOW_PERCENT);
        }
        String level = String.valueOf(SysFiles.line(battery, "capacity_level"));
        return switch (level) {
            case "Critical", "Low" -> Truth.FALSE;
            case "Normal", "High", "Full" -> Truth.TRUE;
            default -> Truth.UNKNOWN;
        };
    }

    private static Reading reading(Truth truth, String detail) {
        return new Reading(truth, SOURCE + detail, 0);
    }
}
