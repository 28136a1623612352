package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * The first accepted value stays; NULL is none yet. Law: once a cell holds a value no write changes it. Not a CRDT: the order
 * of arrival decides who is first.
 */
final class FirstWrite implements ColumnRule {
    static final FirstWrite RULE = new FirstWrite();

    private FirstWrite() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return attempt.stored().isNull() ? Verdict.write(attempt.incoming()) : Verdict.keep(attempt);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current.isNull() ? write.value() : current;
    }
}
