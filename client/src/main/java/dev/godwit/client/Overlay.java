package dev.godwit.client;

import dev.godwit.client.BaseImages.Base;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.References.Incoming;
import dev.godwit.sql.SqliteException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pending transactions on top of the server's state: takes them away and puts them back. One that does not fit on the
 * state below is left out whole, with those that build on it, and says why (H6); nothing of it is lost.
 */
final class Overlay {
    private static final int SLICE = 256;

    private final LocalSession session;

    Overlay(LocalSession session) {
        this.session = session;
    }

    /** A transaction does not fit, for a reason that is told to people. */
    private static final class DoesNotFit extends RuntimeException {
        private static final long serialVersionUID = 1;

        DoesNotFit(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Makes every row with pending changes what the server has, and forgets the base images. */
    void restore() {
        for (Table table : session.schema().tables()) {
            Key after = null;
            List<Base> slice;
            do {
                slice = session.bases().slice(table, after, SLICE);
                for (Base base : slice) {
                    Value[] now = session.writes().find(table, base.key());
                    session.writes().write(table, now, base.row());
                    after = base.key();
                }
            } while (slice.size() == SLICE);
        }
        session.writes().flush();
        session.schema().tables().forEach(session.bases()::clear);
    }

    /** Puts every pending transaction back, in order; those that the server may have stay what they are. */
    void putBack() {
        // refused ones: what builds on them does not fit either, until the server says so itself (H11)
        Set<Long> leftOut = session.entries().parked();
        Set<Long> held = new Resending(session).held();
        long local = 0;
        List<Entry> slice;
        do {
            slice = session.entries().pendingAfter(local, 16);
            for (Entry entry : slice) {
                local = entry.local();
                String reason = held.contains(local) ? entry.blocked() : tryPutBack(entry, leftOut);
                session.entries().setBlocked(entry.local(), reason);
                if (reason != null) {
                    leftOut.add(entry.local());
                }
            }
        } while (slice.size() == 16);
    }

    private @Nullable String tryPutBack(Entry entry, Set<Long> leftOut) {
        for (long needed : entry.depends()) {
            if (leftOut.contains(needed)) {
                return "it builds on another transaction that is blocked or was refused";
            }
        }
        session.connection().execute("savepoint godwit_entry_back");
        try {
            putBack(entry);
            session.connection().execute("release godwit_entry_back");
            return null;
        } catch (DoesNotFit misfit) {
            takeBack();
            return misfit.getMessage();
        } catch (SqliteException failure) {
            if (!failure.code().isConstraint()) {
                throw failure;
            }
            takeBack();
            return "it does not fit on what the server has now: " + failure.getMessage();
        }
    }

    private void takeBack() {
        session.writes().forget();
        session.connection().execute("rollback to godwit_entry_back; release godwit_entry_back");
    }

    /** A row that a transaction wrote, for the checks at its end. */
    private record Written(Table table, Value @Nullable [] before, Value @Nullable [] after) {}

    private void putBack(Entry entry) {
        List<Written> written = new ArrayList<>();
        session.changes().forEachGoneFirst(entry.decoded(), change -> put(entry, change, written));
        session.writes().flush();
        int own = written.size();
        followParents(entry, written);
        session.writes().flush();
        boolean followed = written.size() > own;
        written.forEach(row -> checkReferences(row, followed ? now(row) : row.after()));
    }

    /** The row as it is when all is written; what wrote it may not have been the last. */
    private Value @Nullable [] now(Written row) {
        Value[] after = row.after();
        return after == null
                ? null
                : session.writes().find(row.table(), row.table().keyOf(after));
    }

    private void put(Entry entry, RowChange change, List<Written> written) {
        Table table = change.table();
        Value[] before = session.writes().find(table, change.key());
        if (change.kind() == RowKind.INSERT && before != null && !Arrays.equals(before, change.wholeRow())) {
            throw new DoesNotFit("table " + table.name() + " has another row under the key " + change.key() + " now");
        }
        Value[] after;
        try {
            after = change.predictOn(before, Set.of());
        } catch (ArithmeticException overflow) {
            throw new DoesNotFit("a counter of table " + table.name() + ", key " + change.key() + ", would overflow");
        } catch (IllegalArgumentException otherText) {
            throw new DoesNotFit("table " + table.name() + ", key " + change.key()
                    + " has another text now than the edits were made on");
        }
        // an insert that finds the very row makes it all the same: what builds on it follows it
        boolean isNew = change.kind() == RowKind.INSERT;
        write(entry, table, change.key(), isNew ? entry.local() : 0, before, after, written);
        if (after != null && change.edits()) {
            session.bases().noteEdit(table, change.key(), entry.local());
        }
    }

    private void write(
            Entry entry,
            Table table,
            Key key,
            long born,
            Value @Nullable [] before,
            Value @Nullable [] after,
            List<Written> written) {
        Base known = session.bases().touch(table, key, before, born, entry.local());
        if (known != null && known.born() != 0 && after == null) {
            session.bases().forgetBirth(table, key);
        }
        session.writes().write(table, before, after);
        written.add(new Written(table, before, after));
    }

    /** Children of rows that are gone follow, and theirs follow them; those that the entry turned to others do not. */
    private void followParents(Entry entry, List<Written> written) {
        for (int i = 0; i < written.size(); i++) {
            Written row = written.get(i);
            Value[] before = row.before();
            if (before != null && row.after() == null) {
                followParent(entry, row.table(), before, written);
            }
        }
    }

    /** Children of a row that goes follow their clause, as the server will have it. */
    private void followParent(Entry entry, Table parent, Value[] row, List<Written> written) {
        for (Incoming incoming : session.references().incoming(parent)) {
            ForeignKey clause = incoming.clause();
            if (clause.onDelete() != ForeignKey.Action.CASCADE && clause.onDelete() != ForeignKey.Action.SET_NULL) {
                continue;
            }
            Table child = incoming.child();
            for (Value[] before : session.references().children(incoming, row, Integer.MAX_VALUE)) {
                Value[] after = null;
                if (clause.onDelete() == ForeignKey.Action.SET_NULL) {
                    after = before.clone();
                    for (int column : clause.columns()) {
                        after[column] = Value.NULL;
                    }
                }
                write(entry, child, child.keyOf(before), 0, before, after, written);
            }
        }
    }

    private void checkReferences(Written row, Value @Nullable [] after) {
        if (after != null) {
            ForeignKey missing = session.references().missingParent(row.table(), after);
            if (missing != null) {
                throw new DoesNotFit("table " + row.table().name() + ", key "
                        + row.table().keyOf(after) + " refers to a row of " + missing.parent()
                        + " that is gone");
            }
        }
        Value[] before = row.before();
        if (before != null && row.after() == null) {
            for (Incoming incoming : session.references().incoming(row.table())) {
                if (!session.references().children(incoming, before, 1).isEmpty()) {
                    throw new DoesNotFit("table " + row.table().name() + ", key "
                            + row.table().keyOf(before) + " has rows of "
                            + incoming.child().name() + " below it now");
                }
            }
        }
    }
}
