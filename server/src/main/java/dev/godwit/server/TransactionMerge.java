package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.CellState;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Verdict;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.LostCell;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowKind;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.References;
import dev.godwit.rows.References.Incoming;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Merges the rows of one transaction with what is stored, and writes the result. Throws {@link Refused} or a constraint
 * error if it cannot be; the caller takes everything back then.
 */
final class TransactionMerge {
    private static final int CASCADE_LIMIT = 100_000;

    private final StoreWriter store;
    private final Authority authority;
    private final List<RowValidator> validators;
    private final ToLongFunction<String> baseOf;
    private final long writer;
    private final Map<String, Long> commits = new LinkedHashMap<>();
    private final List<LostCell> lost = new ArrayList<>();
    private final Map<Place, Work> works = new LinkedHashMap<>();

    /**
     * For one transaction.
     *
     * @param baseOf the transaction's base in a scope
     * @param writer the device's number; 0 for the server itself
     */
    TransactionMerge(
            StoreWriter store,
            Authority authority,
            List<RowValidator> validators,
            ToLongFunction<String> baseOf,
            long writer) {
        this.store = store;
        this.authority = authority;
        this.validators = validators;
        this.baseOf = baseOf;
        this.writer = writer;
    }

    private record Place(String table, Key key) {}

    /** One row: what is stored, what it becomes, and which columns are written. */
    private static final class Work {
        private final Table table;
        private final Key key;
        private final @Nullable RowMeta meta;
        private final Value @Nullable [] before;
        private Value @Nullable [] after;
        private final BitSet written = new BitSet();
        private boolean changed;
        /** Whether a cascade changed it: the device does not know, so the change is the server's and is sent to it too. */
        private boolean byServer;

        Work(Table table, Key key, @Nullable RowMeta meta, Value @Nullable [] before) {
            this.table = table;
            this.key = key;
            this.meta = meta;
            this.before = before;
            this.after = before;
        }
    }

    /** Loads what the rows meet; returns the greatest stamp among the cells they had seen, which theirs must exceed. */
    long load(List<IncomingRow> rows) {
        long floor = 0;
        for (IncomingRow row : rows) {
            RowMeta meta = store.meta(row.table(), row.key());
            Value[] before = meta == null || meta.deleted() ? null : store.row(row.table(), row.key());
            works.put(new Place(row.table().name(), row.key()), new Work(row.table(), row.key(), meta, before));
            if (meta != null) {
                floor = Math.max(floor, seenFloor(row, meta));
            }
        }
        return floor;
    }

    private long seenFloor(IncomingRow row, RowMeta meta) {
        long base = baseOf.applyAsLong(meta.scope());
        long floor = 0;
        if (row.kind() == RowKind.UPDATE && !meta.deleted()) {
            for (int column : row.columns()) {
                CellState cell = meta.cell(column);
                floor = cell.isConcurrent(writer, base)
                        ? floor
                        : Math.max(floor, cell.stamp().time());
            }
            return floor;
        }
        for (CellState cell : meta.cells()) {
            floor = cell.isConcurrent(writer, base)
                    ? floor
                    : Math.max(floor, cell.stamp().time());
        }
        return floor;
    }

    /** Decides and writes; the transaction is stamped so. */
    Outcome.Applied apply(List<IncomingRow> rows, Stamp stamp) {
        for (IncomingRow row : rows) {
            Work work = work(row);
            // over a tombstone everybody may insert: the row that was there is gone
            if (row.kind() != RowKind.INSERT || work.before != null) {
                authorise(work);
            }
            merge(row, work, stamp);
        }
        cascade();
        validate();
        works.values().stream().filter(w -> w.changed).forEach(w -> store.write(w.table, w.before, w.after));
        store.flush();
        works.values().stream().filter(w -> w.changed).forEach(this::checkReferences);
        works.values().stream()
                .filter(w -> w.changed)
                .forEach(w -> keep(w, w.byServer ? new Stamp(stamp.time(), 0) : stamp));
        return new Outcome.Applied(commits, lost);
    }

    private Work work(IncomingRow row) {
        return java.util.Objects.requireNonNull(works.get(new Place(row.table().name(), row.key())), "work");
    }

    private void authorise(Work work) {
        if (work.meta != null) {
            authority.checkWrite(work.table, work.key, work.meta.scope());
        }
    }

