package dev.godwit.client;

import dev.godwit.sql.SqliteConnection;
import org.jspecify.annotations.Nullable;

/** What one write has to do with the background: its sync is enqueued with it, if anything was captured. */
final class Schedule {
    private final @Nullable BackgroundSync background;
    private boolean isCaptured;
    private BackgroundSync.@Nullable Placed placed;

    Schedule(@Nullable BackgroundSync background) {
        this.background = background;
    }

    /** Inside the transaction of the write. */
    void enqueue(SqliteConnection connection, boolean captured) {
        isCaptured = captured;
        if (background != null && captured) {
            placed = background.enqueue(connection);
        }
    }

    /** After its commit; whether the background sees to it. */
    boolean committed() {
        if (background == null) {
            return false;
        }
        if (isCaptured && placed != null) {
            background.committed(placed);
        }
        return true;
    }
}
