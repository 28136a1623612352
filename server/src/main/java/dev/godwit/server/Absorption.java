package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Key;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what an operator changed by plain SQL into the log, as the server's own writes: what is in the tables already gets
 * commit numbers (H9). All changes found at once share one commit number per scope: joined, never split.
 */
final class Absorption {
    private static final Logger LOG = LoggerFactory.getLogger(Absorption.class);

    private final StoreWriter store;
    private final Stamp stamp;
    private final Map<String, Long> commits = new LinkedHashMap<>();

    Absorption(StoreWriter store, long nowMillis) {
        this.store = store;
        this.stamp = new Stamp(Stamp.ofMillis(nowMillis), 0);
    }

    /** Returns the scopes that moved. */
    Set<String> run() {
        store.foreignChanges(this::absorb);
        return commits.keySet();
    }

    private void absorb(Table table, Value @Nullable [] before, Value @Nullable [] after) {
        Value[] either = after != null ? after : before;
        if (either == null) {
            return;
        }
        Key key = table.keyOf(either);
        RowMeta meta = store.meta(table, key);
        if (after == null) {
            if (meta != null && !meta.deleted()) {
                keepTombstone(table, key, meta);
            }
            return;
        }
        String scope = table.scopeOf(after).orElse(null);
        if (scope == null) {
            LOG.error(
                    "row {} of {} was changed by hand and names no scope: no device sees it until it does",
                    key,
                    table.name());
            if (meta != null && !meta.deleted()) {
                keepTombstone(table, key, meta);
            }
            return;
        }
        keep(table, key, meta, scope, before, after);
    }

    private long commit(String scope) {
        return commits.computeIfAbsent(scope, store::nextCommit);
    }

    /** A hand that overwrites has seen what was there. */
    private Stamp above(CellState cell) {
        return cell.stamp().time() < stamp.time()
                ? stamp
                : new Stamp(cell.stamp().time() + 1, 0);
    }

    private void keepTombstone(Table table, Key key, RowMeta meta) {
        long commit = commit(meta.scope());
        CellState gone = new CellState(commit, stamp, meta.lastByOther(0));
        store.keep(
                table,
                key,
                new RowMeta(
                        meta.scope(),
                        commit,
                        meta.arrived(),
                        meta.birth(),
                        true,
                        java.util.Collections.nCopies(table.columns().size(), gone)));
    }

    private void keep(
            Table table, Key key, @Nullable RowMeta meta, String scope, Value @Nullable [] before, Value[] after) {
        long commit = commit(scope);
        if (meta != null && !meta.scope().equals(scope)) {
            store.keepLeft(meta.scope(), meta.deleted() ? meta.commit() : commit(meta.scope()), table, key);
        }
        boolean fresh = meta == null || meta.deleted();
        boolean moved = meta != null && !meta.scope().equals(scope);
        if (fresh || moved) {
            store.forgetLeft(scope, table, key);
        }
        List<CellState> cells = new ArrayList<>(after.length);
        for (int i = 0; i < after.length; i++) {
            CellState cell = meta == null ? RowMeta.NEVER : meta.cell(i);
            boolean written = fresh || before == null || !before[i].equals(after[i]);
            CellState now = written ? cell.changed(commit, above(cell)) : cell;
            cells.add(moved ? new CellState(commit, now.stamp(), commit) : now);
        }
        RowMeta.Birth birth = fresh || meta == null ? new RowMeta.Birth(scope, commit, 0, meta != null) : meta.birth();
        long arrived = fresh || moved || meta == null ? commit : meta.arrived();
        store.keep(table, key, new RowMeta(scope, commit, arrived, birth, false, cells));
    }
}
