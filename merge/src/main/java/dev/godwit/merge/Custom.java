package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * A resolver of the application decides about concurrent writes, on the server. Law: a write that had seen the cell replaces
 * it; for any other the resolver is asked with base, ours and theirs, and its answer is stored. A CRDT only if the resolver
 * is commutative, associative and idempotent, which nobody checks.
 */
final class Custom implements ColumnRule {
    static final Custom RULE = new Custom();

    private Custom() {}

    @Override
    public Verdict decide(Attempt attempt) {
        boolean unseen = attempt.concurrent() || attempt.replacesAnother();
        boolean clash = unseen && !attempt.stored().equals(attempt.incoming());
        return clash ? new Verdict.Ask() : Verdict.write(attempt.incoming());
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return write.value();
    }
}
