package dev.godwit.merge;

import dev.godwit.model.Value;
import java.util.Objects;

/**
 * Merges two values against the one that both come from. Pure, and bounded in time and memory by the sizes of the values.
 *
 * <p>Objects and arrays in JSON merge member by member, see {@link JsonMerge}, other texts line by line, see {@link LineMerge}.
 * Anything else is whole: if only one side changed it, that side's value counts.
 */
public final class ThreeWayMerge {
    private ThreeWayMerge() {}

    /**
     * What comes of it.
     *
     * @param value both sides' changes; of changes that clash, ours
     * @param clean whether no changes clash
     */
    public record Result(Value value, boolean clean) {
        /** Checks the value. */
        public Result {
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Merges. A document in JSON that is neither side's is written without white space and with sorted members; a text keeps
     * its lines as they are, with their ends.
     */
    public static Result merge(Value base, Value ours, Value theirs) {
        if (ours.equals(theirs) || base.equals(theirs)) {
            return new Result(ours, true);
        }
        if (base.equals(ours)) {
            return new Result(theirs, true);
        }
        if (base.kind() != Value.Kind.TEXT || ours.kind() != Value.Kind.TEXT || theirs.kind() != Value.Kind.TEXT) {
            return new Result(ours, false);
        }
        return JsonMerge.merge(base, ours, theirs)
                .orElseGet(() -> LineMerge.merge(base.asText(), ours.asText(), theirs.asText()));
    }
}
