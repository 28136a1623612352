package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;
import java.util.function.LongUnaryOperator;

/**
 * A set of scalars in a JSON array; an add wins over a concurrent remove. A write means the elements that it added to its base
 * and those that it removed from it.
 *
 * <p>Law: an element is in the set if and only if somebody added it and no accepted remove's writer had seen that add, in
 * whatever order the writes arrive. A CRDT: the observed-remove set (Shapiro and others, "A comprehensive study of convergent
 * and commutative replicated data types", 2011) in its form without tombstones (Bieniusa and others, "An optimized
 * conflict-free replicated set", 2012): each add has a dot, a remove takes away the dots it had seen. That the adds of others
 * have one writer who came last is not enough to know (the writer of the last may have seen only his own), so
 * {@link SetDots} keeps one dot of each writer. Nothing is ever lost to another write.
 *
 * <p>Canonical form: no element twice, sorted (false, true, numbers by value, strings by code points), without white space. A
 * number is one element however it is spelled, and has one spelling, which only depends on its value: had it the one of
 * whoever wrote it, two orders of arrival would give two texts. NULL is no set at all, and {@code []} an empty one; that
 * there is a set is added and removed like an element.
 */
final class AddWinsSet implements ColumnRule {
    static final AddWinsSet RULE = new AddWinsSet();

    private AddWinsSet() {}

    /**
     * The canonical form of a set.
     *
     * @throws IllegalArgumentException if it is not an array of scalars
     */
    static Value canonical(Value value) {
        try {
            return ScalarSet.parse(value).toValue();
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the value " + e.getMessage(), e);
        }
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        if (attempt.write().role() != ColumnRole.SET) {
            return new Verdict.Refused("a set is written whole");
        }
        try {
            return merge(attempt, ScalarSet.parse(attempt.incoming()));
        } catch (MalformedException e) {
            return new Verdict.Refused("the value, or what it would become, " + e.getMessage());
        }
    }

    private static Verdict merge(Attempt attempt, ScalarSet incoming) throws MalformedException {
        ScalarSet base = ScalarSet.parseOrNone(attempt.write().baseOrNull());
        ScalarSet result = ScalarSet.parseOrNone(attempt.stored());
        long writer = attempt.stamp().writer();
        SetDots dots = SetDots.decode(attempt.memory());
        for (Scalar element : ScalarSet.removed(base, incoming).elements()) {
            if (dots.remove(element, attempt.seen())) {
                result.elements().remove(element);
            }
        }
        for (Scalar element : ScalarSet.added(base, incoming).elements()) {
            dots.add(element, writer, attempt.commit());
            result.elements().add(element);
        }
        Value value = result.toValue();
        ScalarSet.check(result);
        return new Verdict.Settled(value, !value.equals(attempt.stored()), dots.encode(), Verdict.Loser.NONE, false);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        try {
            ScalarSet incoming = ScalarSet.parse(write.value());
            ScalarSet base = ScalarSet.parseOrNone(write.baseOrNull());
            ScalarSet result = ScalarSet.parseOrNone(current);
            result.elements().removeAll(ScalarSet.removed(base, incoming).elements());
            result.elements().addAll(ScalarSet.added(base, incoming).elements());
            return result.toValue();
        } catch (MalformedException e) {
            return write.value(); // the server will refuse it
        }
    }

    @Override
    public Value fold(Value memory, long horizon) {
        SetDots dots = SetDots.decode(memory);
        dots.fold(horizon);
        return dots.encode();
    }

    @Override
    public Value renumbered(Value memory, LongUnaryOperator numbers) {
        SetDots dots = SetDots.decode(memory);
        dots.renumber(numbers);
        return dots.encode();
    }
}
