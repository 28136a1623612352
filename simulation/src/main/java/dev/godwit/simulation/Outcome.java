package dev.godwit.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param plan what was run
 * @param hash of everything that happened
 * @param reach what it reached
 * @param violation the first promise that was found broken, or null
 * @param story what happened, if it was asked for
 */
record Outcome(
        Plan plan, String hash, Reach reach, @Nullable Violation violation, List<String> story) {}
