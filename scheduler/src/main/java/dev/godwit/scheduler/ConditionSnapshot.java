package dev.godwit.scheduler;

import java.util.Map;

/**
 * The device at one moment.
 *
 * @param facts what is known; a fact that is not in it is unknown
 * @param custom the application's own conditions, by name
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

    /** What is known of a fact. */
    public Reading of(Fact fact) {
        return facts.getOrDefault(fact, Reading.NONE);
    }

    /** What is known of a condition of the application's own. */
    public Reading custom(String name) {
        return custom.getOrDefault(name, Reading.NONE);
    }
}
