package dev.godwit.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Moves rows from state to state, and with them those that wait for them: the next of their key, and what needs them. Works
 * inside a transaction of somebody else. Not safe for use by two threads.
 */
final class WorkMoves {
    private static final String ANOTHER_HEAD =
            "exists (select 1 from godwit_work h where h.skey = ? and h.id <> ? and h.skey is not"
                    + " null and (h.state = 1 or h.state = 0 and h.gate < 2 or h.state = 3 and h.keystop = 1))";

    private final Statements statements;
    private final WorkLimits limits;
    private final List<WorkNews> news = new ArrayList<>();
    private final Map<Long, Constraint> constraints = new HashMap<>();
    /** Numbers in this transaction: between two of them somebody else may forget one that nobody uses. */
    private final Map<Constraint, Long> numbers = new HashMap<>();

    WorkMoves(Statements statements, WorkLimits limits) {
        this.statements = statements;
        this.limits = limits;
    }

    /** The transaction has held: what has happened in it. */
    List<WorkNews> committed() {
        numbers.clear();
        List<WorkNews> taken = List.copyOf(news);
        news.clear();
        return taken;
    }

    Optional<WorkRow> find(long id) {
        return statements
                .list(WorkRow::read, "select " + WorkRow.COLUMNS + " from godwit_work w where w.id = ?", id)
                .stream()
                .findFirst();
    }

    /** The number of a constraint, which is kept if it is new. */
    long number(Constraint constraint) {
        if (constraint.equals(Constraint.NONE)) {
            return 0;
        }
        return numbers.computeIfAbsent(constraint, c -> kept(c.encode()));
    }

    private long kept(String text) {
        String known = "select id from godwit_work_constraint where text = ?";
        long number = statements.number(0, known, text);
        if (number == 0) {
            statements.just("insert into godwit_work_constraint (text) values (?)", text);
            number = statements.number(0, known, text);
        }
        return number;
    }

    /** The constraint of a number. */
    Constraint constraint(long number) {
        if (number == 0) {
            return Constraint.NONE;
        }
        return constraints.computeIfAbsent(
                number,
                n -> statements
                        .list(
                                row -> Constraint.parse(row.columnText(0)),
                                "select text from godwit_work_constraint where id = ?",
                                n)
                        .stream()
                        .findFirst()
                        .orElse(Constraint.NONE));
    }

    /** Forgets what it knows of numbers: the transaction that gave them did not hold. */
    void rolledBack() {
        constraints.clear();
        numbers.clear();
        news.clear();
    }

    /** The request of a row, as far as it can be read: a damaged one is cancelled when it is about to run, and not before. */
    WorkRequest request(WorkRow row) {
        WorkData input = data("select input from godwit_work where id = ?", row.id());
        try {
            return RequestText.read(row, input, constraint(row.own()), tags(row));
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            return WorkRequest.of(row.worker()).withInput(input);
        }
    }

    private SortedSet<String> tags(WorkRow row) {
        return new TreeSet<String>(statements.list(
                each -> each.columnText(0), "select tag from godwit_work_tag where work = ? order by tag", row.id()));
    }

    /** The data that a query returns for a work; none if it returns nothing, or nothing that can be read. */
    WorkData data(String sql, long id) {
        try {
            return statements.list(row -> WorkData.decode(row.columnBlob(0)), sql, id).stream()
                    .findFirst()
                    .orElse(WorkData.EMPTY);
        } catch (IllegalStateException damaged) {
            return WorkData.EMPTY;
        }
    }

    /**
     * Moves a row, if nobody has moved it meanwhile, and then those that wait for it.
     *
     * @return whether it was moved
     */
    boolean move(WorkRow row, Move move, @Nullable StopReason stop, long now) {
        if (!moveOne(row, move, stop, now)) {
            return false;
        }
        if (WorkTransitions.after(row.workId(), row.state(), move.event()).isLive()) {
            return true;
        }
        Deque<Long> settled = new ArrayDeque<>(List.of(row.id()));
        while (!settled.isEmpty()) {
            followers(settled.remove(), settled, now);
        }
        return true;
    }

    /**
     * What a row waits for that has put itself off.
     *
     * @throws IllegalArgumentException that names the bound, if that is too much together
     */
    Constraint until(WorkRow row, Constraint until) {
        Constraint own = constraint(row.own());
        return own.equals(Constraint.NONE) ? until : new Constraint.AllOf(List.of(own, until));
    }

