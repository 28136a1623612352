package dev.godwit.scheduler;

import java.io.File;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether there is a network, from {@code /sys/class/net}. Real devices decide, and links to a provider (PPP); bridges, tunnels and
 * the ends of containers' cables are up on a machine that is offline. In a container, which has no real device, what is there
 * decides.
 */
final class LinuxNetwork {
    private static final String SOURCE = "/sys/class/net";
    private static final long LOOPBACK = 772;
    private static final long PPP = 512;

    private final File classes;

    LinuxNetwork(File classes) {
        this.classes = classes;
    }

    Reading connected() {
        List<File> entries = SysFiles.entries(new File(classes, "net"));
        if (entries == null) {
            return new Reading(Truth.UNKNOWN, SOURCE, 0);
        }
        List<File> real = new ArrayList<>();
        List<File> others = new ArrayList<>();
        for (File entry : entries) {
            long type = SysFiles.number(entry, "type");
            boolean loop = type == LOOPBACK || entry.getName().equals("lo");
            if (loop || !new File(entry, "operstate").exists()) {
                continue;
            }
            if (new File(entry, "device").exists() || type == PPP) {
                real.add(entry);
            } else if (!new File(entry, "bridge").exists() && !new File(entry, "tun_flags").exists()) {
                others.add(entry);
            }
        }
        return anyUp(real.isEmpty() ? others : real);
    }

    private static Reading anyUp(List<File> links) {
        Truth truth = Truth.FALSE;
        String source = SOURCE + ", which has no link";
        for (File link : links) {
            Truth up = up(link);
            if (up == Truth.TRUE) {
                return new Reading(Truth.TRUE, SOURCE + "/" + link.getName(), 0);
            }
            truth = truth.or(up);
            source = SOURCE;
        }
        return new Reading(truth, source, 0);
    }

    private static Truth up(File link) {
        String state = String.valueOf(SysFiles.line(link, "operstate"));
        return switch (state) {
            case "up" -> Truth.TRUE;
            case "down", "lowerlayerdown", "notpresent", "dormant", "testing" -> Truth.FALSE;
            // Some drivers never say; whether there is a signal is the next best.
            default ->
                switch ((int) SysFiles.number(link, "carrier")) {
                    case 1 -> Truth.TRUE;
                    case 0 -> Truth.FALSE;
                    default -> Truth.UNKNOWN;
                };
        };
    }
}
