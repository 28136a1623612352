package dev.godwit.server;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.References;
import dev.godwit.rows.References.Incoming;
import java.util.List;

/** What must hold between rows once a transaction is written. */
final class ReferenceChecks {
    private static final int CHILDREN = 100_000;

    private final Works works;

    ReferenceChecks(Works works) {
        this.works = works;
    }

    void run() {
        works.changed().forEach(this::check);
    }

    private void check(RowWork work) {
        Value[] after = work.after;
        if (after != null) {
            checkParents(work, after);
        }
        Value[] before = work.before;
        if (before != null) {
            works.store.references().incoming(work.table).forEach(incoming -> checkChildren(work, before, incoming));
        }
    }

    /** A row that others refer to stays where they can refer to it: it is not deleted, renamed or moved away from them. */
    private void checkChildren(RowWork work, Value[] before, Incoming incoming) {
        Value[] after = work.after;
        List<Integer> referred = incoming.clause().parentColumns();
        if (after != null && referred.stream().allMatch(c -> before[c].equals(after[c]))) {
            boolean moved = !work.table.scopeOf(before).equals(work.table.scopeOf(after));
            if (moved) {
                Table child = incoming.child();
                works.store
                        .references()
                        .children(incoming, after, CHILDREN)
                        .forEach(row ->
                                works.authority.checkReference(child, child.keyOf(row), row, incoming.clause(), after));
            }
        } else if (!works.store.references().children(incoming, before, 1).isEmpty()) {
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
    private static boolean pointsElsewhere(RowWork work, ForeignKey clause, Value[] after) {
        Value[] before = work.before;
        return before == null
                || !clause.columns().stream().allMatch(c -> before[c].equals(after[c]))
                || !work.table.scopeOf(before).equals(work.table.scopeOf(after));
    }

    private void checkParents(RowWork work, Value[] after) {
        for (ForeignKey clause : work.table.foreignKeys()) {
            if (!References.pointsSomewhere(clause, after) || !pointsElsewhere(work, clause, after)) {
                continue;
            }
            Value[] parentRow = works.store.references().parent(clause, after);
            if (parentRow == null) {
                throw new Refused(
                        RejectionCode.REFERENCES,
                        "Row " + work.key + " of " + work.table.name() + " refers to a row of " + clause.parent()
                                + " that does not exist (any more). Choose another one and retry.",
                        work.table.name(),
                        work.key);
            }
            works.authority.checkReference(work.table, work.key, after, clause, parentRow);
        }
    }
}
