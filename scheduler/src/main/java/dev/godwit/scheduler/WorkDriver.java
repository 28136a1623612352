package dev.godwit.scheduler;

import java.util.List;

/**
 * A scheduler for tests: it does nothing by itself, and everything on the caller's thread when it is told to. Time is a
 * {@link ManualClock}. Not safe for use by two threads; the scheduler itself is.
 */
public final class WorkDriver implements AutoCloseable {
    private static final int MOST_ROUNDS = 10_000;

    private final Scheduler scheduler;
    private final ManualClock clock;
    private final Lanes.Caller lanes = new Lanes.Caller();

    private WorkDriver(SchedulerOptions options, ManualClock clock, List<WorkListener> listeners) {
        this.clock = clock;
        this.scheduler = new Scheduler(options, lanes, listeners);
    }

    /**
     * Opens one.
     *
     * @param options with a {@link ManualClock}
     */
    public static WorkDriver open(SchedulerOptions options, WorkListener... listeners) {
        if (options.clock() instanceof ManualClock manual) {
            return new WorkDriver(options, manual, List.of(listeners));
        }
        throw new IllegalArgumentException("the clock is a "
                + options.clock().getClass().getName() + "; a driver moves time itself, give it a ManualClock");
    }

    /** The scheduler. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Runs all that is due now, and what becomes due by that.
     *
     * @return how many runs there were
     * @throws IllegalStateException if there is no end to it
     */
    public int run() {
        int runs = 0;
        int before;
        int rounds = 0;
        do {
            if (rounds++ > MOST_ROUNDS) {
                throw new IllegalStateException(
                        "the scheduler does not come to rest: " + runs + " runs at one moment; a worker"
                                + " asks for itself again and again, or this is a defect of the scheduler");
            }
            before = runs;
            scheduler.takePoke();
            scheduler.engine().step();
            while (lanes.runOne()) {
                runs++;
            }
        } while (runs > before || scheduler.takePoke());
        return runs;
    }

    /** Lets the scheduler look once, without running what it begins; for what happens between. Returns in how long it wants to look. */
    public long look() {
        return scheduler.engine().step();
    }

    /**
     * Time passes, and all that is due on the way runs at its moment.
     *
     * @return how many runs there were
     */
    public int advance(long millis) {
        long left = millis;
        int runs = run();
        while (left > 0) {
            long step = Math.min(left, Math.max(1, look()));
            clock.advance(step);
            left -= step;
            runs += run();
        }
        return runs;
    }

    /** The process dies: nothing more is written, and what runs is never heard of again. */
    public void kill() {
        lanes.close(0);
        scheduler.store().close();
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
