package dev.godwit.merge;

import dev.godwit.model.Value;

/** Devices cannot write it. Law: no device's write changes the cell; the server's own SQL does. */
final class ReadOnly implements ColumnRule {
    static final ReadOnly RULE = new ReadOnly();

    private ReadOnly() {}

    @Override
    public Verdict decide(Attempt attempt) {
        return new Verdict.Refused("it is read_only: devices cannot write it");
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current;
    }
}
