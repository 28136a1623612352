package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one source says of a fact.
 *
 * @param truth whether it holds; unknown if the source is there and does not know
 * @param source who says so, in words for people
 * @param readMillis when that was found out, by the monotonic clock
 */
record Said(Truth truth, String source, long readMillis) {
    /** What a source says of several. */
    static Map<Fact, Said> all(Map<Fact, Truth> truths, String source, long readMillis) {
        Map<Fact, Said> said = new EnumMap<>(Fact.class);
        truths.forEach((fact, truth) -> said.put(fact, new Said(truth, source, readMillis)));
        return said;
    }

    /** Whether something is not as it was, be it who says so. */
    static boolean differ(Map<Fact, Said> one, Map<Fact, Said> other) {
        return !one.keySet().equals(other.keySet())
                || one.entrySet().stream().anyMatch(each -> {
                    Said now = other.get(each.getKey());
                    return now == null || each.getValue().truth() != now.truth();
                });
    }
}
