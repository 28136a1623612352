package dev.godwit.client;

import java.util.function.BooleanSupplier;

/**
 * How a sync is to be done.
 *
 * @param cause what began it, for the record
 * @param rowsAtMost if more rows come than this, they are left for another sync; what is pending is sent all the same
 * @param isPushOnly whether it is known that too many would come: none are asked for
 * @param isStopped whether it should end soon; what has come stays staged
 */
record SyncTerms(String cause, long rowsAtMost, boolean isPushOnly, BooleanSupplier isStopped) {
    /** Everything, to the end. */
    static SyncTerms all(String cause) {
        return new SyncTerms(cause, Long.MAX_VALUE, false, () -> false);
    }

    /** The same, asking for no rows. */
    SyncTerms pushOnly() {
        return new SyncTerms(cause, rowsAtMost, true, isStopped);
    }
}
