package dev.godwit.http;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.TransactionId;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Requests that no device of ours would make. */
final class Requests {
    private static final DeviceClock CLOCK = new DeviceClock(1_800_000_000_000L, 1_000, "boot");
    private static final UUID DEVICE = UUID.fromString("6f6f6f6f-0000-4000-8000-000000000001");

    private Requests() {}

    static SyncRequest of(List<PushedTransaction> transactions) {
        return of(0, new ScopePosition("red", Checkpoint.NONE, Cursor.NONE), transactions);
    }

    static SyncRequest of(long confirmed, ScopePosition position, List<PushedTransaction> transactions) {
        return new SyncRequest(
                (1L << 62) + 1, new DeviceId(DEVICE), confirmed, CLOCK, List.of(position), List.of(), transactions, "");
    }

    /** The transaction at a place, with these bytes for its changes. */
    static PushedTransaction transaction(long sequence, Map<String, Checkpoint> bases, byte[] changes) {
        return new PushedTransaction(
                TransactionId.of(CLOCK.wallMillis(), new UUID(sequence, sequence)),
                sequence,
                bases,
                CLOCK,
                List.of(),
                false,
                changes);
    }
}
