package dev.godwit.merge;

import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/**
 * Declared values win over others by their place in a list, and by stamp where the place is the same; values that are not in
 * the list come first of all.
 *
 * <p>Whoever has seen a value may set one of a lower place (an order is opened again). So that this does not depend on the
 * order of arrival, such a write begins a new <i>round</i>, and writes compare by round, place and stamp. A write's round is
 * that of the greatest one its writer had seen, plus one if it goes back behind its place; it depends on what was seen and on
 * nothing else. (What the device showed is no measure: with a pending write over a pulled value it may have shown the lesser of
 * two.) Law: the cell holds the greatest accepted write by (round, place, stamp). A CRDT: a register over a total order that
 * extends causality.
 *
 * <p>The memory is the writes that somebody may not have seen, oldest first, and the greatest of those before them; of each
 * commit number, writer, round, and place plus one, see {@link MemoryOutput}. A writer's write of the rank of his last is not
 * kept.
 */
final class Precedence implements ColumnRule {
    private final List<String> order;

    Precedence(List<String> order) {
        this.order = order;
    }

    private record Step(long commit, long writer, int round, int place) {
        int compareRank(Step other) {
            return round != other.round ? Integer.compare(round, other.round) : Integer.compare(place, other.place);
        }
    }

    @Override
    public boolean remembers() {
        return true;
    }

    private int place(Value value) {
        return value.kind() == Value.Kind.TEXT ? order.indexOf(value.asText()) : -1;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        List<Step> steps = decode(attempt.memory());
        long writer = attempt.stamp().writer();
        Value base = attempt.concurrent() ? attempt.write().baseOrNull() : attempt.stored();
        Step seen = greatest(
                steps, step -> attempt.seen().has(step.commit(), step.writer()), new Step(0, writer, 0, place(base)));
        int place = place(attempt.incoming());
        Step step = new Step(attempt.commit(), writer, seen.round() + (place < seen.place() ? 1 : 0), place);
        int storedPlace = place(attempt.stored());
        Step stored = new Step(
                0,
                0,
                greatest(steps, any -> true, new Step(0, 0, 0, storedPlace)).round(),
                storedPlace);
        int byRank = step.compareRank(stored);
        boolean wins = !attempt.concurrent()
                || byRank > 0
                || (byRank == 0 && attempt.stamp().compareTo(attempt.cell().stamp()) > 0);
        if (steps.stream().noneMatch(own -> own.writer() == writer && own.compareRank(step) == 0)) {
            steps.add(step);
        }
        Verdict.Settled settled = wins ? Verdict.replace(attempt, attempt.incoming()) : Verdict.keep(attempt);
        return new Verdict.Settled(settled.value(), settled.taken(), encode(steps), settled.loser(), false);
    }

    private static Step greatest(List<Step> steps, Predicate<Step> which, Step none) {
        Step greatest = null;
        for (Step step : steps) {
            if (which.test(step) && (greatest == null || step.compareRank(greatest) > 0)) {
                greatest = step;
            }
        }
        return greatest == null ? none : greatest;
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        Value base = write.base();
        boolean seen = base == null || base.equals(current);
        return seen || place(write.value()) >= place(current) ? write.value() : current;
    }

    private static List<Step> decode(Value memory) {
        List<Step> steps = new ArrayList<>();
        for (MemoryInput in = new MemoryInput(memory); in.hasMore(); ) {
            steps.add(new Step(in.number(), in.number(), in.count(), in.count() - 1));
        }
        return steps;
    }

    private static Value encode(List<Step> steps) {
        if (steps.isEmpty()) {
            return Value.NULL;
        }
        MemoryOutput out = new MemoryOutput();
        for (Step step : steps) {
            out.number(step.commit());
            out.number(step.writer());
            out.number(step.round());
            out.number(step.place() + 1);
        }
        return out.toValue();
    }

    /**
     * Everybody has seen what is up to the horizon: the greatest of that is enough, and where nothing came later the stored
     * value says it.
     */
    @Override
    public Value fold(Value memory, long horizon) {
        List<Step> steps = decode(memory);
        List<Step> kept = new ArrayList<>();
        Step none = new Step(0, 0, 0, -1);
        kept.add(greatest(steps, step -> step.commit() <= horizon, none));
        kept.remove(none);
        steps.removeIf(step -> step.commit() <= horizon);
        kept.addAll(steps);
        return encode(steps.isEmpty() ? steps : kept);
    }

    @Override
    public Value renumbered(Value memory, LongUnaryOperator numbers) {
        List<Step> steps = decode(memory);
        steps.replaceAll(
                step -> new Step(numbers.applyAsLong(step.commit()), step.writer(), step.round(), step.place()));
        return encode(steps);
    }
}
