package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Wellformed;
import dev.godwit.model.Column;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowKind;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnDelete;
import dev.godwit.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Merges the rows of one transaction with what is stored, and writes the result. Throws {@link Refused} or a constraint
 * error if it cannot be; the caller takes everything back then.
 */
final class TransactionMerge {
    /*
     * In this order, each step seeing what the ones before it made of the rows: keys (KeyClashes), columns (CellMerge),
     * children of rows that go (Followers), parents that are gone (MissingParents), unique values (UniqueClashes), sizes
     * (RowSizes), rules of the application; then everything is written, references are checked, and Bookkeeping numbers what has changed.
     */
    private static final Set<String> DECISION = Set.of("state", "choice");

    private final ServerOptions options;
    private final Works works;
    private final KeyClashes keys;
    private final CellMerge cells;
    private final List<IncomingRow> rows;

    private TransactionMerge(
            ServerOptions options, ResolverCalls resolvers, Works works, KeyClashes keys, List<IncomingRow> rows) {
        this.options = options;
        this.works = works;
        this.keys = keys;
        this.rows = rows;
        this.cells = new CellMerge(works, resolvers);
    }

    /** What came of a transaction. */
    record Merged(Outcome.Applied outcome, Stamp stamp, List<Conflict> conflicts) {}

    /** Decides and writes. */
    static Merged run(
            ServerOptions options,
            ResolverCalls resolvers,
            StoreWriter store,
            Works.Sender sender,
            List<IncomingRow> sent) {
        Works works = new Works(store, sender);
        KeyClashes keys = new KeyClashes(works, options.schema(), sender.device());
        List<IncomingRow> rows = keys.settle(sent);
        long floor = Math.max(floor(works, rows), sender.lastStamp());
        works.stamp = new Stamp(Math.max(sender.believed(), floor + 1), sender.device());
        return new TransactionMerge(options, resolvers, works, keys, rows).apply();
    }

    /** The greatest stamp among the cells that the rows had seen, which theirs must exceed. */
    private static long floor(Works works, List<IncomingRow> rows) {
        long floor = 0;
        for (IncomingRow row : rows) {
            RowWork work = works.row(row.table(), row.key());
            if (work.meta != null) {
                floor = Math.max(floor, floor(works, row, work, work.meta));
            }
        }
        return floor;
    }

    private static long floor(Works works, IncomingRow row, RowWork work, RowMeta meta) {
        boolean isUpdate = row.kind() == RowKind.UPDATE;
        if (isUpdate && !meta.deleted()) {
            return CellMerge.seenTime(works, row, meta, meta::cell);
        }
        // over a tombstone the row may come back with all that was remembered of it, which the update had seen too
        MissingParents.Revival revival = isUpdate ? MissingParents.revive(works, work) : null;
        Seen seen = works.seen(meta.scope());
        long floor = revival == null ? 0 : CellMerge.seenTime(works, row, meta, revival.cells()::get);
        for (CellState cell : meta.cells()) {
            floor = seen.has(cell.commit(), cell.stamp().writer())
                    ? Math.max(floor, cell.stamp().time())
                    : floor;
        }
        return floor;
    }

    private Merged apply() {
        for (IncomingRow row : rows) {
            RowWork work = works.row(row.table(), row.key());
            // over a tombstone everybody may insert: the row that was there is gone
            if (row.kind() != RowKind.INSERT || work.before != null) {
                works.authorise(work);
            }
            merge(row, work);
        }
        new Followers(works).run();
        new MissingParents(works).run();
        new UniqueClashes(works).run();
        RowSizes sizes = new RowSizes(options.limits());
        works.changed().forEach(sizes::check);
        validate();
        works.changed().forEach(w -> works.store.write(w.table, w.before, w.after));
        works.store.flush();
        new ReferenceChecks(works).run();
        new Bookkeeping(works).run();
        keys.remember();
        return new Merged(
                new Outcome.Applied(works.commits(), works.lost(), keys.rekeyed()), works.stamp, works.conflicts());
    }

