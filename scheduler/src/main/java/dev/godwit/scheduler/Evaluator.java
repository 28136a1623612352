package dev.godwit.scheduler;

import dev.godwit.scheduler.Constraint.AllOf;
import dev.godwit.scheduler.Constraint.AnyOf;
import dev.godwit.scheduler.Constraint.Custom;
import dev.godwit.scheduler.Constraint.FreeBytes;
import dev.godwit.scheduler.Constraint.Holds;
import dev.godwit.scheduler.Constraint.Host;
import dev.godwit.scheduler.Constraint.Not;
import dev.godwit.scheduler.Constraint.Soft;
import dev.godwit.scheduler.Constraint.TimeWindow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides one constraint at one moment. Opposites are carried down to the leaves: not all of some is one of their opposites.
 *
 * <p>When time may change a list: a list of which all must hold stays unmet until the last of its unmet parts may change, and met
 * until the first of its parts may; a list of which one must hold, the other way round.
 */
final class Evaluator implements Constraint.Cases<Evaluation> {
    private static final long NEVER = Long.MAX_VALUE;

    private final ConditionSnapshot now;
    private final long wallMillis;
    private final long waitedMillis;
    private final boolean opposite;

    Evaluator(ConditionSnapshot now, long wallMillis, long waitedMillis) {
        this(now, wallMillis, waitedMillis, false);
    }

    private Evaluator(ConditionSnapshot now, long wallMillis, long waitedMillis, boolean opposite) {
        this.now = now;
        this.wallMillis = wallMillis;
        this.waitedMillis = waitedMillis;
        this.opposite = opposite;
    }

    Evaluation decide(Constraint constraint) {
        Evaluation decided = constraint.match(this);
        return decided.met() || !decided.unmet().isEmpty()
                ? decided
                : new Evaluation(false, decided.truth(), List.of(constraint), constraint, decided.changesInMillis());
    }

    @Override
    public Evaluation holds(Fact fact) {
        Truth truth = now.of(fact).truth();
        boolean met = taken(truth, fact);
        if (fact.ofNetwork()) {
            Truth network = now.of(Fact.CONNECTED).truth();
            met &= taken(network, Fact.CONNECTED);
            truth = truth.and(network);
        }
        return leaf(new Holds(fact), truth, met, NEVER);
    }

    private static boolean taken(Truth truth, Fact fact) {
        return truth == Truth.TRUE || (truth == Truth.UNKNOWN && fact.ifUnknown());
    }

    @Override
    public Evaluation freeBytes(long bytes) {
        Truth truth = now.freeBytes() < 0 ? Truth.UNKNOWN : Truth.of(now.freeBytes() >= bytes);
        return leaf(new FreeBytes(bytes), truth, truth != Truth.FALSE, NEVER);
    }

    @Override
    public Evaluation window(TimeWindow window) {
        WindowHours hours = new WindowHours(window);
        boolean open = hours.isOpen(wallMillis);
        return leaf(window, Truth.of(open), open, hours.changesInMillis(wallMillis));
    }

    @Override
    public Evaluation custom(String name) {
        Truth truth = now.custom(name).truth();
        return leaf(new Custom(name), truth, truth == Truth.TRUE, NEVER);
    }

    @Override
    public Evaluation host(String name) {
        Truth truth = now.host(name);
        return leaf(new Host(name), truth, truth != Truth.FALSE, NEVER);
    }

    private Evaluation leaf(Constraint leaf, Truth truth, boolean holds, long changesInMillis) {
        boolean met = holds != opposite;
        Constraint asked = opposite ? new Not(leaf) : leaf;
        return new Evaluation(
                met,
                opposite ? truth.not() : truth,
                met ? List.of() : List.of(asked),
                met ? Constraint.NONE : asked,
                changesInMillis);
    }

    @Override
    public Evaluation allOf(List<Constraint> parts) {
        return list(parts, !opposite);
    }

    @Override
    public Evaluation anyOf(List<Constraint> parts) {
        return list(parts, opposite);
    }

    private Evaluation list(List<Constraint> parts, boolean all) {
        Truth truth = Truth.of(all);
        boolean met = all;
        List<Evaluation> decided = new ArrayList<>();
        for (Constraint part : parts) {
            Evaluation one = part.match(this);
            decided.add(one);
            truth = all ? truth.and(one.truth()) : truth.or(one.truth());
            met = all ? met && one.met() : met || one.met();
        }
        Set<Constraint> unmet = new LinkedHashSet<>();
        List<Constraint> missing = new ArrayList<>();
        long first = NEVER;
        long last = 0;
        for (Evaluation one : decided) {
            first = Math.min(first, one.changesInMillis());
            if (one.met() == met) {
                last = Math.max(last, one.changesInMillis());
            }
            if (!met && !one.met()) {
                unmet.addAll(one.unmet());
                missing.add(one.missing());
            }
        }
        boolean untilTheFirst = parts.isEmpty() || met == all;
        return new Evaluation(
                met,
                truth,
                List.copyOf(unmet),
                met ? Constraint.NONE : join(missing, all),
                untilTheFirst ? first : last);
    }

    /** Under an opposite this is not used: {@link #not} says what is missing there. */
    private Constraint join(List<Constraint> missing, boolean all) {
        if (opposite || missing.isEmpty()) {
            return Constraint.NONE;
        }
        if (missing.size() == 1) {
            return missing.get(0);
        }
        return all ? new AllOf(missing) : new AnyOf(missing);
    }

    @Override
    public Evaluation not(Constraint part) {
        Evaluation one = part.match(new Evaluator(now, wallMillis, waitedMillis, !opposite));
        // As it was written, and not resolved into leaves: that could be longer than a constraint may be.
        Constraint missing = one.met() ? Constraint.NONE : part.not();
        return new Evaluation(one.met(), one.truth(), one.unmet(), missing, one.changesInMillis());
    }

    /** Never under an opposite. */
    @Override
    public Evaluation soft(Constraint part, long relaxAfterMillis) {
        if (waitedMillis >= relaxAfterMillis) {
            return new Evaluation(true, Truth.TRUE, List.of(), Constraint.NONE, NEVER);
        }
        Evaluation one = part.match(this);
        if (one.met()) {
            return one;
        }
        return new Evaluation(
                false,
                one.truth(),
                one.unmet(),
                new Soft(one.missing(), relaxAfterMillis),
                Math.min(one.changesInMillis(), relaxAfterMillis - Math.max(0, waitedMillis)));
    }
}
