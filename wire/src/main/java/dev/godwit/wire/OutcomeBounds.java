package dev.godwit.wire;

import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;

/**
 * How much the server may have to say about transactions: in Protobuf fields, of which no reader takes more than
 * {@link Bounds#FIELDS} in a message, and in bytes, of which a frame takes {@link Bounds#frameBytes}. Each cut carries all outcomes
 * that the device has not confirmed (H3), so what is decided has to fit into one.
 */
public final class OutcomeBounds {
    /** Fields of one outcome. */
    public static final int FIELDS_OF_ONE = Bounds.FIELDS / 100 * 60;
    /** Of all that are not confirmed when another is decided. The rest of the message is receipts, checkpoints and scopes. */
    public static final int FIELDS_UNCONFIRMED = Bounds.FIELDS / 100 * 35;

    private static final int FIELDS_OF_COMMIT = 3;

    private OutcomeBounds() {}

    /** Encoded bytes of one outcome. */
    public static int bytesOfOne(Limits limits) {
        return Bounds.frameBytes(limits) / 2;
    }

    /** The same of all that are not confirmed when another is decided. */
    public static int bytesUnconfirmed(Limits limits) {
        return Bounds.frameBytes(limits) / 4;
    }

    /** How many fields an outcome has. */
    public static long fields(Outcome outcome) {
        long fields = 1;
        for (Outcome.Rekeyed row : outcome.rekeyed()) {
            fields += 2 + 2L * (row.from().values().size() + row.to().values().size());
        }
        if (outcome instanceof Outcome.Applied applied) {
            fields += (long) FIELDS_OF_COMMIT * applied.commits().size();
            for (Outcome.LostCell cell : applied.lost()) {
                fields += (cell.column() == null ? 2 : 3)
                        + 2L * cell.key().values().size();
            }
        }
        return fields;
    }

    /** How many fields there are at most in so many bytes of encoded outcomes. */
    public static long fieldsAtMost(long bytes) {
        return bytes / 2;
    }
}
