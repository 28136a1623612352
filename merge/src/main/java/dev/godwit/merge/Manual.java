package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * A person decides: of concurrent writes the one that is stored stays, and the other waits in the conflict inbox. Law: a
 * write that had seen the cell replaces it; no other changes it, and each of those has its entry. Not a CRDT.
 */
final class Manual implements ColumnRule {
    static final Manual RULE = new Manual();

    private Manual() {}

    @Override
    public Verdict decide(Attempt attempt) {
        if (!attempt.concurrent()) {
            return Verdict.write(attempt.incoming());
        }
        Verdict.Settled kept = Verdict.keep(attempt);
        return new Verdict.Settled(kept.value(), false, Value.NULL, kept.loser(), kept.loser() != Verdict.Loser.NONE);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        Value base = write.base();
        return base == null || base.equals(current) ? write.value() : current;
    }
}
