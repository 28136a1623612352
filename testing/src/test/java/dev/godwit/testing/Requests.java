package dev.godwit.testing;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.DeviceId;
import dev.godwit.model.RowBlock;
import dev.godwit.model.TransactionId;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Requests made by hand. */
final class Requests {
    private Requests() {}

    /** A new device asks for a scope. */
    static SyncRequest pull(String scope) {
        return request(0, new ScopePosition(scope, Checkpoint.NONE, Cursor.NONE), List.of());
    }

    /** A device's transaction of this place in its sequence, all before it having been decided, in the scope red. */
    static SyncRequest push(long sequence, RowBlock block) {
        DeviceClock clock = new DeviceClock(1_800_000_000_000L, sequence, "boot");
        PushedTransaction transaction = new PushedTransaction(
                TransactionId.of(clock.wallMillis(), new UUID(sequence, 0x8000000000000000L)),
                sequence,
                Map.of(),
                clock,
                List.of(),
                false,
                Changes.encode(List.of(block)));
        return request(sequence - 1, new ScopePosition("red", Checkpoint.NONE, Cursor.NONE), List.of(transaction));
    }

    static SyncRequest request(long confirmed, ScopePosition scope, List<PushedTransaction> transactions) {
        return new SyncRequest(
                42,
                new DeviceId(new UUID(0x4000, 0x8000000000000001L)),
                confirmed,
                new DeviceClock(1_800_000_000_000L, 1, "boot"),
                List.of(scope),
                List.of(),
                transactions,
                "");
    }
}
