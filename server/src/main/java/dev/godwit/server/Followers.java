package dev.godwit.server;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.Value;
import dev.godwit.rows.References.Incoming;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Children of a row that goes: those that its device knew follow their clause, and theirs follow them; for those that it did
 * not know their table's policy decides.
 */
final class Followers {
    private static final int CASCADE_LIMIT = 100_000;

    private final Works works;
    private final Deque<RowWork> gone = new ArrayDeque<>();

    Followers(Works works) {
        this.works = works;
    }

    /** Lets children of every row that goes follow. */
    void run() {
        works.all().stream().filter(w -> w.before != null && w.after == null).forEach(gone::add);
        while (!gone.isEmpty()) {
            RowWork parent = gone.poll();
            for (Incoming incoming : works.store.references().incoming(parent.table)) {
                followAll(parent, incoming);
            }
        }
    }

    private void followAll(RowWork parent, Incoming incoming) {
        Value[] row = parent.before;
        OnMissingParent policy = incoming.child().policies().missingParent();
        boolean acts = incoming.clause().onDelete() != ForeignKey.Action.NO_ACTION || policy != OnMissingParent.HOLD;
        if (row == null || parent.after != null || !acts) {
            return;
        }
        for (Value[] child : works.store.references().children(incoming, row, CASCADE_LIMIT)) {
            follow(parent, incoming, child);
        }
    }

    private void follow(RowWork parent, Incoming incoming, Value[] child) {
        Table table = incoming.child();
        Key key = table.keyOf(child);
        RowWork known = works.known(table, key);
        RowWork work = known != null ? known : works.row(table, key);
        if (known == null) {
            authoriseFollower(parent, work);
        }
        Value[] now = work.after;
        if (parent.after != null || now == null || !stillPoints(incoming, now, child)) {
            return;
        }
        OnMissingParent policy = isUnseen(work, incoming) ? table.policies().missingParent() : OnMissingParent.HOLD;
        switch (policy) {
            case HOLD -> act(work, incoming, now);
            case CASCADE -> {
                works.loseRow(work, "parent_cascade", MissingParents.image(table, now), Value.NULL, works.stamp, false);
                go(work);
            }
            case SET_NULL -> clear(work, incoming, now, null);
            case RESURRECT -> stay(parent);
        }
    }

    /** Whether the child was put below the parent above the base of the transaction that deletes it. */
    private boolean isUnseen(RowWork child, Incoming incoming) {
        RowMeta meta = child.meta;
        return meta != null
                && incoming.clause().columns().stream()
                        .anyMatch(c -> meta.cell(c).isConcurrent(works.seen(meta.scope())));
    }

    /** The delete loses: somebody has put a child below the row. */
    private void stay(RowWork parent) {
        parent.after = parent.before;
        parent.changed = false;
        RowMeta meta = java.util.Objects.requireNonNull(parent.meta, "meta of a stored row");
        works.loseRow(parent, "parent_resurrect", Value.NULL, Value.NULL, works.lastUnseen(meta), false);
    }

    private void act(RowWork work, Incoming incoming, Value[] now) {
        switch (incoming.clause().onDelete()) {
            case CASCADE -> go(work);
            case SET_NULL -> clear(work, incoming, now, null);
            case SET_DEFAULT -> clear(work, incoming, now, works.store.defaults(incoming.child()));
            case NO_ACTION -> {
                // the reference check says what is wrong
            }
        }
    }

    private void go(RowWork work) {
        work.remove();
        work.byServer = true;
        gone.add(work);
    }

    private static void clear(
            RowWork work, Incoming incoming, Value[] now, Value @org.jspecify.annotations.Nullable [] defaults) {
        Value[] cleared = now.clone();
        for (int column : incoming.clause().columns()) {
            cleared[column] = defaults == null ? Value.NULL : defaults[column];
            work.written.set(column);
        }
        work.become(cleared);
        work.byServer = true;
    }

    /** A child in a scope that the device does not know must not be named to it (H14). */
    private void authoriseFollower(RowWork parent, RowWork child) {
        try {
            works.authorise(child);
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
}
