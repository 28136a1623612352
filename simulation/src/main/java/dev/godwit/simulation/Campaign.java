package dev.godwit.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Many seeds: each run on one thread, several runs beside each other, their outcomes in the order of the seeds. */
final class Campaign {
    /** Runs that wait for a thread: enough that none is idle, and few enough that a stop comes soon. */
    private static final int AHEAD = 4;

    private final int threads;
    private final boolean telling;
    private final Predicate<Sum> enough;

    /**
     * Makes a campaign.
     *
     * @param telling whether the outcomes have their stories
     * @param enough asked before each outcome is waited for: whether to end before the last seed
     */
    Campaign(int threads, boolean telling, Predicate<Sum> enough) {
        this.threads = threads;
        this.telling = telling;
        this.enough = enough;
    }

    /** What many runs came to. */
    record Sum(long seeds, Reach reach, List<Outcome> failures) {}

    /**
     * Runs seeds.
     *
     * @param plans makes the plan of a seed
     * @param each hears every outcome, in order
     */
    Sum run(long first, long seeds, LongFunction<Plan> plans, Consumer<Outcome> each) {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        List<Future<Outcome>> running = new ArrayList<>();
        Sum sum = new Sum(0, new Reach(), new ArrayList<>());
        long next = first;
        try {
            while (sum.seeds() < seeds && !enough.test(sum)) {
                while (next < first + seeds && running.size() < threads * AHEAD) {
                    Plan plan = plans.apply(next++);
                    running.add(workers.submit(() -> Simulation.run(plan, telling)));
                }
                Outcome outcome = running.remove(0).get();
                sum.reach().add(outcome.reach());
                if (outcome.violation() != null) {
                    sum.failures().add(outcome);
                }
                each.accept(outcome);
                sum = new Sum(sum.seeds() + 1, sum.reach(), sum.failures());
            }
            return sum;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a run ended without an outcome", failed.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return sum;
        } finally {
            workers.shutdownNow();
        }
    }
}
