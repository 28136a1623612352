package dev.godwit.client;

import dev.godwit.model.DeviceId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a device stands.
 *
 * @param device its id
 * @param pending transactions that wait for the server
 * @param blocked those of them that are left out of the local view
 * @param parked transactions that the server refused
 * @param checkpoints the visible commit number of each scope
 * @param denied why a scope is not granted, for those that are not
 * @param lastSync the last attempt, if there was one
 * @param skewMillis by how much the local wall clock is ahead of the server's, as measured last, within half a round trip;
 *     a wrong clock does not change who wins while the device's elapsed clock runs
 */
public record Status(
        DeviceId device,
        long pending,
        long blocked,
        long parked,
        Map<String, Long> checkpoints,
        Map<String, String> denied,
        Optional<Attempt> lastSync,
        OptionalLong skewMillis) {

    /** A recorded sync attempt; {@code startedMillis} is by the local wall clock. */
    public record Attempt(long startedMillis, String cause, String outcome, String message) {}

    /** Copies the maps. */
    public Status {
        checkpoints = Map.copyOf(checkpoints);
        denied = Map.copyOf(denied);
    }
}
