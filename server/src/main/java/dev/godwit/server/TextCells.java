package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.Verdict;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;

/** Stub. */
final class TextCells {
    TextCells(Works works) {}

    Verdict decide(RowWork work, int place, Attempt attempt) {
        return new Verdict.Refused("not yet");
    }

    static void overwritten(
            StoreWriter store, Table table, Key key, int place, Value before, Value after, long commit) {}
}