    private void merge(IncomingRow row, Work work, Stamp stamp) {
        switch (row.kind()) {
            case INSERT -> insert(row, work);
            case UPDATE -> update(row, work, stamp);
            default -> delete(work);
        }
        Value[] after = work.after;
        if (after != null && work.changed) {
            authority.checkWrite(work.table, work.key, scopeOf(work.table, work.key, after));
        }
    }

    private static String scopeOf(Table table, Key key, Value[] row) {
        return table.scopeOf(row)
                .orElseThrow(() -> new Refused(
                        RejectionCode.SCOPE,
                        "Row " + key + " of " + table.name() + " does not say which scope it lives in.",
                        table.name(),
                        key));
    }

    private void insert(IncomingRow row, Work work) {
        int width = row.table().columns().size();
        boolean complete = row.columns().length + row.table().key().size() == width;
        Value[] after = complete ? new Value[width] : store.defaults(row.table());
        for (int i = 0; i < row.table().key().size(); i++) {
            after[row.table().key().get(i)] = row.key().values().get(i);
        }
        for (int i = 0; i < row.columns().length; i++) {
            after[row.columns()[i]] = row.values()[i];
        }
        if (work.before != null) {
            if (Arrays.equals(work.before, after)) {
                return;
            }
            throw new Refused(
                    RejectionCode.KEY_CLASH,
                    "Another device has already made a different row " + row.key() + " in "
                            + row.table().name() + ". Give this one another key and retry.",
                    row.table().name(),
                    row.key());
        }
        work.after = after;
        work.written.set(0, after.length);
        work.changed = true;
    }

    /** Whether the change means the row that is stored, not an earlier one that had its key. */
    private boolean meansThisRow(RowMeta meta) {
        RowMeta.Birth birth = meta.birth();
        return !birth.again()
                || birth.writer() == writer
                || birth.commit() <= baseOf.applyAsLong(birth.scope())
                || meta.arrived() <= baseOf.applyAsLong(meta.scope());
    }

    private void update(IncomingRow row, Work work, Stamp stamp) {
        RowMeta meta = work.meta;
        if (meta == null) {
            throw new Refused(
                    RejectionCode.NO_SUCH_ROW,
                    "There is no row " + row.key() + " in " + row.table().name()
                            + ", and there never was: the transaction that made it was refused or discarded.",
                    row.table().name(),
                    row.key());
        }
        Value[] before = work.before;
        if (before == null || !meansThisRow(meta)) {
            lost.add(new LostCell(row.table().name(), row.key(), null));
            return;
        }
        Value[] after = before.clone();
        long base = baseOf.applyAsLong(meta.scope());
        for (int i = 0; i < row.columns().length; i++) {
            int column = row.columns()[i];
            CellState cell = meta.cell(column);
            ColumnRule rule = ColumnRule.of(row.table().columns().get(column).merge());
            Verdict verdict = rule.decide(new Attempt(
                    before[column], cell, row.values()[i], row.deltas()[i], cell.isConcurrent(writer, base), stamp));
            take(row, work, after, column, verdict);
        }
        work.after = after;
    }

    private void take(IncomingRow row, Work work, Value[] after, int column, Verdict verdict) {
        String name = row.table().columns().get(column).name();
        if (verdict instanceof Verdict.Write write) {
            after[column] = write.value();
            work.written.set(column);
            work.changed = true;
        } else if (verdict instanceof Verdict.Lost) {
            lost.add(new LostCell(row.table().name(), row.key(), name));
        } else if (verdict instanceof Verdict.Refused refused) {
            throw new Refused(
                    RejectionCode.TYPE,
                    "Column " + name + " of " + row.table().name() + ", row " + row.key() + ": " + refused.reason()
                            + ".",
                    row.table().name(),
                    row.key());
        }
    }

    private void delete(Work work) {
        RowMeta meta = work.meta;
        if (meta == null) {
            throw new Refused(
                    RejectionCode.NO_SUCH_ROW,
                    "There is no row " + work.key + " in " + work.table.name() + " to delete, and there never was.",
                    work.table.name(),
                    work.key);
        }
        if (work.before == null) {
            return;
        }
        if (!meansThisRow(meta)) {
            lost.add(new LostCell(work.table.name(), work.key, null));
            return;
        }
        work.after = null;
        work.changed = true;
    }

