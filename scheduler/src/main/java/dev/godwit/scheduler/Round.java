package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction of the scheduler does: takes in the runs that are over, opens what is due, parks what is too old, and claims
 * what may run next. Decisions are elsewhere ({@link Settlement}, {@link Dispatch}, {@link Evaluation}); this is their SQL.
 */
final class Round {
    private static final String OPEN = " from godwit_work w where w.state = 0 and w.gate = 0 and w.cons = ?";

    private static final String FIRST = " order by w.rank, w.id limit ?";

    private static final long VISITOR_MILLIS = 1_000;

    private final WorkStore store;
    private final Statements statements;
    private final WorkMoves moves;
    private final WorkLimits limits;
    private final Settlement.Moment now;
    private final ConditionSnapshot device;
    private final Hosts hosts;
    private final Set<Constraint> shut = new HashSet<>();
    private final boolean isVisitor;
    private long next = Long.MAX_VALUE;
    private boolean asksTheDevice;

    Round(WorkStore store, SchedulerOptions options, Settlement.Moment now, ConditionSnapshot device, Hosts hosts) {
        this.store = store;
        this.statements = store.statements();
        this.moves = store.moves();
        this.limits = options.limits();
        this.isVisitor = options.isVisitor();
        this.now = now;
        this.device = device;
        this.hosts = hosts;
    }

    /** In how many ms time alone may change what there is to do. */
    long next() {
        return next;
    }

    /** What open works wait for that does not hold, and that no waiting relaxes. */
    Set<Constraint> shut() {
        return shut;
    }

    /** Whether something waits for the device, or runs as long as the device allows. */
    boolean asksTheDevice() {
        return asksTheDevice;
    }

    private void in(long millis) {
        // what a visitor may not touch stays due
        next = Math.min(next, Math.max(isVisitor ? VISITOR_MILLIS : 1, millis));
    }

    /** Takes in a run that is over, or that is given up. What no longer counts changes nothing. */
    void settle(Attempt attempt) {
        WorkRow begun = attempt.row();
        StopReason stop = attempt.stopReason().orElse(null);
        hosts.told(moves.constraint(begun.own()), attempt.outcome(), stop);
        Optional<WorkRow> row = counting(attempt);
        if (row.isEmpty()) {
            boolean cancelled = moves.find(begun.id())
                    .filter(found -> found.state() == WorkState.CANCELLED && found.token() == begun.token())
                    .isPresent();
            if (cancelled) {
                record(attempt, WorkEvent.CANCELLED, stop, null);
            }
            return;
        }
        WorkRequest request = RequestText.read(row.get(), WorkData.EMPTY, Constraint.NONE, new TreeSet<>());
        Move move = Settlement.of(row.get(), request, fitting(row.get(), attempt.outcome()), stop, now);
        moves.move(row.get(), move, stop, now.tick());
        record(attempt, move.event(), stop, move.reason());
    }

    /** The row of a run that still counts: only the owner begins a round. */
    private Optional<WorkRow> counting(Attempt attempt) {
        return moves.find(attempt.row().id())
                .filter(row -> row.state() == WorkState.RUNNING && row.token() == attempt.token());
    }

    private @Nullable WorkOutcome fitting(WorkRow row, @Nullable WorkOutcome outcome) {
        if (outcome instanceof WorkOutcome.DeferUntil until) {
            try {
                moves.until(row, until.constraint());
            } catch (IllegalArgumentException tooMuch) {
                return WorkOutcome.failed(
                        "what it puts itself off to does not fit to what it asks for already: " + tooMuch.getMessage());
            }
        }
        if (outcome instanceof WorkOutcome.Success success) {
            int bytes = success.output().encode().length;
            if (bytes > limits.dataBytes()) {
                return WorkOutcome.failed("its output of " + bytes + " bytes is above the limit dataBytes of "
                        + limits.dataBytes() + "; store it elsewhere, and return where it is");
            }
        }
        return outcome;
    }

    private void record(Attempt attempt, WorkEvent event, @Nullable StopReason stop, @Nullable String reason) {
        WorkRow row = attempt.row();
        long millis = attempt.duration(now.tick());
        statements.just(
                "insert into godwit_work_run (work, token, worker, started, millis, event, stop, reason)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                row.id(),
                row.token(),
                row.worker(),
                attempt.begun() == 0 ? now.wall() : Timeline.wallOf(attempt.begun(), now.tick(), now.wall()),
                millis,
                event.name(),
                stop == null ? null : stop.name(),
                reason == null ? null : limits.shortened(reason));
    }

    /** Of a visitor: only works whose worker it knows. */
    private String known(Set<String> workers) {
        return isVisitor
                ? " and w.worker in (" + String.join(", ", Collections.nCopies(workers.size(), "?")) + ")"
                : "";
    }

    private @Nullable Object[] values(Set<String> workers, long first, int last) {
        List<@Nullable Object> values = new ArrayList<>(List.of(first));
        if (isVisitor) {
            values.addAll(workers);
        }
        values.add(last);
        return values.toArray();
    }

