package dev.godwit.server;

import dev.godwit.merge.Seen.Former;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One snapshot of the server's database. Belongs to one thread. */
interface StoreReader {
    /** The newest commit number of a scope; 0 for one that nobody has written to. */
    long head(String scope);

    /**
     * The highest commit number of a scope that this timeline shares with the present one.
     *
     * @return -1 if the timeline is unknown here
     */
    long sharedUntil(UUID timeline, String scope);

    /** The commit number of a scope below which a device gets a snapshot; 0 if nothing was forgotten. */
    long horizon(String scope);

    /** The device, or null if it was never here. */
    @Nullable
    DeviceState device(DeviceId id);

    /** The receipts of a device above a sequence that still have their outcome, in order. */
    List<StoredReceipt> unconfirmed(long device, long above, int limit);

    /** Where a row of the log stands. */
    record LogPosition(long commit, long table, byte[] key) {}

    /** A row of the log; {@code meta} is null for a mark that the row has left the scope. */
    record LogRow(
            LogPosition position,
            Table table,
            Key key,
            @Nullable RowMeta meta) {}

    /** Sees rows of the log until it has enough. */
    interface LogVisitor {
        /** Takes one row; returns whether it wants more. */
        boolean visit(LogRow row);
    }

    /** Shows the rows of a scope behind a position, in order of commit, table and key. */
    void log(String scope, LogPosition after, LogVisitor visitor);

    /** How many rows the log of a scope has behind a commit. */
    long logSize(String scope, long afterCommit);

    /** The values of a row. */
    Value @Nullable [] row(Table table, Key key);

    /** The edits of a text above a commit number, in order. */
    List<StoreMemory.LoggedEdit> edits(Table table, Key key, int column, long above);

    /** See {@link StoreMemory#formers}. */
    List<Former> formers(long device, String scope);

    /** Whether somebody else has changed rows that are not in the log yet (H9). */
    boolean hasForeignChanges();
}
