package dev.godwit.merge;

import dev.godwit.model.Value;

/** Stub. */
final class AddWinsSet implements ColumnRule {
    static final AddWinsSet RULE = new AddWinsSet();

    private AddWinsSet() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return new Verdict.Refused("not yet");
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current;
    }
}
