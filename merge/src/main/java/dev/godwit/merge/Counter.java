package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * Deltas add up. Law: the value is the first one plus every accepted delta, in whatever order they arrive; no delta is ever
 * lost to another. An operation-based counter (Shapiro and others, 2011) whose exactly-once delivery the receipts provide.
 */
final class Counter implements ColumnRule {
    static final Counter RULE = new Counter();

    private Counter() {}

    @Override
    public Verdict decide(Attempt attempt) {
        if (!attempt.isDelta()) {
            return new Verdict.Refused("a counter takes deltas, not values");
        }
        long stored =
                attempt.stored().kind() == Value.Kind.INTEGER ? attempt.stored().asLong() : 0;
        try {
            return new Verdict.Write(
                    Value.of(Math.addExact(stored, attempt.incoming().asLong())));
        } catch (ArithmeticException overflow) {
            return new Verdict.Refused("the counter stands at " + stored + " and " + attempt.incoming()
                    + " more does not fit into 64 bits");
        }
    }
}
