package dev.godwit.server;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.ConflictTable.Field;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Stamp;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.KeyCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the conflicts of the transactions that are committed together, as rows of {@link ConflictTable}: what waits for a
 * person stays until somebody decides; what was decided by a rule goes into a ring per scope, the newest over the oldest, so
 * that a storm of conflicts costs no more than the ring.
 */
final class Inbox {
    private final StoreWriter store;
    private final Limits limits;
    private final Map<String, Deque<Entry>> decided = new HashMap<>();
    private final List<Entry> undecided = new ArrayList<>();

    private record Entry(TransactionId transaction, int number, Conflict conflict) {}

    Inbox(StoreWriter store, Limits limits) {
        this.store = store;
        this.limits = limits;
    }

    /**
     * Takes the conflicts of a transaction.
     *
     * @throws Refused if more would wait for a person than the limit allows, or one is larger than a device takes
     */
    void take(TransactionId transaction, List<Conflict> conflicts) {
        List<Entry> asking = new ArrayList<>();
        List<Entry> settled = new ArrayList<>();
        for (int i = 0; i < conflicts.size(); i++) {
            checkSize(conflicts.get(i));
            Entry entry = new Entry(transaction, i, conflicts.get(i));
            (entry.conflict().undecided() ? asking : settled).add(entry);
        }
        checkRoom(asking);
        undecided.addAll(asking);
        settled.forEach(this::remember);
    }

    /**
     * To leave out what is too large would lose it without a trace: NULL says that it was a delete. Once the sender has seen what
     * it met, there is no conflict any more.
     */
    private void checkSize(Conflict conflict) {
        List<Value> values = List.of(conflict.base(), conflict.mine(), conflict.theirs(), conflict.winner());
        if (RowSizes.isFarBelow(limits.valueBytes(), values, conflict.key().values())) {
            return;
        }
        long largest = RowSizes.keyBytes(conflict.key());
        long sum = largest;
        for (Value value : values) {
            long bytes = RowSizes.bytes(value);
            largest = Math.max(largest, bytes);
            sum += bytes;
        }
        boolean isValue = largest > limits.valueBytes();
        if (isValue || sum > limits.transactionBytes()) {
            String table = conflict.table().name();
            throw new Refused(
                    RejectionCode.SIZE,
                    "Row " + Abridged.of(conflict.key().toString()) + " of " + table
                            + " met what others wrote, and the inbox would hold " + (isValue ? largest : sum)
                            + " bytes of it; no device takes more than "
                            + (isValue
                                    ? "valueBytes = " + limits.valueBytes()
                                    : "transactionBytes = " + limits.transactionBytes())
                            + ". Look at the row as it is now, then retry.",
                    table,
                    conflict.key());
        }
    }

    /** The newest ones are enough: the ring holds no more. */
    private void remember(Entry entry) {
        Deque<Entry> ring = decided.computeIfAbsent(entry.conflict().scope(), scope -> new ArrayDeque<>());
        ring.add(entry);
        if (ring.size() > limits.conflictsKept()) {
            ring.remove();
        }
    }

    private void checkRoom(List<Entry> asking) {
        Map<String, Long> waiting = new HashMap<>();
        for (Entry entry : asking) {
            String scope = entry.conflict().scope();
            // one question a scope: it counts rows
            waiting.computeIfAbsent(scope, s -> store.memory().undecided(s) + taken(s));
            if (waiting.merge(scope, 1L, Long::sum) > limits.conflictsUndecided()) {
                throw new Refused(
                        RejectionCode.SIZE,
                        "The inbox of the scope holds conflictsUndecided = " + limits.conflictsUndecided()
                                + " entries that wait for a person. Decide some, then retry.",
                        entry.conflict().table().name(),
                        entry.conflict().key());
            }
        }
    }

    private long taken(String scope) {
        return undecided.stream()
                .filter(e -> e.conflict().scope().equals(scope))
                .count();
    }

    /** Writes what was taken; returns the scopes that moved. */
    Set<String> write(long nowMillis) {
        ServerWrites writes = new ServerWrites(store, nowMillis);
        for (Entry entry : undecided) {
            put(writes, entry, entry.transaction() + "/" + entry.number(), ConflictTable.UNDECIDED);
        }
        undecided.stream().map(e -> e.conflict().scope()).distinct().forEach(scope -> makeRoom(writes, scope));
        decided.forEach((scope, ring) -> ring.forEach(entry -> put(
                writes,
                entry,
                scope + "/" + store.memory().nextConflict(scope) % limits.conflictsKept(),
                ConflictTable.DECIDED)));
        store.flush();
        return writes.scopes();
    }

    /** What people have decided is history as well, and bounded like it; only what is asked of them adds to it. */
    private void makeRoom(ServerWrites writes, String scope) {
        for (Key key : store.memory().decidedBefore(scope, limits.conflictsKept())) {
            store.write(ConflictTable.TABLE, store.row(ConflictTable.TABLE, key), null);
            writes.removed(ConflictTable.TABLE, key);
        }
    }

    private void put(ServerWrites writes, Entry entry, String id, String state) {
        String scope = entry.conflict().scope();
        Value[] row = row(entry, id, state, writes.commit(scope));
        Key key = ConflictTable.TABLE.keyOf(row);
        Value[] before = store.row(ConflictTable.TABLE, key);
        store.write(ConflictTable.TABLE, before, row);
        writes.written(ConflictTable.TABLE, key, scope, before, row);
    }

    private Value[] row(Entry entry, String id, String state, long commit) {
        Conflict conflict = entry.conflict();
        Value[] row = new Value[Field.values().length];
        java.util.Arrays.fill(row, Value.NULL);
        put(row, Field.ID, Value.of(id));
        put(row, Field.SCOPE, Value.of(conflict.scope()));
        put(row, Field.STATE, Value.of(state));
        put(row, Field.TBL, Value.of(conflict.table().name()));
        put(row, Field.ROW_KEY, Value.of(KeyCodec.encode(conflict.key())));
        put(row, Field.ROW, Value.of(Abridged.of(conflict.key().toString())));
        String column = conflict.column();
        put(row, Field.COL, column == null ? Value.NULL : Value.of(column));
        put(row, Field.BASE, conflict.base());
        put(row, Field.MINE, conflict.mine());
        put(row, Field.THEIRS, conflict.theirs());
        put(row, Field.WINNER, conflict.winner());
        put(row, Field.RULE, Value.of(conflict.rule()));
        putWriter(row, Field.MINE_BY, Field.MINE_DEVICE, Field.MINE_AT, conflict.mineStamp());
        putWriter(row, Field.THEIRS_BY, Field.THEIRS_DEVICE, Field.THEIRS_AT, conflict.theirsStamp());
        put(row, Field.TXN, Value.of(entry.transaction().toString()));
        put(row, Field.COMMIT_NUMBER, Value.of(commit));
        return row;
    }

    private void putWriter(Value[] row, Field by, Field device, Field at, Stamp stamp) {
        StoreWriter.Writer writer = store.writer(stamp.writer());
        put(row, by, Value.of(writer.subject()));
        put(row, device, Value.of(writer.device()));
        put(row, at, Value.of(Stamp.millis(stamp.time())));
    }

    private static void put(Value[] row, Field field, Value value) {
        row[ConflictTable.place(field)] = value;
    }
}
