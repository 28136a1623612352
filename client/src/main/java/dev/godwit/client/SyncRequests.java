package dev.godwit.client;

import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Period;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.UniqueName.Policy;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkData;
import dev.godwit.scheduler.WorkRequest;
import org.jspecify.annotations.Nullable;

/** The works that keep a database in sync, as its options want them. */
record SyncRequests(BackgroundOptions options) {
    /** A small sync that takes longer is stopped; a large download is not so soon. Both go on from what is staged. */
    private static final long SYNC_MILLIS = 600_000;

    private static final long DOWNLOAD_MILLIS = 6 * 3_600_000;

    /** In the input of the periodic work, if the server says how often it wants it. */
    private static final String ASKED = "server";

    private static final String OWN = "own";

    /** The options that the works of a file were enqueued with, as far as the works tell; the usual ones for the rest. */
    static BackgroundOptions kept(Scheduler scheduler) {
        WorkRequest periodic = newest(scheduler, BackgroundSync.PERIODIC);
        WorkRequest sync = newest(scheduler, BackgroundSync.SYNC);
        WorkRequest download = newest(scheduler, BackgroundSync.DOWNLOAD);
        BackgroundOptions kept = BackgroundOptions.DEFAULT;
        SyncPolicy small = sync == null ? kept.small() : policy(kept.small(), sync);
        if (periodic != null) {
            // a sync that was begun while the application was in use has none
            small = small.withConstraint(periodic.constraint());
            kept = kept.withEvery(own(periodic, kept.everyMillis()));
        }
        SyncPolicy large = download == null ? kept.large() : policy(kept.large(), download);
        return kept.withSmall(small).withLarge(large, kept.largeRows());
    }

    private static SyncPolicy policy(SyncPolicy usual, WorkRequest work) {
        return usual.withConstraint(work.constraint())
                .withBackoff(work.backoff())
                .withAttempts(work.budget().attempts())
                .withAge(work.budget().ageMillis());
    }

    private static @Nullable WorkRequest newest(Scheduler scheduler, String name) {
        return scheduler.newest(name).map(Work::request).orElse(null);
    }

    /** @param isForeground whether it is tried whatever its constraint says */
    WorkRequest sync(long delayMillis, boolean isForeground) {
        SyncPolicy policy = options.small();
        return WorkRequest.of(BackgroundSync.SYNC)
                .withConstraint(isForeground ? Constraint.NONE : policy.constraint())
                .withDelay(delayMillis)
                .withBackoff(policy.backoff())
                .withBudget(policy.budget(SYNC_MILLIS))
                .withName(BackgroundSync.SYNC, Policy.KEEP_OR_REPEAT);
    }

    WorkRequest download() {
        SyncPolicy policy = options.large();
        return WorkRequest.of(BackgroundSync.DOWNLOAD)
                .withConstraint(policy.constraint())
                .withDelay(policy.batchMillis())
                .withBackoff(policy.backoff())
                .withBudget(policy.budget(DOWNLOAD_MILLIS))
                .withName(BackgroundSync.DOWNLOAD, Policy.KEEP_OR_REPEAT);
    }

    /**
     * As often as the server wants it, or else as the application does. The work keeps both.
     *
     * @param askedMillis what the server says; 0 for nothing
     * @param leastMillis the scheduler takes no shorter interval
     */
    WorkRequest periodic(long askedMillis, long leastMillis) {
        long own = options.everyMillis();
        long every = askedMillis == 0 ? own : Math.max(askedMillis, leastMillis);
        return WorkRequest.periodic(BackgroundSync.PERIODIC, Period.every(every))
                .withConstraint(options.small().constraint())
                .withDelay(every)
                .withInput(
                        askedMillis == 0
                                ? WorkData.EMPTY
                                : WorkData.of(ASKED, askedMillis).with(OWN, own))
                .withName(BackgroundSync.PERIODIC, Policy.UPDATE);
    }

    /** What the server last said of the interval, as far as the periodic work tells; 0 for nothing. */
    static long asked(WorkRequest periodic) {
        return periodic.input().number(ASKED).orElse(0L);
    }

    private static long own(WorkRequest periodic, long usual) {
        long every = periodic.every().map(Period::intervalMillis).orElse(usual);
        return periodic.input().number(OWN).orElse(every);
    }

    WorkRequest maintenance() {
        return WorkRequest.periodic(BackgroundSync.MAINTENANCE, Period.every(options.maintenanceMillis()))
                .withConstraint(options.maintenance())
                .withPriority(-100)
                .withName(BackgroundSync.MAINTENANCE, Policy.UPDATE);
    }
}
