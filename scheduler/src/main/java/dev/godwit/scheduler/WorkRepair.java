package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What always holds of the tables, and how it is mended where it does not: a file that was restored, edited by hand or damaged may
 * break it. Runs when a scheduler takes the work over, after what was left running is put back.
 */
final class WorkRepair {
    private static final String HEAD = "(h.state = 1 or h.state = 0 and h.gate < 2 or h.state = 3 and h.keystop = 1)";

    private final Statements statements;
    private final WorkMoves moves;

    WorkRepair(Statements statements, WorkMoves moves) {
        this.statements = statements;
        this.moves = moves;
    }

    /** What holds, in the order in which it is mended. */
    enum Invariant {
        /** Others are about rows that can be read. */
        KNOWN_STATE(
                "work of a state or gate that does not exist",
                "select w.id from godwit_work w where w.state not between 0 and 5 or w.gate not between 0 and 4"
                        + " or w.state = 3 and w.parked is null"),
        /** Else it would run whatever the device is like. */
        KNOWN_CONSTRAINT(
                "work whose constraint is lost",
                "select w.id from godwit_work w where w.state in (0, 1, 2) and (w.cons <> 0 and not exists (select 1 from"
                        + " godwit_work_constraint c where c.id = w.cons) or w.own <> 0 and not exists (select 1 from"
                        + " godwit_work_constraint c where c.id = w.own))"),
        /** A work runs under the lease of its owner only. */
        LEASED_RUN(
                "work that runs though nobody has a lease",
                "select w.id from godwit_work w where w.state = 1 and w.state <> 0 and (select owned from godwit_work_meta) = 0"),
        /** Else two of one key would run at once, or out of order. */
        ONE_HEAD(
                "work that holds a key beside another",
                "select h.id from godwit_work h where h.skey is not null and h.state = 0 and h.gate < 2 and exists (select 1"
                        + " from godwit_work g where g.skey = h.skey and g.skey is not null and g.id <> h.id and (g.state = 1 or"
                        + " g.state = 3 and g.keystop = 1 or g.state = 0 and g.gate < 2 and g.id < h.id))"),
        /** Else it would wait for ever. */
        LIVE_HEAD(
                "work behind a key that nobody holds",
                "select w.id from godwit_work w where w.state = 0 and w.gate = 4 and (w.skey is null or not exists (select 1"
                        + " from godwit_work h where h.skey = w.skey and h.skey is not null and " + HEAD
                        + ") and w.id = (select min(b.id) from godwit_work b where b.skey = w.skey and b.skey is not null and"
                        + " b.state = 0 and b.gate = 4))"),
        /** Else it would wait for ever. */
        LIVE_NEEDS(
                "blocked work whose needs are decided",
                "select w.id from godwit_work w where w.state = 2 and w.state <> 0 and not exists (select 1 from godwit_work_need n join"
                        + " godwit_work p on p.id = n.need where n.work = w.id and p.state in (0, 1, 2, 3))"),
        /** What nobody has. */
        OWNED_ROWS(
                "rows of works that are gone",
                "select n.work from godwit_work_need n where not exists (select 1 from godwit_work w where w.id = n.work)"
                        + " union select t.work from godwit_work_tag t where not exists (select 1 from godwit_work w where w.id ="
                        + " t.work) union select k.work from godwit_work_note k where not exists (select 1 from godwit_work w"
                        + " where w.id = k.work)");

        private final String broken;
        private final String violators;

        Invariant(String broken, String violators) {
            this.broken = broken;
            this.violators = violators;
        }
    }

    /** The questions that are asked once, when the work is taken over; they look at every work. */
    static List<String> questions() {
        return Stream.of(Invariant.values()).map(each -> each.violators).toList();
    }

    /** The works, or rows of works, of which something does not hold. Changes nothing. */
    static List<String> broken(Statements statements) {
        List<String> all = new ArrayList<>();
        for (Invariant each : Invariant.values()) {
            List<Long> ids = statements.numbers(each.violators);
            if (!ids.isEmpty()) {
                all.add(each.broken + ": " + ids);
            }
        }
        return all;
    }

    /** Mends what is broken, inside a transaction; returns what was, in words, empty for nothing. */
    String repair(long now) {
        List<String> mended = new ArrayList<>();
        for (Invariant each : Invariant.values()) {
            List<Long> ids = statements.numbers(each.violators);
            ids.forEach(id -> mend(each, id, now));
            if (!ids.isEmpty()) {
                mended.add(ids.size() + " of " + each.broken);
            }
        }
        // a need that is decided by what became of some of its works
        for (long id : statements.numbers("select id from godwit_work where state = 2 and state <> 0")) {
            moves.find(id).ifPresent(row -> moves.settle(row, now));
        }
        return String.join("; ", mended);
    }

    private void mend(Invariant invariant, long id, long now) {
        switch (invariant) {
            case KNOWN_STATE -> park(id, "its row was damaged; look at what it asks for, and retry or cancel it");
            case KNOWN_CONSTRAINT ->
                park(id, "what it waits for is lost with a damaged row; ask for it anew, and cancel this one");
            case LEASED_RUN ->
                moves.find(id)
                        .ifPresent(row -> moves.move(
                                row,
                                Move.of(WorkEvent.LOST, row).counting(row.attempts(), row.stops() + 1),
                                null,
                                now));
            case ONE_HEAD -> statements.just("update godwit_work set gate = 4 where id = ?", id);
            case LIVE_HEAD ->
                statements.just("update godwit_work set gate = case when opens > 0 then 1 else 0 end where id = ?", id);
            case LIVE_NEEDS -> moves.find(id).ifPresent(row -> moves.settle(row, now));
            case OWNED_ROWS -> {
                statements.just("delete from godwit_work_need where work = ?", id);
                statements.just("delete from godwit_work_tag where work = ?", id);
                statements.just("delete from godwit_work_note where work = ?", id);
            }
            default -> throw new IllegalStateException("nobody mends " + invariant);
        }
    }

    /** By hand: what is damaged is no move from a state. */
    private void park(long id, String reason) {
        statements.just(
                "update godwit_work set state = 3, gate = 0, opens = 0, cons = case when exists (select 1 from"
                        + " godwit_work_constraint c where c.id = own) then own else 0 end, own = case when exists (select 1 from"
                        + " godwit_work_constraint c where c.id = own) then own else 0 end, parked = ?, reason = ? where id = ?",
                ParkReason.FAILED.number(),
                reason,
                id);
    }
}
