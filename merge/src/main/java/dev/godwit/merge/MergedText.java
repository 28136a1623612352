package dev.godwit.merge;

import dev.godwit.model.Value;

/** Stub; text merging follows. */
final class MergedText implements ColumnRule {
    static final MergedText RULE = new MergedText();

    private MergedText() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return new Verdict.Refused("not yet");
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current;
    }
}
