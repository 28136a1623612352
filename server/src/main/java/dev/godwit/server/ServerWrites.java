package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.CellState;
import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Verdict;
import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives rows that the server itself has written, and that are in their tables already, commit numbers and states. All of one
 * instance share one commit number per scope.
 */
final class ServerWrites {
    private static final Seen ALL = Seen.of(0, Long.MAX_VALUE);

    private final StoreWriter store;
    private final Stamp stamp;
    private final Map<String, Long> commits = new LinkedHashMap<>();

    ServerWrites(StoreWriter store, long nowMillis) {
        this.store = store;
        this.stamp = new Stamp(Stamp.ofMillis(nowMillis), 0);
    }

    /** The scopes that moved. */
    Set<String> scopes() {
        return commits.keySet();
    }

    /** The commit number of these writes in a scope. */
    long commit(String scope) {
        return commits.computeIfAbsent(scope, store::nextCommit);
    }

    /** A row that is gone. */
    void removed(Table table, Key key) {
        RowMeta meta = store.meta(table, key);
        if (meta == null || meta.deleted()) {
            return;
        }
        long commit = commit(meta.scope());
        store.memory().forget(table, key);
        store.keep(
                table, key, meta.tombstone(commit, stamp, ALL, table.columns().size()));
    }

    /** A row that is there and was another, or none. */
    void written(Table table, Key key, String scope, Value @Nullable [] before, Value[] after) {
        RowMeta meta = store.meta(table, key);
        long commit = commit(scope);
        boolean moved = meta != null && !meta.scope().equals(scope);
        if (meta != null && moved) {
            store.keepLeft(meta.scope(), meta.deleted() ? meta.commit() : commit(meta.scope()), table, key);
        }
        boolean fresh = meta == null || meta.deleted();
        if (fresh || moved) {
            store.forgetLeft(scope, table, key);
        }
        if (fresh) {
            store.memory().forget(table, key);
        }
        long there = meta != null && moved && !fresh ? commit(meta.scope()) : commit;
        List<CellState> cells = new ArrayList<>(after.length);
        for (int i = 0; i < after.length; i++) {
            CellState cell = meta == null ? RowMeta.NEVER : meta.cell(i);
            boolean written = fresh || before == null || !before[i].equals(after[i]);
            if (written && !fresh && before != null) {
                remember(table, key, i, cell, before[i], after[i], there);
            }
            CellState now = written ? cell.changed(commit, above(cell), ALL) : cell;
            cells.add(moved ? new CellState(commit, now.stamp(), commit) : now);
        }
        if (meta != null && moved && !fresh) {
            MovedMemory.take(store.memory(), table, key, meta, Map.of(), there);
        }
        RowMeta.Birth birth = fresh || meta == null ? new RowMeta.Birth(scope, commit, 0, meta != null) : meta.birth();
        long arrived = fresh || moved || meta == null ? commit : meta.arrived();
        store.keep(table, key, new RowMeta(scope, commit, arrived, birth, false, cells));
    }

    /** A hand that overwrites has seen what was there. */
    private Stamp above(CellState cell) {
        return cell.stamp().time() < stamp.time()
                ? stamp
                : new Stamp(cell.stamp().time() + 1, 0);
    }

    /** What the rule of the column has to know of it, as if a device that had seen everything had written it. */
    private void remember(Table table, Key key, int place, CellState cell, Value before, Value after, long commit) {
        Column column = table.columns().get(place);
        if (column.merge() == MergeWord.MERGED_TEXT) {
            TextCells.overwritten(store, table, key, place, before, after, commit);
            return;
        }
        ColumnRule rule = ColumnRule.of(column);
        if (!rule.remembers() || column.merge() == MergeWord.COUNTER) {
            return;
        }
        Value memory = store.memory().of(table, key, place);
        Verdict verdict =
                rule.decide(new Attempt(before, cell, memory, CellWrite.set(after, before), ALL, commit, above(cell)));
        if (verdict instanceof Verdict.Settled settled && !settled.memory().equals(memory)) {
            store.memory().keep(table, key, place, settled.memory());
        }
    }
}
