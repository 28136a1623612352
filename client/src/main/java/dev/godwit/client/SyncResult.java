package dev.godwit.client;

import java.util.Locale;

/**
 * What one sync did.
 *
 * @param outcome how it ended
 * @param sent transactions that the server decided
 * @param received rows that came from the server
 * @param conflicts values of ours that lost a concurrent merge
 * @param parked transactions that the server refused; see {@link Godwit#outbox()}
 * @param pending transactions that still wait
 * @param requests requests made
 * @param bytesUp bytes sent, headers included
 * @param bytesDown bytes received, headers included
 * @param millis how long it took
 * @param retryAfterMillis how long the server asks to be left alone, or 0
 * @param message a sentence for people; what to do, where something is to be done
 */
public record SyncResult(
        End outcome,
        int sent,
        int received,
        int conflicts,
        int parked,
        long pending,
        int requests,
        long bytesUp,
        long bytesDown,
        long millis,
        long retryAfterMillis,
        String message) {

    /** How a sync can end. */
    public enum End {
        /** At the server's checkpoint, with an empty outbox. */
        SYNCED,
        /** The server cannot be reached now; everything pending is kept. */
        OFFLINE,
        /** The server was reached and wants to be asked again later. */
        LATER,
        /** Something must be mended first; the message says what. */
        FAILED
    }

    /** Whether the device is at the server's checkpoint with nothing left to send. */
    public boolean isSynced() {
        return outcome == End.SYNCED;
    }

    /** A sync that could not even begin, or was ended by the local file. */
    static SyncResult failed(String message) {
        return new SyncResult(End.FAILED, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, message);
    }

    /** Both as one: the counts of both, and the end of the later one. */
    SyncResult then(SyncResult later) {
        return new SyncResult(
                later.outcome,
                sent + later.sent,
                received + later.received,
                conflicts + later.conflicts,
                parked + later.parked,
                later.pending,
                requests + later.requests,
                bytesUp + later.bytesUp,
                bytesDown + later.bytesDown,
                millis + later.millis,
                later.retryAfterMillis,
                later.message.isEmpty() ? message : later.message);
    }

    @Override
    public String toString() {
        String counts = String.format(
                Locale.ROOT,
                "%s: sent %d, received %d rows, conflicts %d, parked %d, pending %d; %d requests, %d bytes up, %d down, %d ms",
                outcome.name().toLowerCase(Locale.ROOT),
                sent,
                received,
                conflicts,
                parked,
                pending,
                requests,
                bytesUp,
                bytesDown,
                millis);
        return message.isEmpty() ? counts : counts + " — " + message;
    }
}
