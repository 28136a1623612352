package dev.godwit.client;

import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import dev.godwit.rows.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a transaction that the server has not accepted out of the outbox; the caller rebases. */
final class Discard {
    private final LocalSession session;
    private final Device device;

    Discard(LocalSession session, Device device) {
        this.session = session;
        this.device = device;
    }

    /** Returns what became of others: those that build on it. */
    Map<TransactionId, Outcome> run(TransactionId id) {
        Entry entry = session.entries().find(id);
        String state = session.entries().state(id);
        if (entry == null || !(state.equals("pending") || state.equals("parked"))) {
            throw Godwit.unknown(id);
        }
        checkNothingIsReadAgain(id);
        if (state.equals("parked")) {
            session.entries().delete(entry.local());
            return Map.of();
        }
        if (Sql.number(session.connection(), "select attempts from godwit_entry where local = " + entry.local()) > 0) {
            throw new GodwitException(
                    GodwitException.Kind.REQUEST,
                    "transaction " + id + " was sent and its outcome is not known yet: sync first; if it is accepted,"
                            + " undo it with another transaction");
        }
        session.bases().complete();
        Map<TransactionId, Outcome> parked = parkFollowers(entry, "discarded");
        leaveVoid(entry);
        session.entries().delete(entry.local());
        return parked;
    }

    /** Takes a pending transaction out of the outbox for a person to decide about, with those that build on it. */
    Map<TransactionId, Outcome> park(Entry entry, RejectionCode code, String reason) {
        session.bases().complete();
        Map<TransactionId, Outcome> parked = parkFollowers(entry, "refused");
        parked.put(entry.id(), parked(entry, code, reason));
        return parked;
    }

    private Outcome parked(Entry entry, RejectionCode code, String reason) {
        leaveVoid(entry);
        session.entries().park(entry, code, reason, null, device.wallMillis());
        return new Outcome.Rejected(code, reason, null, null);
    }

    /**
     * Between the news that the server lost something and the next cut, what was accepted is pending again although the
     * rows hold it: nothing can be taken away from under it (H5).
     */
    private void checkNothingIsReadAgain(TransactionId id) {
        if (session.state().isCatchingUp()) {
            throw new GodwitException(
                    GodwitException.Kind.REQUEST,
                    "transaction " + id
                            + " cannot be discarded just now: the server's database or this one is an older copy of"
                            + " what it was, and everything is about to be read again: sync first");
        }
    }

    /** What builds on a discarded transaction would be refused by the server: a person decides (H11). */
    private Map<TransactionId, Outcome> parkFollowers(Entry first, String fate) {
        Map<TransactionId, Outcome> parked = new LinkedHashMap<>();
        List<Long> gone = new ArrayList<>(List.of(first.local()));
        long local = first.local();
        List<Entry> slice;
        do {
            slice = session.entries().pendingAfter(local, 64);
            for (Entry entry : slice) {
                local = entry.local();
                if (entry.depends().stream().anyMatch(gone::contains)) {
                    gone.add(entry.local());
                    String reason = "it builds on transaction " + first.id() + ", which was " + fate;
                    parked.put(entry.id(), parked(entry, RejectionCode.DEPENDS_ON, reason));
                }
            }
        } while (!slice.isEmpty());
        return parked;
    }

    private void leaveVoid(Entry entry) {
        TransactionId voidId = TransactionId.of(device.wallMillis(), device.randomId());
        session.entries().leaveVoid(entry, session.state().next().local(), voidId);
    }
}
