package dev.godwit.merge;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/**
 * Deltas add up, until somebody counts: a reset says what the counter is, whatever it was.
 *
 * <p>Law: the value is that of the reset with the greatest stamp plus every accepted delta that this reset's writer had not
 * seen, and without a reset the first value plus every accepted delta, in whatever order they arrive. An operation-based
 * counter (Shapiro and others, 2011) whose exactly-once delivery the receipts provide, with a last-writer-wins register for
 * its origin; both are CRDTs.
 *
 * <p>The memory, see {@link CounterResets}, is only there in cells that were ever reset.
 */
final class Counter implements ColumnRule {
    static final Counter RULE = new Counter();

    private Counter() {}

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        if (attempt.write().role() != ColumnRole.ADD && attempt.write().role() != ColumnRole.RESET) {
            return new Verdict.Refused("a counter takes deltas, not values");
        }
        try {
            return attempt.write().role() == ColumnRole.RESET ? reset(attempt) : add(attempt);
        } catch (ArithmeticException overflow) {
            return new Verdict.Refused("the counter stands at " + attempt.stored() + " and " + attempt.incoming()
                    + (attempt.write().role() == ColumnRole.RESET ? " in its place" : " more")
                    + " does not fit into 64 bits");
        }
    }

    private static Verdict add(Attempt attempt) {
        Value sum = Value.of(
                Math.addExact(number(attempt.stored()), attempt.incoming().asLong()));
        return new Verdict.Settled(sum, true, attempt.memory(), Verdict.Loser.NONE, false);
    }

    private static Verdict reset(Attempt attempt) {
        CounterResets resets = CounterResets.decode(attempt.memory());
        Stamp stamp = attempt.stamp();
        long value = attempt.incoming().asLong();
        CounterResets.Reset present = resets.greatest(reset -> true);
        boolean wins = stamp.compareTo(present.stamp()) >= 0;
        if (wins && !resets.tells(attempt.seen())) {
            return new Verdict.Refused(
                    "counts a counter that has been counted since by others, so long ago, or so many moves of its row"
                            + " ago, that nobody knows any more what this count had seen: retry it to make it hold"
                            + " now, or discard it");
        }
        CounterResets.Reset pulled = resets.greatest(reset -> reset.commit() <= attempt.base());
        long shown = number(attempt.write().baseOrNull());
        // both sums count the deltas from the same origin, so that their difference is what the reset has not seen
        long withoutOwn = Math.subtractExact(shown, resets.ownSteps(attempt.seen()));
        long seenSum = Math.addExact(Math.subtractExact(withoutOwn, pulled.value()), pulled.sum());
        long presentSum = Math.addExact(Math.subtractExact(number(attempt.stored()), present.value()), present.sum());
        Value memory = resets.with(new CounterResets.Reset(attempt.commit(), stamp, value, shown, seenSum))
                .encode();
        if (!wins) {
            return new Verdict.Settled(attempt.stored(), false, memory, Verdict.Loser.INCOMING, false);
        }
        Value now = Value.of(Math.addExact(value, Math.subtractExact(presentSum, seenSum)));
        boolean lost = present.commit() != 0 && !present.isSeen(attempt.seen());
        return new Verdict.Settled(now, true, memory, lost ? Verdict.Loser.STORED : Verdict.Loser.NONE, false);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        if (write.role() == ColumnRole.RESET && number(current) == number(write.baseOrNull())) {
            return write.value(); // also where the two are further apart than a number can say
        }
        long delta = write.role() == ColumnRole.ADD
                ? write.value().asLong()
                : Math.subtractExact(write.value().asLong(), number(write.baseOrNull()));
        return Value.of(Math.addExact(number(current), delta));
    }

    @Override
    public long seenTime(Supplier<Value> memory, CellWrite write, Seen seen) {
        return write.role() == ColumnRole.RESET
                ? CounterResets.decode(memory.get())
                        .greatest(reset -> reset.isSeen(seen))
                        .stamp()
                        .time()
                : 0;
    }

    @Override
    public Value fold(Value memory, long horizon) {
        return CounterResets.decode(memory).fold(horizon).encode();
    }

    @Override
    public Value renumbered(Value memory, LongUnaryOperator numbers) {
        return CounterResets.decode(memory).renumbered(numbers).encode();
    }

    private static long number(Value value) {
        return value.kind() == Value.Kind.INTEGER ? value.asLong() : 0;
    }
}