    private void merge(IncomingRow row, RowWork work) {
        if (row.table().name().equals(ConflictTable.NAME)) {
            checkDecision(row);
        }
        switch (row.kind()) {
            case INSERT -> insert(row, work);
            case UPDATE -> update(row, work);
            default -> delete(work);
        }
        Value[] after = work.after;
        if (after != null && work.changed) {
            works.authority.checkWrite(work.table, work.key, Works.scopeOf(work.table, work.key, after));
        }
    }

    private void insert(IncomingRow row, RowWork work) {
        Value[] after = row.complete(works.store);
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
        checkReadOnly(row, after);
        checkForm(row, after);
        work.become(after);
        work.written.set(0, after.length);
    }

    /** A new row has in the columns of some words what these can merge. */
    private static void checkForm(IncomingRow row, Value[] after) {
        for (int i = 0; i < after.length; i++) {
            Column column = row.table().columns().get(i);
            boolean isText = after[i].isNull() || after[i].kind() == Value.Kind.TEXT;
            String complaint = column.merge() == MergeWord.MERGED_TEXT && !isText
                    ? "is no text: " + after[i].kind()
                    : Wellformed.complaint(column, after[i]).orElse(null);
            if (complaint != null) {
                throw new Refused(
                        RejectionCode.TYPE,
                        "Column " + column.name() + " of " + row.table().name() + ", row " + row.key() + ", "
                                + complaint + ".",
                        row.table().name(),
                        row.key());
            }
        }
    }

    /** What a device may do to the inbox: say that an entry is decided, and how. */
    private static void checkDecision(IncomingRow row) {
        boolean decides = row.kind() == RowKind.UPDATE
                && Arrays.stream(row.columns())
                        .mapToObj(row.table().columns()::get)
                        .allMatch(c -> DECISION.contains(c.name()));
        if (!decides) {
            throw new Refused(
                    RejectionCode.READ_ONLY,
                    "Only the server writes the inbox; of an entry only state and choice can be changed.",
                    row.table().name(),
                    row.key());
        }
    }

    /** A device's new row has in such columns what a row has by default. */
    private void checkReadOnly(IncomingRow row, Value[] after) {
        Table table = row.table();
        for (int i = 0; i < after.length; i++) {
            Column column = table.columns().get(i);
            if (column.merge() == MergeWord.READ_ONLY
                    && !after[i].equals(works.store.defaults(table)[i])) {
                throw Refused.cell(
                        RejectionCode.READ_ONLY,
                        table,
                        row.key(),
                        column.name(),
                        "it is read_only, and a new row leaves it as it is by default");
            }
        }
    }

    private void update(IncomingRow row, RowWork work) {
        RowMeta meta = work.meta;
        if (meta == null) {
            neverWas(
                    work,
                    row.image(),
                    "There is no row " + row.key() + " in " + row.table().name()
                            + ", and there never was: the transaction that made it was refused or discarded.");
            return;
        }
        Value[] before = work.before;
        if (row.table().name().equals(ConflictTable.NAME) && works.isConcurrent(meta)) {
            // somebody has decided it before, or another conflict has its place in the ring
            works.lose(row.table(), row.key(), null);
            return;
        }
        if (!works.meansThisRow(meta)) {
            works.loseRow(work, deleteRule(work), row.image(), Value.NULL, works.lastUnseen(meta), false);
        } else if (before == null) {
            updateGone(row, work, meta);
        } else {
            // two rows of the device may be one here, and the first of them is merged already
            Value[] now = work.after;
            cells.merge(row, work, now == null ? before : now, meta);
        }
    }

