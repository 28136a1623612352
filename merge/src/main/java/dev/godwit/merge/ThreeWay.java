package dev.godwit.merge;

import dev.godwit.model.Value;

/** Stub. */
final class ThreeWay implements ColumnRule {
    static final ThreeWay RULE = new ThreeWay();

    private ThreeWay() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return new Verdict.Refused("not yet");
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current;
    }
}
