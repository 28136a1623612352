package dev.godwit.merge;

import dev.godwit.model.Value;
import org.jspecify.annotations.Nullable;

/** Stub. */
final class MergedJson implements ColumnRule {
    private final @Nullable String arrayKey;

    MergedJson(@Nullable String arrayKey) {
        this.arrayKey = arrayKey;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        return new Verdict.Refused("not yet " + arrayKey);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        return current;
    }
}