    private boolean moveOne(WorkRow row, Move move, @Nullable StopReason stop, long now) {
        WorkState next = WorkTransitions.after(row.workId(), row.state(), move.event());
        Constraint until = move.until();
        long cons = row.own();
        if (until != null) {
            cons = number(until(row, until));
        }
        boolean behind = next == WorkState.ENQUEUED
                && (move.gate() == WorkRow.OPEN || move.gate() == WorkRow.DELAYED)
                && row.state() != WorkState.RUNNING
                && hasAnotherHead(row);
        String reason = move.reason() == null ? null : limits.shortened(move.reason());
        boolean isAnew = switch (move.event()) {
            case REPEATED, REQUEUED, UNBLOCKED -> true;
            default -> false;
        };
        long changed = statements.run(
                "update godwit_work set state = ?, gate = ?, opens = ?, held = ?, cons = ?, waiting = ?, attempts = ?, stops = ?,"
                        + " rank = rank + ? - since, since = ?, dirty = 0, parked = ?, reason = ?, output = ? where id = ? and state = ? and token = ?",
                next.number(),
                behind ? WorkRow.BEHIND : move.gate(),
                move.opens(),
                move.held(),
                cons,
                now,
                move.attempts(),
                move.stops(),
                isAnew ? now : row.since(),
                isAnew ? now : row.since(),
                move.parked() == null ? null : move.parked().number(),
                reason,
                move.output() == null || move.output().isEmpty()
                        ? null
                        : move.output().encode(),
                row.id(),
                row.state().number(),
                row.token());
        if (changed == 0) {
            return false;
        }
        if (next == WorkState.SUCCEEDED || move.event() == WorkEvent.REPEATED) {
            statements.just("delete from godwit_work_note where work = ?", row.id());
        }
        news.add(new WorkNews(row.workId(), row.worker(), move.event(), stop, reason));
        promote(row);
        return true;
    }

    /** A run of a row begins. */
    void began(WorkRow row) {
        news.add(new WorkNews(row.workId(), row.worker(), WorkEvent.STARTED, null, null));
    }

    /** Whether another work holds the key of this one. */
    boolean hasAnotherHead(WorkRow row) {
        return row.key() != null && hasAnotherHead(row.key(), row.id());
    }

    boolean hasAnotherHead(String key, long id) {
        return statements.number(0, "select " + ANOTHER_HEAD, key, id) != 0;
    }

    /** If nobody holds the key of a row that was moved, the first behind it does. */
    void promote(WorkRow row) {
        if (row.key() == null || hasAnotherHead(row.key(), 0)) {
            return;
        }
        statements.just(
                "update godwit_work set gate = case when opens > 0 then 1 else 0 end where id = (select min(id) from"
                        + " godwit_work where skey = ? and skey is not null and state = 0 and gate = 4)",
                row.key());
    }

    /** Moves what needs a work that was moved; adds what that settles in turn. */
    private void followers(long need, Deque<Long> settled, long now) {
        List<WorkRow> blocked = statements.list(
                WorkRow::read,
                "select " + WorkRow.COLUMNS + " from godwit_work_need n join godwit_work w on w.id = n.work"
                        + " where n.need = ? and w.state = 2 order by w.id",
                need);
        for (WorkRow follower : blocked) {
            if (settle(follower, now)) {
                settled.add(follower.id());
            }
        }
    }

    /** Moves a blocked work if what it needs is decided; whether it was cancelled. */
    boolean settle(WorkRow blocked, long now) {
        Needs needs = needs(blocked.id());
        if (needs == Needs.READY) {
            unblock(blocked, now);
        } else if (needs == Needs.NEVER) {
            Move never = Move.of(WorkEvent.CANCELLED, blocked).because("what it needs has ended otherwise");
            return moveOne(blocked, never, null, now);
        }
        return false;
    }

    /** Whether a blocked work may begin. Who waits for a worker or a login has not failed. */
    Needs needs(long id) {
        return Needs.of(statements.list(
                row -> new Needs.Need(WorkState.of(row.columnLong(0)), row.columnLong(1) != 0),
                "select case when w.state = 3 and w.parked in (4, 5) then 2 else coalesce(w.state, 4) end, n.onfailure from godwit_work_need n left join godwit_work w on w.id = n.need"
                        + " where n.work = ?",
                id));
    }

    private void unblock(WorkRow row, long now) {
        Settlement.Opening opening = Settlement.first(request(row), new Settlement.Moment(now, 0, 0));
        moveOne(
                row,
                Move.of(WorkEvent.UNBLOCKED, row).opening(opening.gate(), opening.opens(), WorkRow.ASKED),
                null,
                now);
    }

    /** Cancels a work that is not finished; nothing if it is. */
    boolean cancel(long id, String reason, StopReason stop, long now) {
        Optional<WorkRow> row = find(id).filter(found -> !found.state().isFinished());
        return row.isPresent()
                && move(row.get(), Move.of(WorkEvent.CANCELLED, row.get()).because(reason), stop, now);
    }

    /** Tries a parked work again, with all its attempts and its whole age before it. */
    boolean requeue(WorkRow row, long now) {
        WorkRequest request = request(row);
        long age = request.budget().ageMillis();
        boolean moved = move(
                row, Move.of(WorkEvent.REQUEUED, row).counting(0, row.stops()).because(row.reason()), null, now);
        if (moved) {
            statements.just(
                    "update godwit_work set expires = ?, deadline = null where id = ?",
                    age == 0 ? null : now + age,
                    row.id());
        }
        return moved;
    }
}
