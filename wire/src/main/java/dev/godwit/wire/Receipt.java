package dev.godwit.wire;

import dev.godwit.model.Outcome;
import dev.godwit.model.TransactionId;
import java.util.Objects;

/** The server's memory of one transaction: which it was, its place in the device's sequence, and what was decided. */
public record Receipt(TransactionId id, long sequence, Outcome outcome) {
    /** Checks the components. */
    public Receipt {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(outcome, "outcome");
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence < 0: " + sequence);
        }
    }
}
