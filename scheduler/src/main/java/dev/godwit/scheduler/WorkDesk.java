package dev.godwit.scheduler;

import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the work in a file, retries and cancels, beside a scheduler that may run in another process: a desk runs nothing, takes
 * nothing over, waits for no lease, and makes and repairs no table. Safe for use by many threads.
 *
 * <p>A scheduler that runs notices what was retried or cancelled at its next step: within {@link WorkLimits#lookMillis()} when
 * nothing of it runs, within a third of {@link WorkLimits#leaseMillis()} when something does.
 */
public final class WorkDesk implements AutoCloseable {
    private final WorkStore store;
    private final WorkReads reads;
    private final WorkClock clock;

    private WorkDesk(WorkStore store, WorkClock clock) {
        this.store = store;
        this.reads = new WorkReads(store);
        this.clock = clock;
    }

    /**
     * Opens the work of a file.
     *
     * @param database with {@link SqliteOptions#reading()} if nothing shall be retried or cancelled
     * @return nothing if no scheduler has ever been opened on the file
     * @throws dev.godwit.sql.SqliteException if the file cannot be opened
     * @throws IllegalStateException if its tables are broken, or of another version
     */
    public static Optional<WorkDesk> open(SqliteDriver driver, SqliteOptions database, WorkClock clock) {
        return WorkStore.beside(SchedulerOptions.of(driver, database, clock, () -> 0))
                .map(store -> new WorkDesk(store, clock));
    }

    /** Works of a state, oldest first. */
    public List<Work> list(WorkState state, int most) {
        return reads.works("where w.state = ? order by w.id limit ?", state.number(), most);
    }

    /** How many works of a state there are. */
    public long count(WorkState state) {
        return store.read(now ->
                store.statements().number(0, "select count(*) from godwit_work where state = ?", state.number()));
    }

    /** The newest work of a unique name, if one is known still. */
    public Optional<Work> newest(String name) {
        return reads.works("where w.id = (select max(id) from godwit_work where name = ?)", name).stream()
                .findFirst();
    }

    /** A work, if it is known still. */
    public Optional<Work> find(WorkId id) {
        return reads.find(id);
    }

    /** The runs of a work that are known still, oldest first. */
    public List<WorkRun> history(WorkId id) {
        return reads.runs(id);
    }

    /**
     * Why a work is where it is, in one sentence for people. Which hosts are left in peace is known only to the scheduler that
     * runs, and is not said.
     *
     * @param device as it is now
     * @param zone of whoever reads it
     */
    public String explain(Work work, ConditionSnapshot device, ZoneId zone) {
        long now = clock.wallMillis();
        return reads.explanation(work, device, CircuitBreaker.closed(CircuitBreaker.Rules.DEFAULT), now)
                .sentence(now, zone);
    }

    /**
     * Tries a parked work again, with all its attempts before it.
     *
     * @return whether it was parked
     */
    public boolean retry(WorkId id) {
        return store.write(now -> store.moves()
                .find(id.value())
                .filter(row -> row.state() == WorkState.PARKED && store.moves().requeue(row, now.tick()))
                .isPresent());
    }

    /**
     * Cancels a work that is not finished, and what needs it. If it runs, its scheduler tells it to stop.
     *
     * @return whether there was something to cancel
     */
    public boolean cancel(WorkId id) {
        return store.write(now -> store.moves().cancel(id.value(), "cancelled", StopReason.CANCELLED, now.tick()));
    }

    @Override
    public void close() {
        store.close();
    }
}
