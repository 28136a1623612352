package dev.godwit.server;

import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Capture;
import dev.godwit.rows.References;
import dev.godwit.rows.RowWrites;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The one database transaction that writes. Belongs to the writer's thread. */
interface StoreWriter {
    /** Marks the place to which {@link #rollback} goes back. */
    void savepoint();

    /** Takes back everything since the savepoint, and ends it. */
    void rollback();

    /** Keeps everything since the savepoint, and ends it. */
    void release();

    /** Gives out the next commit number of a scope. */
    long nextCommit(String scope);

    /** The highest commit number of a scope that this timeline shares with the present one; -1 if it is unknown. */
    long sharedUntil(UUID timeline, String scope);

    /** The newest commit number of a scope; 0 for one that nobody has written to. */
    long head(String scope);

    /** The commit number below which tombstones and memories of a scope are gone; 0 if none are. */
    long horizon(String scope);

    /** Notes which commit number each scope has at this time. */
    void noteHeads(long millis);

    /** Sees rows whose memory can be folded. */
    interface RowVisitor {
        /** Called for a row that was last changed below the horizon. */
        void visit(Table table, Key key, long horizon);
    }

    /** Moves each scope's horizon to the commit number that it had at this time, and forgets the tombstones below. */
    void forgetBelow(long millis, RowVisitor visitor);

    /** Who a number in a stamp stands for. */
    record Writer(String device, String subject) {
        /** The server itself, for instance an operator's SQL. */
        static final Writer SERVER = new Writer("", "");
    }

    /** The device of this number; {@link Writer#SERVER} for 0. */
    Writer writer(long number);

    /** The synced table of this name. */
    Table table(String name);

    /** What is remembered for merging beside rows and their states. */
    StoreMemory memory();

    /** The device, or null if it was never here. */
    @Nullable
    DeviceState device(DeviceId id);

    /** Makes a device known, bound to a subject. */
    DeviceState register(DeviceId id, String subject, long now);

    /** Keeps what has changed of a device. */
    void save(DeviceState device);

    /** Drops the outcomes that a device has confirmed. */
    void pruneOutcomes(long device, long confirmed);

    /** How many bytes the outcomes take that a device has not confirmed. */
    long unconfirmedBytes(long device, long confirmed);

    /** The highest sequence that was decided before a time. */
    long decidedBefore(long device, long after, long millis);

    /** The receipt of an id that has most to say of it, under whatever device; null if it was never decided. */
    @Nullable
    StoredReceipt receipt(TransactionId id);

    /** Under which device a transaction was applied, and under which commit number of each scope. */
    record Applied(long device, Map<String, Long> commits) {}

    /** How a transaction was applied; null if it was not, or nobody knows any more. */
    @Nullable
    Applied applied(TransactionId id);

    /** The receipt at a place; null if none is kept. */
    @Nullable
    StoredReceipt receipt(long device, long sequence);

    /** Keeps a receipt; returns how many bytes the outcome takes. */
    int keep(long device, long sequence, TransactionId id, Outcome outcome, long now);

    /** What is remembered of a row or its tombstone; null if there never was one. */
    @Nullable
    RowMeta meta(Table table, Key key);

    /** Remembers it. */
    void keep(Table table, Key key, RowMeta meta);

    /** Notes that a row has left a scope, under a commit number of that scope. */
    void keepLeft(String scope, long commit, Table table, Key key);

    /** Forgets that a row had left a scope: it is back. */
    void forgetLeft(String scope, Table table, Key key);

    /** Where a row has been: the scope, and the commit number there with which it left. */
    record Left(String scope, long commit) {}

    /** The scopes that remember that a row has left them, two at most. */
    List<Left> left(Table table, Key key);

    /** The values of a row as written so far. */
    Value @Nullable [] row(Table table, Key key);

    /** Writes a row; {@code null} is none. A clash of unique values may show only at {@link #flush}. */
    void write(Table table, Value @Nullable [] before, Value @Nullable [] after);

    /** Puts everything in place. */
    void flush();

    /** The row whose write failed last, for messages. */
    RowWrites.@Nullable Place culprit();

    /** The default of each column, as SQLite would fill it in now. */
    Value[] defaults(Table table);

    /** What points where. */
    References references();

    /** Shows the changes of others since the last time, and forgets them. */
    void foreignChanges(ForeignVisitor visitor);

    /** Sees what an operator changed. */
    interface ForeignVisitor {
        /** One row that differs; see {@link Capture.Visitor}. */
        void changed(Table table, Value @Nullable [] before, Value @Nullable [] after);
    }
}