    /** Parks what has waited for longer than it may. */
    void expire(Set<String> workers) {
        for (WorkRow row : store.rows(
                "where w.expires is not null and (w.state = 0 or w.state = 2) and w.expires <= ?" + known(workers)
                        + " limit ?",
                values(workers, now.tick(), limits.page()))) {
            String reason = "it waited for longer than its budget of age allows" + lastReason(row);
            moves.move(row, Move.parked(row, row.attempts(), ParkReason.AGE, reason), null, now.tick());
        }
        for (WorkRow row : store.rows(
                "where w.deadline is not null and (w.state = 0 or w.state = 2) and w.deadline <= ?" + known(workers)
                        + " limit ?",
                values(workers, now.wall(), limits.page()))) {
            String reason = "its deadline has passed" + lastReason(row);
            moves.move(row, Move.parked(row, row.attempts(), ParkReason.DEADLINE, reason), null, now.tick());
        }
        in(statements.number(
                        Long.MAX_VALUE,
                        "select min(expires) from godwit_work where expires is not null and (state = 0 or state = 2)")
                - now.tick());
        in(statements.number(
                        Long.MAX_VALUE,
                        "select min(deadline) from godwit_work where deadline is not null and (state = 0 or state = 2)")
                - now.wall());
    }

    private static String lastReason(WorkRow row) {
        return row.reason() == null ? "" : "; its last run: " + row.reason();
    }

    /** Opens the gates whose time has come. */
    void openDue() {
        // those that hold their key open as they are; the others may meet one that does
        statements.just(
                "update godwit_work set gate = 0, opens = 0, waiting = ? where state = 0 and gate between 1 and 2 and opens <= ?"
                        + " and gate = 1",
                now.tick(),
                now.tick());
        for (WorkRow row : store.rows(
                "where w.state = 0 and w.gate between 1 and 2 and w.opens <= ? limit ?", now.tick(), limits.page())) {
            open(row);
        }
        for (WorkRow row :
                store.rows("where w.state = 0 and w.gate = 3 and w.opens <= ? limit ?", now.wall(), limits.page())) {
            if (!skipped(row)) {
                open(row);
            }
        }
        in(statements.number(
                        Long.MAX_VALUE, "select min(opens) from godwit_work where state = 0 and gate between 1 and 2")
                - now.tick());
        in(statements.number(Long.MAX_VALUE, "select min(opens) from godwit_work where state = 0 and gate = 3")
                - now.wall());
    }

    private void open(WorkRow row) {
        int gate = moves.hasAnotherHead(row) ? WorkRow.BEHIND : WorkRow.OPEN;
        statements.just(
                "update godwit_work set gate = ?, opens = 0, waiting = ?, rank = rank + ? - since, since = ? where id = ?",
                gate,
                now.tick(),
                now.tick(),
                now.tick(),
                row.id());
    }

    /** Of an anchored work that does not catch up: goes to the next period if nobody was there for this one. */
    private boolean skipped(WorkRow row) {
        Period period = moves.request(row).period();
        if (period == null || period.catchUp() != Period.CatchUp.NONE || !period.isMissed(row.opens(), now.wall())) {
            return false;
        }
        long opens = period.opensAfter(now.wall());
        statements.just("update godwit_work set opens = ? where id = ?", opens, row.id());
        return opens > now.wall(); // the flex of the next may have begun
    }

    /** Ends the backoff of what waits for a constraint that did not hold before and does now. */
    void releaseBackoff(Map<Long, Boolean> heldBefore) {
        for (long cons : distinct(
                "select min(cons) from godwit_work where state = 0 and gate = 1 and held = 1 and cons > ?", 0)) {
            asksTheDevice = true;
            boolean holds = evaluate(cons, 0).met();
            boolean isNews = Boolean.FALSE.equals(heldBefore.put(cons, holds));
            if (holds && isNews) {
                statements.just(
                        "update godwit_work set gate = 0, opens = 0, waiting = ? where state = 0 and gate = 1 and held = 1 and"
                                + " cons = ?",
                        now.tick(),
                        cons);
            }
        }
    }

    private List<Long> distinct(String nextAfter, long first) {
        List<Long> all = new ArrayList<>();
        long last = first;
        while (true) {
            last = statements.number(-1, nextAfter, last);
            if (last < 0) {
                return all;
            }
            all.add(last);
        }
    }

    /** Hosts aside: no run is stopped, and no backoff ended, because another has failed or the time of a pause is over. */
    private Evaluation evaluate(long cons, long waited) {
        return evaluate(cons, device, waited);
    }

    private Evaluation evaluate(long cons, ConditionSnapshot known, long waited) {
        Constraint constraint = moves.constraint(cons);
        return constraint.equals(Constraint.NONE)
                ? new Evaluation(true, List.of(), Long.MAX_VALUE)
                : Evaluation.of(constraint, known, now.wall(), waited);
    }

