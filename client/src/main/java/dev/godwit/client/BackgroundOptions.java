package dev.godwit.client;

import dev.godwit.scheduler.Constraint;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a database is kept in sync in the background.
 *
 * @param small the policy of small transactions, and of what others have changed, if it is not much
 * @param large the policy of large downloads
 * @param largeRows a download is large if more rows come than this
 * @param everyMillis how often it syncs with nothing else to begin it, unless the server says how often
 * @param maintenance what the maintenance of the file asks of the device
 * @param maintenanceMillis how often the file is maintained
 * @param listener hears of each automatic sync, on a thread of the scheduler
 */
public record BackgroundOptions(
        SyncPolicy small,
        SyncPolicy large,
        long largeRows,
        long everyMillis,
        Constraint maintenance,
        long maintenanceMillis,
        Consumer<SyncResult> listener) {

    /** Every quarter of an hour; large is more than 5,000 rows; maintenance once a day when the device is idle and charging. */
    public static final BackgroundOptions DEFAULT = new BackgroundOptions(
            SyncPolicy.SMALL,
            SyncPolicy.LARGE,
            5_000,
            900_000,
            Constraint.allOf(Constraint.idle(), Constraint.charging()),
            86_400_000,
            result -> {});

    /** Checks the components. */
    public BackgroundOptions {
        Objects.requireNonNull(small, "small");
        Objects.requireNonNull(large, "large");
        Objects.requireNonNull(maintenance, "maintenance");
        Objects.requireNonNull(listener, "listener");
        if (largeRows < 1 || everyMillis < 1 || maintenanceMillis < 1) {
            throw new IllegalArgumentException("largeRows, everyMillis and maintenanceMillis are at least 1, not "
                    + largeRows + ", " + everyMillis + ", " + maintenanceMillis);
        }
    }

    /** With another policy for small transactions. */
    public BackgroundOptions withSmall(SyncPolicy policy) {
        return new BackgroundOptions(policy, large, largeRows, everyMillis, maintenance, maintenanceMillis, listener);
    }

    /** With another policy for large downloads, and another idea of large. */
    public BackgroundOptions withLarge(SyncPolicy policy, long rows) {
        return new BackgroundOptions(small, policy, rows, everyMillis, maintenance, maintenanceMillis, listener);
    }

    /** With another interval. */
    public BackgroundOptions withEvery(long millis) {
        return new BackgroundOptions(small, large, largeRows, millis, maintenance, maintenanceMillis, listener);
    }

    /** With maintenance at other times. */
    public BackgroundOptions withMaintenance(Constraint constraint, long millis) {
        return new BackgroundOptions(small, large, largeRows, everyMillis, constraint, millis, listener);
    }

    /** With a listener. */
    public BackgroundOptions withListener(Consumer<SyncResult> hears) {
        return new BackgroundOptions(small, large, largeRows, everyMillis, maintenance, maintenanceMillis, hears);
    }
}
