package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import java.util.List;
import java.util.Map;

/**
 * The end of a pull: with the pages staged so far the device stands at one consistent state of the server.
 *
 * @param receipts this device's unconfirmed receipts, read in the same snapshot (H3)
 * @param checkpoints by scope, the checkpoint that becomes visible
 * @param lastSequence the last sequence of this device that the server has decided
 * @param safeSequence up to this sequence the device's commits are safe, and it may forget the transactions (H5)
 */
public record Cut(List<Receipt> receipts, Map<String, Checkpoint> checkpoints, long lastSequence, long safeSequence)
        implements Frame {
    /** Copies the collections and checks the components. */
    public Cut {
        receipts = List.copyOf(receipts);
        checkpoints = Map.copyOf(checkpoints);
        if (lastSequence < 0 || safeSequence < 0) {
            throw new IllegalArgumentException(
                    "lastSequence or safeSequence < 0: " + lastSequence + ", " + safeSequence);
        }
    }
}
