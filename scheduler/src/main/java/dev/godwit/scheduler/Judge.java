package dev.godwit.scheduler;

import java.util.function.Function;

/**
 * What the scheduler has to know of constraints: how they are kept, and what they say.
 *
 * @param encode the text that is kept; never called for {@link Constraint#NONE}
 * @param parse the constraint of a text
 * @param evaluator what a constraint says at a moment
 */
record Judge(Function<Constraint, String> encode, Function<String, Constraint> parse, Evaluator evaluator) {
    /** What a constraint says at a moment. */
    interface Evaluator {
        Evaluation of(Constraint constraint, ConditionSnapshot now, long wallMillis, long waitedMillis);
    }

    /** Knows no constraint but none. */
    static final Judge NONE_ONLY = new Judge(Judge::unknown, Judge::unread, Evaluation::of);

    private static String unknown(Constraint constraint) {
        throw new IllegalArgumentException("a constraint that cannot be kept: " + constraint);
    }

    private static Constraint unread(String text) {
        throw new IllegalArgumentException("a constraint that cannot be read: " + text);
    }
}
