package dev.godwit.scheduler;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What others may know of the work. Reads inside a lock of the store. */
final class WorkReads {
    private final WorkStore store;

    WorkReads(WorkStore store) {
        this.store = store;
    }

    Optional<Work> find(WorkId id) {
        return works("where w.id = ?", id.value()).stream().findFirst();
    }

    List<Work> works(String where, @Nullable Object... values) {
        return store.read(now ->
                store.rows(where, values).stream().map(row -> work(row, now)).toList());
    }

    private Work work(WorkRow row, Settlement.Moment now) {
        WorkMoves moves = store.moves();
        WorkRequest request = moves.request(row);
        return new Work(
                row.workId(),
                request,
                row.state(),
                row.attempts(),
                row.token(),
                row.stops(),
                wall(store.enqueued(row.id()), now),
                wall(row.waiting(), now),
                notBefore(row, now),
                row.state() == WorkState.ENQUEUED && row.gate() == WorkRow.BEHIND,
                moves.constraint(row.cons()),
                row.parked(),
                row.reason(),
                moves.data("select output from godwit_work where id = ?", row.id()),
                moves.data("select progress from godwit_work_note where work = ?", row.id()),
                new TreeSet<>(request.tags()));
    }

    private static long notBefore(WorkRow row, Settlement.Moment now) {
        if (row.state() != WorkState.ENQUEUED || row.opens() == 0) {
            return 0;
        }
        return row.gate() == WorkRow.CALENDAR ? row.opens() : wall(row.opens(), now);
    }

    private static long wall(long tick, Settlement.Moment now) {
        return Timeline.wallOf(tick, now.tick(), now.wall());
    }

    /** Why a work is where it is. */
    Explanation explanation(Work work, ConditionSnapshot device, CircuitBreaker breaker, long wallMillis) {
        boolean isParked = work.state() == WorkState.PARKED;
        Budget budget = work.request().budget();
        String key = work.isBehindKey() ? work.request().key() : null;
        Explanation told = Explanation.of(stand(work), work.waitingSinceMillis())
                .attempt(work.attempts() + (isParked ? 0 : 1), budget.attempts())
                .notBefore(work.notBeforeMillis())
                .givesUp(givesUp(work, budget))
                .behind(key == null ? "" : key)
                .needing(work.state() == WorkState.BLOCKED ? needs(work.id()) : List.of())
                .because(work.reason() == null ? "" : work.reason());
        if (work.state() != WorkState.ENQUEUED || work.constraint().equals(Constraint.NONE)) {
            return told;
        }
        Explanation.SilentHost silent = silent(work, breaker, wallMillis);
        if (silent != null) {
            told = told.host(silent);
        }
        return told.missing(Evaluation.of(work.constraint(), device, wallMillis, waited(work.id()))
                .missing());
    }

    /** For how long it has been waiting for its constraint: not since its enqueueing, if it had a delay or a period before. */
    private long waited(WorkId id) {
        return store.read(now -> store.moves()
                .find(id.value())
                .map(row -> Math.max(0, now.tick() - row.since()))
                .orElse(0L));
    }

    private Explanation.@Nullable SilentHost silent(Work work, CircuitBreaker breaker, long wallMillis) {
        long tick = store.tick();
        for (String host : Hosts.of(work.constraint())) {
            Circuit circuit = breaker.circuit(host);
            if (!circuit.allows(tick)) {
                boolean isTried = circuit.state() == Circuit.State.HALF_OPEN;
                long next = isTried ? 0 : wallMillis + circuit.untilMillis() - tick;
                return new Explanation.SilentHost(host, circuit.failuresInARow(), next);
            }
        }
        return null;
    }

    private static Explanation.Stand stand(Work work) {
        return switch (work.state()) {
            case ENQUEUED -> Explanation.Stand.WAITING;
            case RUNNING -> Explanation.Stand.RUNNING;
            case BLOCKED -> Explanation.Stand.BLOCKED;
            case PARKED -> work.parked() == ParkReason.LOGIN ? Explanation.Stand.NEEDS_LOGIN : Explanation.Stand.PARKED;
            case SUCCEEDED -> Explanation.Stand.SUCCEEDED;
            case CANCELLED -> Explanation.Stand.CANCELLED;
        };
    }

    /** By its age or its deadline, whatever comes first; 0 for never. */
    private static long givesUp(Work work, Budget budget) {
        long aged = budget.ageMillis() == 0 ? 0 : work.enqueuedMillis() + budget.ageMillis();
        long deadline = budget.deadlineWallMillis();
        return aged == 0 || deadline == 0 ? aged + deadline : Math.min(aged, deadline);
    }

    private List<String> needs(WorkId id) {
        return store.read(now -> store.statements()
                .list(
                        row -> row.columnText(0) + " " + row.columnLong(1),
                        "select w.worker, w.id from godwit_work_need n join godwit_work w on w.id = n.need"
                                + " where n.work = ? and w.state not in (?, ?) order by n.place",
                        id.value(),
                        WorkState.SUCCEEDED.number(),
                        WorkState.CANCELLED.number()));
    }

    List<WorkRun> runs(WorkId id) {
        return store.read(now -> store.statements()
                .list(
                        row -> new WorkRun(
                                id,
                                row.columnLong(0),
                                row.columnText(1),
                                row.columnLong(2),
                                row.columnLong(3),
                                WorkEvent.valueOf(row.columnText(4)),
                                row.columnText(5).isEmpty() ? null : StopReason.valueOf(row.columnText(5)),
                                row.columnText(6).isEmpty() ? null : row.columnText(6)),
                        "select token, worker, started, millis, event, stop, reason from godwit_work_run where work = ?"
                                + " order by run",
                        id.value()));
    }
}
