package dev.godwit.scheduler;

import dev.godwit.scheduler.Constraint.AllOf;
import dev.godwit.scheduler.Constraint.AnyOf;
import dev.godwit.scheduler.Constraint.Not;
import dev.godwit.scheduler.Constraint.Soft;
import java.util.ArrayList;
import java.util.List;

/**
 * What every constraint can be asked. Not in {@link Constraint} itself: an interface with such methods is initialised with the
 * first class that implements it, and that one holds a constant of such a class, so two threads could wait for each other.
 */
sealed interface Combining permits Constraint {
    private Constraint own() {
        return (Constraint) this;
    }

    /** This one and the other; a list of all of them grows, it is not nested. */
    default Constraint and(Constraint other) {
        List<Constraint> parts = new ArrayList<>(own() instanceof AllOf all ? all.parts() : List.of(own()));
        parts.addAll(other instanceof AllOf all ? all.parts() : List.of(other));
        return parts.size() == 1 ? parts.get(0) : new AllOf(parts);
    }

    /** This one or the other. */
    default Constraint or(Constraint other) {
        List<Constraint> parts = new ArrayList<>(own() instanceof AnyOf any ? any.parts() : List.of(own()));
        parts.addAll(other instanceof AnyOf any ? any.parts() : List.of(other));
        return new AnyOf(parts);
    }

    /** The opposite. The opposite of a soft constraint is none: it would become impossible with age. */
    default Constraint not() {
        return own() instanceof Not not ? not.part() : new Not(own());
    }

    /** This one, until the work has waited for so long. */
    default Constraint softFor(long millis) {
        return new Soft(own(), millis);
    }

    /** For the store: short, in ASCII but for names, the same text for equal constraints. */
    default String encode() {
        return ConstraintText.encode(own());
    }

    /** For people, as the object of "waiting for": "an unmetered network, and charging or at least 500 MB free". */
    default String readable() {
        return ConstraintWords.of(own());
    }
}
