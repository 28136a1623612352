package dev.godwit.testing;

import dev.godwit.model.Limits;

/** Bounds for tests. */
final class TestLimits {
    private TestLimits() {}

    /** The defaults with some of them changed: name, value, name, value. */
    static Limits with(Object... namesAndValues) {
        Limits limits = Limits.DEFAULT;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            limits = limits.with((String) namesAndValues[i], ((Number) namesAndValues[i + 1]).longValue());
        }
        return limits;
    }
}
