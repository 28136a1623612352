package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * The last to reach the server wins. Law: the cell holds the write with the highest commit number. Not a CRDT: the order of
 * arrival decides.
 */
final class ServerOrder implements ColumnRule {
    static final ServerOrder RULE = new ServerOrder();

    private ServerOrder() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return Verdict.replace(attempt, attempt.incoming());
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return write.value();
    }
}