    /** Children of a row that goes follow their clause, and theirs follow them: rows that the device did not know of. */
    private void cascade() {
        Deque<Work> gone = new ArrayDeque<>(works.values().stream()
                .filter(w -> w.before != null && w.after == null)
                .toList());
        while (!gone.isEmpty()) {
            Work parent = gone.poll();
            for (Incoming incoming : store.references().incoming(parent.table)) {
                followAll(parent, incoming, gone);
            }
        }
    }

    private void followAll(Work parent, Incoming incoming, Deque<Work> gone) {
        Value[] row = parent.before;
        ForeignKey.Action action = incoming.clause().onDelete();
        if (row == null || action == ForeignKey.Action.NO_ACTION) {
            return;
        }
        for (Value[] child : store.references().children(incoming, row, CASCADE_LIMIT)) {
            follow(parent, incoming, child, action, gone);
        }
    }

    private void follow(Work parent, Incoming incoming, Value[] child, ForeignKey.Action action, Deque<Work> gone) {
        Table table = incoming.child();
        Key key = table.keyOf(child);
        Place place = new Place(table.name(), key);
        Work known = works.get(place);
        Work work = known;
        if (work == null) {
            work = new Work(table, key, store.meta(table, key), child);
            authoriseFollower(parent, work);
            works.put(place, work);
        }
        Value[] now = work.after;
        if (now == null || !stillPoints(incoming, now, child)) {
            return;
        }
        work.changed = true;
        work.byServer = true;
        if (action == ForeignKey.Action.CASCADE) {
            work.after = null;
            gone.add(work);
            return;
        }
        Value[] cleared = now.clone();
        Value[] defaults = action == ForeignKey.Action.SET_DEFAULT ? store.defaults(table) : null;
        for (int column : incoming.clause().columns()) {
            cleared[column] = defaults == null ? Value.NULL : defaults[column];
            work.written.set(column);
        }
        work.after = cleared;
    }

    /** A child in a scope that the device does not know must not be named to it (H14). */
    private void authoriseFollower(Work parent, Work child) {
        try {
            authorise(child);
        } catch (Refused hidden) {
            throw new Refused(
                    RejectionCode.REFERENCES,
                    "Row " + parent.key + " of " + parent.table.name()
                            + " cannot be deleted: rows that are not yours to change still refer to it.",
                    parent.table.name(),
                    parent.key);
        }
    }

    /** A child that the transaction itself has turned to another parent stays. */
    private static boolean stillPoints(Incoming incoming, Value[] now, Value[] stored) {
        return incoming.clause().columns().stream().allMatch(c -> now[c].equals(stored[c]));
    }

    private void validate() {
        for (Work work : works.values()) {
            for (RowValidator validator : validators) {
                if (work.changed) {
                    validator
                            .complaint(work.table, listOf(work.before), listOf(work.after))
                            .ifPresent(complaint -> {
                                throw new Refused(RejectionCode.VALIDATOR, complaint, work.table.name(), work.key);
                            });
                }
            }
        }
    }

    private static @Nullable List<Value> listOf(Value @Nullable [] row) {
        return row == null ? null : List.of(row);
    }

    private void checkReferences(Work work) {
        Value[] after = work.after;
        if (after != null) {
            checkParents(work, after);
        }
        Value[] before = work.before;
        if (before != null) {
            store.references().incoming(work.table).forEach(incoming -> checkChildren(work, before, incoming));
        }
    }

    /** A row that others refer to stays where they can refer to it: it is not deleted, renamed or moved away from them. */
    private void checkChildren(Work work, Value[] before, Incoming incoming) {
        Value[] after = work.after;
        List<Integer> referred = incoming.clause().parentColumns();
        if (after != null && referred.stream().allMatch(c -> before[c].equals(after[c]))) {
            boolean moved = !work.table.scopeOf(before).equals(work.table.scopeOf(after));
            if (moved) {
                Table child = incoming.child();
                store.references()
                        .children(incoming, after, CASCADE_LIMIT)
                        .forEach(row ->
                                authority.checkReference(child, child.keyOf(row), row, incoming.clause(), after));
            }
        } else if (!store.references().children(incoming, before, 1).isEmpty()) {
            throw new Refused(
                    RejectionCode.REFERENCES,
                    "Row " + work.key + " of " + work.table.name() + " cannot be "
                            + (after == null ? "deleted" : "changed so") + ": rows of "
                            + incoming.child().name() + " still refer to it.",
                    work.table.name(),
                    work.key);
        }
    }

