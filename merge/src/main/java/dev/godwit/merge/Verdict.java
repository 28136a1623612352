package dev.godwit.merge;

import dev.godwit.model.Value;

/** What a rule makes of a write. */
public sealed interface Verdict {
    /** The cell takes this value. */
    record Write(Value value) implements Verdict {}

    /** The stored value stays; the write is told to have lost. */
    record Lost() implements Verdict {}

    /** The write makes no sense for the column; the transaction is rejected with this reason. */
    record Refused(String reason) implements Verdict {}
}
