package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Constraints and devices from a seed. */
final class RandomConstraints {
    static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "Pacific/Apia",
            "+05:45");
    static final List<String> NAMES = List.of("peer nearby", "logged-in", "käse", "a/b:c_d.e", "x");
    static final String HOST = "a.b:80";
    /** With the reading of the host. */
    static final List<String> READ = List.of("peer nearby", "logged-in", "käse", "a/b:c_d.e", "x", "host:" + HOST);

    private final Random random;

    RandomConstraints(Random random) {
        this.random = random;
    }

    Constraint any(int depth) {
        return any(depth, true);
    }

    private Constraint any(int depth, boolean mayBeSoft) {
        if (depth <= 1 || random.nextInt(4) == 0) {
            return leaf();
        }
        return switch (random.nextInt(mayBeSoft ? 4 : 3)) {
            case 0 -> new Constraint.AllOf(list(depth, random.nextInt(4), mayBeSoft));
            case 1 -> new Constraint.AnyOf(list(depth, 1 + random.nextInt(3), mayBeSoft));
            case 2 -> new Constraint.Not(any(depth - 1, false));
            default -> any(depth - 1, true).softFor(1 + random.nextInt(100_000_000));
        };
    }

    private List<Constraint> list(int depth, int size, boolean mayBeSoft) {
        List<Constraint> parts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            parts.add(any(depth - 1, mayBeSoft));
        }
        return parts;
    }

    Constraint leaf() {
        return switch (random.nextInt(6)) {
            case 0 -> Constraint.freeBytes(1 + random.nextInt(1_000));
            case 1 -> window();
            case 2 ->
                random.nextInt(4) == 0
                        ? Constraint.host(HOST)
                        : Constraint.custom(NAMES.get(random.nextInt(NAMES.size())));
            default -> new Constraint.Holds(Fact.values()[random.nextInt(Fact.values().length)]);
        };
    }

    Constraint.TimeWindow window() {
        int from = random.nextInt(1440);
        int to = (from + 1 + random.nextInt(1439)) % 1440;
        return new Constraint.TimeWindow(from, to, ZONES.get(random.nextInt(ZONES.size())));
    }

    ConditionSnapshot device() {
        Map<Fact, Reading> facts = new HashMap<>();
        for (Fact fact : Fact.values()) {
            if (random.nextInt(4) != 0) {
                facts.put(fact, reading());
            }
        }
        Map<String, Reading> custom = new HashMap<>();
        for (String name : READ) {
            if (random.nextInt(4) != 0) {
                custom.put(name, reading());
            }
        }
        return new ConditionSnapshot(facts, custom, random.nextInt(4) == 0 ? -1 : random.nextInt(1_000));
    }

    private Reading reading() {
        return new Reading(Truth.values()[random.nextInt(3)], "a seed", 0);
    }

    /** The same, with everything that is unknown made up. */
    ConditionSnapshot completed(ConditionSnapshot device) {
        Map<Fact, Reading> facts = new HashMap<>();
        for (Fact fact : Fact.values()) {
            facts.put(fact, completed(device.of(fact)));
        }
        Map<String, Reading> custom = new HashMap<>();
        for (String name : READ) {
            custom.put(name, completed(device.custom(name)));
        }
        return new ConditionSnapshot(
                facts, custom, device.freeBytes() < 0 ? random.nextInt(1_000) : device.freeBytes());
    }

    private Reading completed(Reading reading) {
        return reading.truth() == Truth.UNKNOWN
                ? new Reading(Truth.of(random.nextBoolean()), reading.source(), 0)
                : reading;
    }
}
