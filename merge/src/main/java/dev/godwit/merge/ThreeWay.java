package dev.godwit.merge;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;

/**
 * The stored value and the write are merged against the value that the write replaced on its device, as {@link ThreeWayMerge}
 * says; of changes that clash the stored ones stay, and the write waits in the conflict inbox for a person.
 *
 * <p>Law: a write that had seen the cell replaces it; a change of any other is in the result, or it was made on both sides, or
 * it is undecided. Not a CRDT: where changes clash, and where the lines around them decide what a change is, the order of arrival
 * matters.
 */
final class ThreeWay implements ColumnRule {
    static final ThreeWay RULE = new ThreeWay();

    private ThreeWay() {}

    @Override
    public Verdict decide(Attempt attempt) {
        if (attempt.write().role() != ColumnRole.SET) {
            return new Verdict.Refused("a value merged three ways is written whole");
        }
        if (!attempt.concurrent()) {
            return Verdict.write(attempt.incoming());
        }
        ThreeWayMerge.Result merged =
                ThreeWayMerge.merge(attempt.write().baseOrNull(), attempt.stored(), attempt.incoming());
        boolean taken = !merged.value().equals(attempt.stored());
        Verdict.Loser loser = merged.clean() ? Verdict.Loser.NONE : Verdict.Loser.INCOMING;
        return new Verdict.Settled(merged.value(), taken, Value.NULL, loser, !merged.clean());
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return ThreeWayMerge.merge(write.baseOrNull(), current, write.value()).value();
    }
}
