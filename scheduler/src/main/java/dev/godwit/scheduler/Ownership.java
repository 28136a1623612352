package dev.godwit.scheduler;

import java.util.function.Consumer;

/**
 * Which scheduler runs the work of a file: {@code epoch} grows whenever one takes it over. The owner has a lease while something
 * of it runs, and none when it is idle, so that an idle one writes nothing. What an owner of an older epoch writes is refused.
 * All inside of a transaction of the store.
 */
final class Ownership {
    private static final long NONE = -1;

    private final WorkStore store;
    private final SchedulerOptions options;
    private final Consumer<String> trouble;
    private long epoch = NONE;

    Ownership(WorkStore store, SchedulerOptions options, Consumer<String> trouble) {
        this.store = store;
        this.options = options;
        this.trouble = trouble;
    }

    /** The tables are others now. */
    void lose() {
        epoch = NONE;
    }

    /** Whether this scheduler owns the work. */
    boolean isHeld() {
        return epoch >= 0 && store.statements().number(NONE, "select epoch from godwit_work_meta") == epoch;
    }

    /**
     * Takes the work over if nobody else runs any of it, and puts back what the owner before left running.
     *
     * @return the tick at which the lease of another ends; 0 if this is the owner now
     */
    long takeOver(long now) {
        if (isHeld()) {
            return 0;
        }
        Statements statements = store.statements();
        long owned = statements.number(0, "select owned from godwit_work_meta");
        boolean isForeign = epoch >= 0 || !options.isOnlyProcess();
        if (owned > now && isForeign) {
            return owned;
        }
        statements.just("update godwit_work_meta set epoch = epoch + 1, owned = 0");
        epoch = statements.number(0, "select epoch from godwit_work_meta");
        for (WorkRow lost : store.rows("where w.state = 1 and w.state <> 0")) {
            store.moves()
                    .move(lost, Move.of(WorkEvent.LOST, lost).counting(lost.attempts(), lost.stops() + 1), null, now);
        }
        String mended = new WorkRepair(statements, store.moves()).repair(now);
        if (!mended.isEmpty()) {
            trouble.accept("work that was not as it can be is mended: " + mended);
        }
        return 0;
    }

    /** Until when this scheduler is believed to run something; 0 for nothing. */
    void lease(long until) {
        long owned = store.statements().number(0, "select owned from godwit_work_meta");
        // not at every step, but long before it ends
        boolean isEnough =
                until == 0 ? owned == 0 : until - owned < options.limits().leaseMillis() / 3;
        if (!isEnough) {
            store.statements().just("update godwit_work_meta set owned = ?", until);
        }
    }
}
