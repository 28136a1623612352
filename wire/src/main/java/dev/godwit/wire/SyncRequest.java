package dev.godwit.wire;

import dev.godwit.model.DeviceId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a device sends: its pending transactions and how far it is in each scope.
 *
 * @param requestId comes back in the {@link Opening}, so that an answer cannot be taken for another's
 * @param device the device
 * @param confirmed the last sequence whose outcome the device holds; the server may forget the outcomes up to it
 * @param clock the device's clocks now
 * @param scopes the scopes that the device pulls, each once
 * @param fresh columns to be pulled from zero
 * @param transactions what is pushed, in the order of their sequences
 * @param application name and version of the application, for the server's statistics
 * @param takesEdits whether texts may come as edits of what the device has at its visible checkpoints; else they come whole
 */
public record SyncRequest(
        long requestId,
        DeviceId device,
        long confirmed,
        DeviceClock clock,
        List<ScopePosition> scopes,
        List<FreshColumns> fresh,
        List<PushedTransaction> transactions,
        String application,
        boolean takesEdits) {

    /** Copies the lists and checks the components. */
    public SyncRequest {
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(application, "application");
        scopes = List.copyOf(scopes);
        fresh = List.copyOf(fresh);
        transactions = List.copyOf(transactions);
        if (confirmed < 0) {
            throw new IllegalArgumentException("confirmed < 0: " + confirmed);
        }
        requireDistinct(scopes);
    }

    /** A request that takes texts whole. */
    public SyncRequest(
            long requestId,
            DeviceId device,
            long confirmed,
            DeviceClock clock,
            List<ScopePosition> scopes,
            List<FreshColumns> fresh,
            List<PushedTransaction> transactions,
            String application) {
        this(requestId, device, confirmed, clock, scopes, fresh, transactions, application, false);
    }

    private static void requireDistinct(List<ScopePosition> scopes) {
        Set<String> seen = new HashSet<>();
        for (ScopePosition position : scopes) {
            if (!seen.add(position.scope())) {
                throw new IllegalArgumentException("scopes holds '" + position.scope() + "' twice");
            }
        }
    }
}
