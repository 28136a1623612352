package dev.godwit.merge;

import dev.godwit.model.Value;

/**
 * The last writer wins. Law: a write that had seen the cell replaces it; among concurrent writes the greatest stamp stays,
 * whatever order they arrive in. (Stamps of a write are above those of every cell it had seen, so the order of stamps extends
 * causality and is total.) A write of the value that is there already takes the cell over like any other. A CRDT: a
 * last-writer-wins register (Shapiro and others, 2011).
 */
final class LastWriter implements ColumnRule {
    static final LastWriter RULE = new LastWriter();

    private LastWriter() {}

    @Override
    public Verdict decide(Attempt attempt) {
        boolean wins = !attempt.concurrent()
                || attempt.stamp().compareTo(attempt.cell().stamp()) > 0;
        return wins ? Verdict.replace(attempt, attempt.incoming()) : Verdict.keep(attempt);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return write.value();
    }
}
