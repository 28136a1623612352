package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Seen;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnDelete;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps what is remembered of the rows that a transaction has changed: commit numbers, states of cells, tombstones. */
final class Bookkeeping {
    private final Works works;
    private final StoreWriter store;

    Bookkeeping(Works works) {
        this.works = works;
        this.store = works.store;
    }

    void run() {
        works.changed().forEach(w -> keep(w, w.byServer ? new Stamp(works.stamp.time(), 0) : works.stamp));
    }

    private void keep(RowWork work, Stamp stamp) {
        RowMeta meta = work.meta;
        Value[] after = work.after;
        if (after == null) {
            keepTombstone(work, Objects.requireNonNull(meta, "meta of a deleted row"), stamp);
            return;
        }
        String scope = Works.scopeOf(work.table, work.key, after);
        long commit = works.commit(scope);
        List<CellState> revived = work.revived;
        if (revived != null && meta != null) {
            keepRevived(work, meta, revived, scope, commit, stamp);
        } else if (meta == null || meta.deleted()) {
            keepNew(work, meta, scope, commit, stamp, after.length);
        } else if (meta.scope().equals(scope)) {
            List<CellState> cells = cells(work, meta, commit, stamp, after.length);
            store.keep(work.table, work.key, new RowMeta(scope, commit, meta.arrived(), meta.birth(), false, cells));
        } else {
            keepMoved(work, meta, scope, commit, stamp, after.length);
            return;
        }
        work.edits.forEach((column, edit) -> store.memory().append(work.table, work.key, column, edit));
        work.memories.forEach((column, memory) -> store.memory().keep(work.table, work.key, column, memory));
    }

    /** Whether the image of a deleted row is wanted: it may come back. */
    private boolean mayComeBack(Table table) {
        return table.policies().delete() != OnDelete.DELETE_WINS
                || store.references().incoming(table).stream()
                        .anyMatch(i -> i.child().policies().missingParent() == OnMissingParent.RESURRECT);
    }

    private void keepTombstone(RowWork work, RowMeta meta, Stamp stamp) {
        long commit = works.commit(meta.scope());
        Value[] before = work.before;
        if (before != null && mayComeBack(work.table)) {
            store.memory().keepImage(work.table, work.key, commit, new StoreMemory.Image(before, meta.cells()));
        } else {
            store.memory().forget(work.table, work.key);
        }
        store.keep(
                work.table,
                work.key,
                meta.tombstone(
                        commit,
                        stamp,
                        seen(meta.scope(), stamp),
                        work.table.columns().size()));
    }

    private void keepNew(RowWork work, @Nullable RowMeta tombstone, String scope, long commit, Stamp stamp, int width) {
        long other = 0;
        if (tombstone != null) {
            // another row under that key: what was remembered of the first one is not about it
            store.memory().forget(work.table, work.key);
        }
        if (tombstone != null && tombstone.scope().equals(scope)) {
            other = tombstone.lastByOther(seen(scope, stamp));
        } else if (tombstone != null) {
            // as if others had changed it: what the key was in the old scope may be staged on the device, to be written
            // later
            other = commit;
            store.keepLeft(tombstone.scope(), tombstone.commit(), work.table, work.key);
        }
        store.forgetLeft(scope, work.table, work.key);
        CellState cell = new CellState(commit, stamp, other);
        List<CellState> cells = new ArrayList<>(Collections.nCopies(width, cell));
        for (int i = work.adjusted.nextSetBit(0); i >= 0; i = work.adjusted.nextSetBit(i + 1)) {
            cells.set(i, new CellState(commit, stamp, commit));
        }
        store.keep(
                work.table,
                work.key,
                new RowMeta(
                        scope,
                        commit,
                        commit,
                        new RowMeta.Birth(scope, commit, stamp.writer(), tombstone != null),
                        false,
                        cells));
    }

    /** The row that was deleted is back, the same one: everybody gets it whole. */
    private void keepRevived(
            RowWork work, RowMeta tombstone, List<CellState> revived, String scope, long commit, Stamp stamp) {
        store.memory().forgetImage(work.table, work.key);
        if (!tombstone.scope().equals(scope)) {
            leave(work, tombstone);
        }
        store.forgetLeft(scope, work.table, work.key);
        List<CellState> cells = new ArrayList<>(revived.size());
        for (int i = 0; i < revived.size(); i++) {
            Stamp written = work.written.get(i) ? stamp : revived.get(i).stamp();
            cells.add(new CellState(commit, written, commit));
        }
        store.keep(work.table, work.key, new RowMeta(scope, commit, commit, tombstone.birth(), false, cells));
    }

    /** What the writer of a change had seen; the server follows a transaction and has seen as much. */
    private Seen seen(String scope, Stamp stamp) {
        Seen seen = works.seen(scope);
        return stamp.writer() == works.writer ? seen : Seen.of(stamp.writer(), seen.base());
    }

    /** Leaves the mark in the old scope, and takes along what rules remember, with what this transaction adds to it. */
    private void leave(RowWork work, RowMeta meta) {
        long left = works.commit(meta.scope());
        store.keepLeft(meta.scope(), left, work.table, work.key);
        MovedMemory.take(store.memory(), work.table, work.key, meta, work.memories, left);
        work.memories.clear();
    }

    private List<CellState> cells(RowWork work, RowMeta meta, long commit, Stamp stamp, int width) {
        List<CellState> cells = new ArrayList<>(width);
        Seen seen = seen(meta.scope(), stamp);
        for (int i = 0; i < width; i++) {
            CellState cell = work.written.get(i) ? meta.cell(i).changed(commit, stamp, seen) : meta.cell(i);
            cells.add(work.adjusted.get(i) ? new CellState(commit, cell.stamp(), commit) : cell);
        }
        return cells;
    }

    /** A move renumbers every cell for delivery; stamps and writers stay (H4). */
    private void keepMoved(RowWork work, RowMeta meta, String scope, long commit, Stamp stamp, int width) {
        leave(work, meta);
        store.forgetLeft(scope, work.table, work.key);
        List<CellState> cells = new ArrayList<>(width);
        Seen seen = seen(meta.scope(), stamp);
        for (int i = 0; i < width; i++) {
            CellState cell = work.written.get(i) ? meta.cell(i).changed(commit, stamp, seen) : meta.cell(i);
            // as if others had changed it: whoever moved it gets it whole too, wherever the row had been on that device
            cells.add(new CellState(commit, cell.stamp(), commit));
        }
        store.keep(work.table, work.key, new RowMeta(scope, commit, commit, meta.birth(), false, cells));
    }
}
