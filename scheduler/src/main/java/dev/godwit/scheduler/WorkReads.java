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
