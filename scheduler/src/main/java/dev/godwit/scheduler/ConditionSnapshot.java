package dev.godwit.scheduler;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The device at one moment.
 *
 * @param facts what is known; a fact that is not in it is unknown
 * @param custom the application's own conditions, by name; a host of which {@code host:name} is said to be false is not asked
 * @param freeBytes free space on the disk that holds the data, or -1 if unknown
 */
public record ConditionSnapshot(Map<Fact, Reading> facts, Map<String, Reading> custom, long freeBytes) {
    /** Nothing is known. */
    public static final ConditionSnapshot UNKNOWN = new ConditionSnapshot(Map.of(), Map.of(), -1);

    /** Keeps copies. */
    public ConditionSnapshot {
        facts = Map.copyOf(facts);
        custom = Map.copyOf(custom);
    }

    private static final String HOST = "host:";

    /** Whether a host answers: false while its circuit is open, or as long as the application says so. */
    Truth host(String name) {
        return custom(HOST + name).truth();
    }

    /** The same, with hosts that are not to be asked. */
    ConditionSnapshot without(Collection<String> hosts) {
        if (hosts.isEmpty()) {
            return this;
        }
        Map<String, Reading> more = new HashMap<>(custom);
        hosts.forEach(host -> more.put(HOST + host, new Reading(Truth.FALSE, "circuit breaker", 0)));
        return new ConditionSnapshot(facts, more, freeBytes);
    }

    /** Whether the other says the same, whoever says it and however old it is; free space, which never stands still, apart. */
    boolean saysWhat(ConditionSnapshot other) {
        return truths(facts).equals(truths(other.facts)) && truths(custom).equals(truths(other.custom));
    }

    private static <K> Map<K, Truth> truths(Map<K, Reading> readings) {
        Map<K, Truth> truths = new HashMap<>();
        readings.forEach((what, reading) -> {
            if (reading.truth() != Truth.UNKNOWN) {
                truths.put(what, reading.truth());
            }
        });
        return truths;
    }

    /** What is known of a fact. */
    public Reading of(Fact fact) {
        return facts.getOrDefault(fact, Reading.NONE);
    }

    /** What is known of a condition of the application's own. */
    public Reading custom(String name) {
        return custom.getOrDefault(name, Reading.NONE);
    }
}
