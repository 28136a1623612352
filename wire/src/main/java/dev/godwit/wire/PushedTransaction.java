package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.TransactionId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A pending transaction on its way to the server.
 *
 * @param id identifies it for ever
 * @param sequence its place in the device's sequence (H2)
 * @param bases by scope, the checkpoint that it was written on
 * @param writtenAt the device's clocks when it was sealed
 * @param dependsOn sequences of earlier unconfirmed transactions whose results it uses (H11)
 * @param isVoid whether this place will never hold a transaction; then there are no changes
 * @param changes what {@link Changes#encode} made. Travels as it is and is decoded by {@link Changes#decode} later,
 *     so that one malformed transaction does not spoil the request. The array is not copied: whoever hands it over
 *     must not write to it again
 */
public record PushedTransaction(
        TransactionId id,
        long sequence,
        Map<String, Checkpoint> bases,
        DeviceClock writtenAt,
        List<Long> dependsOn,
        boolean isVoid,
        byte[] changes) {

    /** Copies the collections and checks the components. */
    public PushedTransaction {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(writtenAt, "writtenAt");
        bases = Map.copyOf(bases);
        dependsOn = List.copyOf(dependsOn);
        if (sequence < 0) {
            throw new IllegalArgumentException("sequence < 0: " + sequence);
        }
        if (isVoid && changes.length > 0) {
            throw new IllegalArgumentException("a void has changes: sequence " + sequence);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PushedTransaction that
                && id.equals(that.id)
                && sequence == that.sequence
                && bases.equals(that.bases)
                && writtenAt.equals(that.writtenAt)
                && dependsOn.equals(that.dependsOn)
                && isVoid == that.isVoid
                && Arrays.equals(changes, that.changes);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Without the changes. */
    @Override
    public String toString() {
        return "PushedTransaction[id=" + id + ", sequence=" + sequence + ", bases=" + bases + ", writtenAt=" + writtenAt
                + ", dependsOn=" + dependsOn + ", isVoid=" + isVoid + ", changes=" + changes.length + " bytes]";
    }
}
