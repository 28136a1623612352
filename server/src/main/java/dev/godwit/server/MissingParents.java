package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.rows.References;
import dev.godwit.wire.Changes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows whose parent is gone: their table's policy decides, before anything is written. */
final class MissingParents {
    private final Works works;
    private final Deque<RowWork> rows = new ArrayDeque<>();

    MissingParents(Works works) {
        this.works = works;
    }

    void run() {
        rows.addAll(works.changed());
        while (!rows.isEmpty()) {
            RowWork work = rows.poll();
            if (work.table.policies().missingParent() != OnMissingParent.HOLD) {
                work.table.foreignKeys().forEach(clause -> check(work, clause));
            }
        }
    }

    private void check(RowWork work, ForeignKey clause) {
        Value[] row = work.after;
        if (row == null || !References.pointsSomewhere(clause, row) || hasParent(clause, row)) {
            return;
        }
        switch (work.table.policies().missingParent()) {
            case SET_NULL -> clause.columns().forEach(column -> work.adjust(column, Value.NULL));
            case CASCADE -> drop(work, row);
            case RESURRECT -> resurrect(clause, row);
            case HOLD -> throw new IllegalStateException("hold is not asked here");
        }
    }

    private boolean hasParent(ForeignKey clause, Value[] row) {
        for (RowWork other : works.all()) {
            Value[] after = other.after;
            if (after != null && isParent(other.table, after, clause, row)) {
                return true;
            }
        }
        Value[] stored = works.store.references().parent(clause, row);
        if (stored == null) {
            return false;
        }
        Table parent = parentOf(clause);
        RowWork known = works.known(parent, parent.keyOf(stored));
        return known == null;
    }

    private static boolean isParent(Table table, Value[] candidate, ForeignKey clause, Value[] row) {
        if (!table.name().equalsIgnoreCase(clause.parent())) {
            return false;
        }
        for (int i = 0; i < clause.columns().size(); i++) {
            if (!candidate[clause.parentColumns().get(i)].equals(
                    row[clause.columns().get(i)])) {
                return false;
            }
        }
        return true;
    }

    private Table parentOf(ForeignKey clause) {
        return works.store.table(clause.parent());
    }

    /** The row goes with its parent: a new one never comes, and what is said about it is lost. */
    private void drop(RowWork work, Value[] row) {
        if (work.meta != null && work.before != null) {
            works.loseRow(work, "parent_cascade", image(work.table, row), Value.NULL, works.stamp, false);
            work.remove();
            work.byServer = true;
        } else {
            works.lose(work.table, work.key, null);
            works.note(new Conflict(
                    Works.scopeOf(work.table, work.key, row),
                    work.table,
                    work.key,
                    null,
                    Value.NULL,
                    image(work.table, row),
                    Value.NULL,
                    Value.NULL,
                    "parent_cascade",
                    works.stamp,
                    works.stamp,
                    false));
            work.after = null;
            work.changed = false;
        }
    }

    /** The parent comes back as it was when it was deleted, if it is known how that was. */
    private void resurrect(ForeignKey clause, Value[] row) {
        Table parent = parentOf(clause);
        if (!clause.parentColumns().equals(parent.key())) {
            return;
        }
        Key key = new Key(clause.columns().stream().map(c -> row[c]).toList());
        RowWork work = works.row(parent, key);
        Revival revival = revive(works, work);
        if (revival == null || work.changed) {
            return;
        }
        works.authorise(work);
        work.revived = revival.cells();
        work.become(revival.row());
        work.byServer = true;
        rows.add(work);
    }

    /** A row that comes back, with the states of its cells. */
    record Revival(Value[] row, List<CellState> cells) {}

    /** How a deleted row was when it went; null if nobody knows. */
    static @Nullable Revival revive(Works works, RowWork work) {
        StoreMemory.Image image = work.meta == null || work.before != null
                ? null
                : works.store.memory().image(work.table, work.key);
        if (image == null) {
            return null;
        }
        Value[] row = works.store.defaults(work.table);
        System.arraycopy(image.row(), 0, row, 0, Math.min(row.length, image.row().length));
        List<CellState> cells = new ArrayList<>(image.cells());
        while (cells.size() < row.length) {
            cells.add(RowMeta.NEVER);
        }
        return new Revival(row, cells);
    }

    /** A row as a value: an encoded block. */
    static Value image(Table table, Value[] row) {
        BlockBuilder block = new BlockBuilder();
        block.addWhole(table, row);
        return Value.of(Changes.encode(block.build()));
    }
}
