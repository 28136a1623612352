package dev.godwit.client;

import dev.godwit.client.LocalState.Position;
import dev.godwit.model.Limits;
import dev.godwit.model.Pace;
import dev.godwit.rows.Sql;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.FreshColumns;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.RequestRoom;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes a request of the local state: what is pending, as much as the limits allow, and how far the device is. */
final class NextRequest {
    private final LocalSession session;
    private final GodwitOptions options;

    NextRequest(LocalSession session, GodwitOptions options) {
        this.session = session;
        this.options = options;
    }

    /** The first transaction of the outbox is one that no server reads, and holds up all behind it. */
    static final class Unsendable extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Entry entry;

        Unsendable(Entry entry, String reason) {
            super(reason, null, false, false);
            this.entry = entry;
        }

        Entry entry() {
            return entry;
        }
    }

    /**
     * What of the outbox goes with a request.
     *
     * @param batch what the link allows
     * @param pace what the server wants
     * @param after only what comes after this place in the device's sequence
     * @param isPushOnly no rows are asked for
     */
    record Share(BatchSize batch, Pace pace, long after, boolean isPushOnly) {
        int transactions(Limits limits) {
            return (int) least(batch.transactions(limits), pace.transactions());
        }

        long bytes() {
            return least(batch.bytes(), pace.bytes());
        }

        private static long least(long own, long said) {
            return said == 0 ? own : Math.min(own, said);
        }
    }

    /**
     * The request, in a transaction that notes the attempt.
     *
     * @param resending see {@link #isResending}
     * @param share what of the outbox
     */
    SyncRequest next(Position position, boolean takesEdits, boolean resending, Share share) {
        List<Entry> entries =
                session.entries().nextToSend(share.after(), share.transactions(options.limits()), share.bytes());
        if (resending) {
            long last = new Resending(session).last();
            entries = entries.stream().filter(entry -> entry.local() <= last).toList();
        }
        List<ScopePosition> asked = resending || share.isPushOnly() ? List.of() : positions(position);
        List<PushedTransaction> pushed = pushed(entries, asked);
        session.entries().noteAttempt(entries.subList(0, pushed.size()));
        return new SyncRequest(
                options.device().randomId().getLeastSignificantBits() & Long.MAX_VALUE,
                position.device(),
                position.confirmed(),
                clock(),
                asked,
                fresh(),
                pushed,
                options.application(),
                takesEdits);
    }

    /**
     * Whether transactions are sent again that the server may have already. What it has of them is in its rows, so no rows are
     * asked for until it has said of each which it is: in between, the application sees what it saw.
     */
    boolean isResending(Position position) {
        return position.scopes().stream().anyMatch(LocalState.ScopeState::replacing)
                && new Resending(session).last() > 0;
    }

    private static List<ScopePosition> positions(Position position) {
        return position.scopes().stream()
                .map(s -> new ScopePosition(s.scope(), s.visible(), s.cursor()))
                .toList();
    }

    /** As many of them as a server reads; of one that it would never read a person has to hear. */
    private List<PushedTransaction> pushed(List<Entry> entries, List<ScopePosition> asked) {
        Limits limits = options.limits();
        RequestRoom room =
                new RequestRoom(asked.stream().map(ScopePosition::scope).toList(), limits);
        List<PushedTransaction> pushed = new ArrayList<>();
        for (Entry entry : entries) {
            PushedTransaction next = pushed(entry);
            String misfit = RequestRoom.misfit(next, limits);
            if (misfit != null && pushed.isEmpty()) {
                throw new Unsendable(entry, misfit);
            }
            if (misfit != null || (!room.take(next) && !pushed.isEmpty())) {
                break;
            }
            pushed.add(next);
        }
        return pushed;
    }

    private PushedTransaction pushed(Entry entry) {
        List<Long> depends = entry.depends().stream()
                .map(session.entries()::placeInDoubt)
                .filter(place -> place != 0)
                .toList();
        return new PushedTransaction(
                entry.id(),
                entry.sequence(),
                entry.baseCheckpoints(),
                new DeviceClock(entry.sealedWall(), entry.sealedElapsed(), entry.boot()),
                depends,
                entry.isVoid(),
                entry.changes());
    }

    private DeviceClock clock() {
        Device device = options.device();
        return new DeviceClock(device.wallMillis(), device.elapsedMillis(), device.bootId());
    }

    private List<FreshColumns> fresh() {
        Map<String, List<String>> tables = new TreeMap<>();
        Sql.rows(session.connection(), "select tbl, col from godwit_fresh order by tbl, col")
                .forEach(row -> tables.computeIfAbsent(row[0].asText(), t -> new ArrayList<>())
                        .add(row[1].asText()));
        List<FreshColumns> fresh = new ArrayList<>();
        tables.forEach((table, columns) -> fresh.add(new FreshColumns(table, columns)));
        return fresh;
    }
}