    private void updateGone(IncomingRow row, RowWork work, RowMeta meta) {
        OnDelete policy = row.table().policies().delete();
        MissingParents.Revival revival = policy == OnDelete.DELETE_WINS ? null : MissingParents.revive(works, work);
        if (revival == null || policy == OnDelete.MANUAL) {
            // whole, if it is known how it was: only then can a person have it back
            Value mine = revival == null ? row.image() : row.imageOn(revival.row());
            works.loseRow(work, deleteRule(work), mine, Value.NULL, works.lastUnseen(meta), policy == OnDelete.MANUAL);
            return;
        }
        noteDelete(work, meta);
        work.revived = revival.cells();
        cells.merge(row, work, revival.row(), meta);
        work.become(Objects.requireNonNull(work.after, "row"));
        work.byServer = false;
    }

    /** The delete that loses to an update that comes after it. */
    private void noteDelete(RowWork work, RowMeta meta) {
        works.note(new Conflict(
                meta.scope(),
                work.table,
                work.key,
                null,
                Value.NULL,
                Value.NULL,
                Value.NULL,
                Value.NULL,
                deleteRule(work),
                works.lastUnseen(meta),
                works.stamp,
                false));
    }

    private static String deleteRule(RowWork work) {
        return work.table.policies().delete().name().toLowerCase(java.util.Locale.ROOT);
    }

    private void delete(RowWork work) {
        RowMeta meta = work.meta;
        if (meta == null) {
            neverWas(
                    work,
                    Value.NULL,
                    "There is no row " + work.key + " in " + work.table.name() + " to delete, and there never was.");
            return;
        }
        Value[] before = work.before;
        if (before == null) {
            return;
        }
        if (!works.meansThisRow(meta)) {
            works.lose(work.table, work.key, null);
            return;
        }
        boolean met = works.isConcurrent(meta);
        if (met && work.table.policies().delete() != OnDelete.DELETE_WINS) {
            boolean asks = work.table.policies().delete() == OnDelete.MANUAL;
            works.loseRow(work, deleteRule(work), Value.NULL, Value.NULL, works.lastUnseen(meta), asks);
            return;
        }
        if (met) {
            works.note(new Conflict(
                    meta.scope(),
                    work.table,
                    work.key,
                    null,
                    Value.NULL,
                    MissingParents.image(work.table, before),
                    Value.NULL,
                    Value.NULL,
                    deleteRule(work),
                    works.lastUnseen(meta),
                    works.stamp,
                    false));
        }
        work.remove();
    }

    /** Nobody remembers the row: it never was, or its sender was away for so long that its tombstone is gone too. */
    private void neverWas(RowWork work, Value mine, String message) {
        String scope = works.expiredScope();
        if (scope == null) {
            throw new Refused(RejectionCode.NO_SUCH_ROW, message, work.table.name(), work.key);
        }
        works.lose(work.table, work.key, null);
        if (!mine.isNull()) {
            works.note(new Conflict(
                    scope,
                    work.table,
                    work.key,
                    null,
                    Value.NULL,
                    mine,
                    Value.NULL,
                    Value.NULL,
                    deleteRule(work),
                    works.stamp,
                    Stamp.ZERO,
                    false));
        }
    }

    private void validate() {
        for (RowWork work : works.changed()) {
            for (RowValidator validator : options.validators()) {
                complaint(validator, work).ifPresent(complaint -> {
                    throw new Refused(RejectionCode.VALIDATOR, complaint, work.table.name(), work.key);
                });
            }
        }
    }

    /** A rule that fails, with whatever it is, fails one transaction, not the batch and not the server. */
    private static Optional<String> complaint(RowValidator validator, RowWork work) {
        try {
            return validator.complaint(work.table, listOf(work.before), listOf(work.after));
        } catch (RuntimeException | AssertionError | LinkageError broken) {
            throw new IllegalStateException("a rule of the application failed", broken);
        }
    }

    private static @Nullable List<Value> listOf(Value @Nullable [] row) {
        return row == null ? null : List.of(row);
    }
}