    /** Those of the runs that no longer count, or whose constraint no longer holds. */
    List<Attempt> lost(List<Attempt> running) {
        Map<Long, Long> tokens = new HashMap<>();
        if (!running.isEmpty()) {
            statements.list(
                    row -> tokens.put(row.columnLong(0), row.columnLong(1)),
                    "select id, token from godwit_work where state = 1 and state <> 0");
        }
        List<Attempt> lost = new ArrayList<>();
        for (Attempt attempt : running) {
            WorkRow row = attempt.row();
            asksTheDevice |= row.cons() != 0;
            boolean counts = Long.valueOf(row.token()).equals(tokens.get(row.id()));
            if (!counts || !evaluate(row.cons(), now.tick() - row.since()).met()) {
                lost.add(attempt);
            }
        }
        return lost;
    }

    /**
     * How many may begin.
     *
     * @param free in all
     * @param perWorker of one worker, with those that run
     * @param left before the scheduler has begun as many as it may ever
     */
    record Room(int free, int perWorker, long left) {}

    /** Claims what is to begin now. */
    List<Claims.Claim> claim(List<Attempt> running, Room room, Set<String> workers, Map<Long, Boolean> heldBefore) {
        Map<String, Integer> byWorker = new HashMap<>();
        Set<String> keys = new HashSet<>();
        Set<Long> ids = new HashSet<>();
        for (Attempt attempt : running) {
            byWorker.merge(attempt.row().worker(), 1, Integer::sum);
            ids.add(attempt.row().id());
            if (attempt.row().key() != null) {
                keys.add(attempt.row().key());
            }
        }
        Map<Long, Claims.Ready> ready = new HashMap<>();
        Set<String> silent = Hosts.silent(hosts.learned(), now.tick());
        ConditionSnapshot known = device.without(silent);
        for (long cons : distinct("select min(cons) from godwit_work where state = 0 and gate = 0 and cons > ?", -1)) {
            for (Claims.Ready each : ready(cons, known, room.free(), workers, heldBefore)) {
                if (!workers.contains(each.row().worker())) {
                    park(each.row());
                } else if (!ids.contains(each.row().id())) {
                    ready.put(each.row().id(), each);
                }
            }
        }
        Claims begun = new Claims(store, now, hosts);
        List<Claims.Claim> claims = new ArrayList<>();
        List<Dispatch.Candidate> candidates =
                tried(ready.values()).stream().map(Claims.Ready::candidate).toList();
        for (Dispatch.Candidate chosen :
                Dispatch.choose(candidates, new Dispatch.Busy(byWorker, keys), room.free(), room.perWorker())) {
            Claims.Ready each = ready.get(chosen.id());
            if (each != null && claims.size() < room.left()) {
                begun.claim(each).ifPresent(claims::add);
            }
        }
        return claims;
    }

    /** All of them but, of a host that is on trial, one. */
    private List<Claims.Ready> tried(Collection<Claims.Ready> ready) {
        List<Claims.Ready> sorted = new ArrayList<>(ready);
        sorted.sort(Comparator.comparingLong((Claims.Ready each) -> each.row().rank())
                .thenComparingLong(each -> each.row().id()));
        Set<String> onTrial = new HashSet<>();
        sorted.removeIf(each -> Hosts.of(moves.constraint(each.row().cons())).stream()
                .anyMatch(host -> hosts.isOnTrial(host) && !onTrial.add(host)));
        return sorted;
    }

    private void park(WorkRow row) {
        String reason =
                "no worker named " + row.worker() + " is registered; register it, or cancel work " + row.workId();
        moves.move(row, Move.parked(row, row.attempts(), ParkReason.NO_WORKER, reason), null, now.tick());
    }

    private List<Claims.Ready> ready(
            long cons, ConditionSnapshot known, int free, Set<String> workers, Map<Long, Boolean> heldBefore) {
        asksTheDevice |= cons != 0;
        boolean ofDevice = evaluate(cons, 0).met();
        heldBefore.put(cons, ofDevice);
        Evaluation atOnce = evaluate(cons, known, 0);
        if (ofDevice && !atOnce.met()) {
            in(hosts.changesInMillis());
        }
        if (!atOnce.met() && !evaluate(cons, known, Long.MAX_VALUE).met()) {
            in(atOnce.changesInMillis());
            shut.add(moves.constraint(cons));
            return List.of();
        }
        if (free < 0) {
            return List.of();
        }
        // one more for the expedited; a whole page where some of them may not be taken
        boolean isSure = atOnce.met() && limits.perWorker() >= limits.threads();
        List<Claims.Ready> page = statements.list(
                row -> new Claims.Ready(WorkRow.read(row), row.columnBlob(21), row.columnLong(22) != 0),
                "select " + WorkRow.COLUMNS + ", w.input, exists (select 1 from godwit_work_need n where n.work = w.id)"
                        + OPEN + known(workers) + FIRST,
                values(workers, cons, isSure ? Math.min(free + 1, limits.page()) : limits.page()));
        if (atOnce.met()) {
            return page;
        }
        List<Claims.Ready> relaxed = new ArrayList<>();
        for (Claims.Ready each : page) {
            Evaluation now = evaluate(cons, known, this.now.tick() - each.row().since());
            if (now.met()) {
                relaxed.add(each);
            } else {
                in(now.changesInMillis());
            }
        }
        return relaxed;
    }
}
