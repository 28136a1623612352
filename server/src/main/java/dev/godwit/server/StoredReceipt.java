package dev.godwit.server;

import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.TransactionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A receipt as it is kept; the outcome is null once the device has confirmed it, unless it names new keys. */
record StoredReceipt(
        long device,
        long sequence,
        TransactionId id,
        @Nullable Outcome outcome) {

    /** The new keys that the outcome names. */
    List<Rekeyed> rekeyed() {
        return outcome == null ? List.of() : outcome.rekeyed();
    }

    /**
     * Of several receipts of one id, the greatest has what became of the transaction: those of copies of its device only repeat
     * that, each as far as its copy had to be told, and a void says nothing about the others. When they were decided tells
     * nothing either, for clocks are set back, nor do the numbers of the devices.
     */
    int weight() {
        if (outcome instanceof Outcome.Voided) {
            return 0;
        }
        if (outcome instanceof Outcome.Rejected) {
            return 1;
        }
        if (rekeyed().isEmpty()) {
            return 2;
        }
        return outcome instanceof Outcome.Applied ? 4 : 3;
    }
}
