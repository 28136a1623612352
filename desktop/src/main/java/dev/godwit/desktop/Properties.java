package dev.godwit.desktop;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Properties that somebody else has sent: whatever is missing, of another type or out of range is not there. */
record Properties(Map<String, Object> values) {
    static final Properties NONE = new Properties(Map.of());

    Properties {
        values = Map.copyOf(values);
    }

    Optional<Boolean> flag(String name) {
        return values.get(name) instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
    }

    /** A whole number from 0 to {@code most}, or -1. */
    int number(String name, int most) {
        Object value = values.get(name);
        boolean isWhole = !(value instanceof Double) && !(value instanceof Float);
        long number = isWhole && value instanceof Number whole ? whole.longValue() : -1;
        return number >= 0 && number <= most ? (int) number : -1;
    }

    OptionalDouble percent(String name) {
        return values.get(name) instanceof Double percent && percent >= 0 && percent <= 100
                ? OptionalDouble.of(percent)
                : OptionalDouble.empty();
    }

    Optional<String> text(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }
}
