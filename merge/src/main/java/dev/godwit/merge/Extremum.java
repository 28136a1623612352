package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * The largest, or the smallest, value that was ever written stays, by {@link ValueOrder}; NULL counts as none. Law: the cell
 * holds the maximum (minimum) of all accepted writes, whatever order they arrive in and whatever their writers had seen: it
 * never goes back. A CRDT: a join semilattice. The smaller value that a greater one beats is not lost, it was never wanted.
 */
final class Extremum implements ColumnRule {
    static final Extremum MAX = new Extremum(1);
    static final Extremum MIN = new Extremum(-1);

    private final int sign;

    private Extremum(int sign) {
        this.sign = sign;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        Value value = predict(attempt.stored(), attempt.write());
        return new Verdict.Settled(value, !value.equals(attempt.stored()), Value.NULL, Verdict.Loser.NONE, false);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        Value value = write.value();
        if (current.isNull() || value.isNull()) {
            return current.isNull() ? value : current;
        }
        return sign * ValueOrder.INSTANCE.compare(value, current) > 0 ? value : current;
    }
}