    /** Whether the transaction made the reference: what was broken before, by an operator, is not its fault. */
    private static boolean pointsElsewhere(Work work, ForeignKey clause, Value[] after) {
        Value[] before = work.before;
        return before == null
                || !clause.columns().stream().allMatch(c -> before[c].equals(after[c]))
                || !work.table.scopeOf(before).equals(work.table.scopeOf(after));
    }

    private void checkParents(Work work, Value[] after) {
        for (ForeignKey clause : work.table.foreignKeys()) {
            if (!References.pointsSomewhere(clause, after) || !pointsElsewhere(work, clause, after)) {
                continue;
            }
            Value[] parentRow = store.references().parent(clause, after);
            if (parentRow == null) {
                throw new Refused(
                        RejectionCode.REFERENCES,
                        "Row " + work.key + " of " + work.table.name() + " refers to a row of " + clause.parent()
                                + " that does not exist (any more). Choose another one and retry.",
                        work.table.name(),
                        work.key);
            }
            authority.checkReference(work.table, work.key, after, clause, parentRow);
        }
    }

    private long commit(String scope) {
        return commits.computeIfAbsent(scope, store::nextCommit);
    }

    private void keep(Work work, Stamp stamp) {
        RowMeta meta = work.meta;
        Value[] after = work.after;
        if (after == null) {
            keepTombstone(work, java.util.Objects.requireNonNull(meta, "meta of a deleted row"), stamp);
            return;
        }
        String scope = scopeOf(work.table, work.key, after);
        long commit = commit(scope);
        if (meta == null || meta.deleted()) {
            keepNew(work, meta, scope, commit, stamp, after.length);
        } else if (meta.scope().equals(scope)) {
            List<CellState> cells = cells(work, meta, commit, stamp, after.length);
            store.keep(work.table, work.key, new RowMeta(scope, commit, meta.arrived(), meta.birth(), false, cells));
        } else {
            keepMoved(work, meta, scope, commit, stamp, after.length);
        }
    }

    private void keepTombstone(Work work, RowMeta meta, Stamp stamp) {
        long commit = commit(meta.scope());
        CellState gone = new CellState(commit, stamp, meta.lastByOther(stamp.writer()));
        store.keep(
                work.table,
                work.key,
                new RowMeta(
                        meta.scope(),
                        commit,
                        meta.arrived(),
                        meta.birth(),
                        true,
                        java.util.Collections.nCopies(work.table.columns().size(), gone)));
    }

    private void keepNew(Work work, @Nullable RowMeta tombstone, String scope, long commit, Stamp stamp, int width) {
        long other = 0;
        if (tombstone != null && tombstone.scope().equals(scope)) {
            other = tombstone.lastByOther(stamp.writer());
        } else if (tombstone != null) {
            store.keepLeft(tombstone.scope(), tombstone.commit(), work.table, work.key);
        }
        store.forgetLeft(scope, work.table, work.key);
        CellState cell = new CellState(commit, stamp, other);
        store.keep(
                work.table,
                work.key,
                new RowMeta(
                        scope,
                        commit,
                        commit,
                        new RowMeta.Birth(scope, commit, stamp.writer(), tombstone != null),
                        false,
                        java.util.Collections.nCopies(width, cell)));
    }

    private List<CellState> cells(Work work, RowMeta meta, long commit, Stamp stamp, int width) {
        List<CellState> cells = new ArrayList<>(width);
        for (int i = 0; i < width; i++) {
            cells.add(work.written.get(i) ? meta.cell(i).changed(commit, stamp) : meta.cell(i));
        }
        return cells;
    }

    /** A move renumbers every cell for delivery; stamps and writers stay (H4). */
    private void keepMoved(Work work, RowMeta meta, String scope, long commit, Stamp stamp, int width) {
        store.keepLeft(meta.scope(), commit(meta.scope()), work.table, work.key);
        store.forgetLeft(scope, work.table, work.key);
        List<CellState> cells = new ArrayList<>(width);
        for (int i = 0; i < width; i++) {
            CellState cell = work.written.get(i) ? meta.cell(i).changed(commit, stamp) : meta.cell(i);
            // as if others had changed it: whoever moved it gets it whole too, wherever the row had been on that device
            cells.add(new CellState(commit, cell.stamp(), commit));
        }
        store.keep(work.table, work.key, new RowMeta(scope, commit, commit, meta.birth(), false, cells));
    }
}
