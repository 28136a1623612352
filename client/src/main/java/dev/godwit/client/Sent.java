package dev.godwit.client;

import dev.godwit.model.DeviceId;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.SyncRequest;
import java.util.UUID;

/**
 * What the last request of a device carried.
 *
 * @param device under which identity
 * @param upTo the highest place in the device's sequence that was ever sent so
 * @param bytes of encoded changes
 * @param isAnswered whether an answer began
 * @param isStaged whether rows that came are durable, though no cut is
 */
record Sent(DeviceId device, long upTo, long bytes, boolean isAnswered, boolean isStaged) {
    static final Sent NOTHING = new Sent(new DeviceId(new UUID(0, 0)), 0, 0, false, false);

    static Sent of(SyncRequest request) {
        long upTo = 0;
        long bytes = 0;
        for (PushedTransaction each : request.transactions()) {
            upTo = Math.max(upTo, each.sequence());
            bytes += each.changes().length;
        }
        return new Sent(request.device(), upTo, bytes, false, false);
    }

    Sent answered() {
        return new Sent(device, upTo, bytes, true, isStaged);
    }

    Sent staged() {
        return new Sent(device, upTo, bytes, isAnswered, true);
    }
}
