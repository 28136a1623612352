package dev.godwit.client;

import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Evaluation;
import dev.godwit.scheduler.ParkReason;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.Truth;
import dev.godwit.scheduler.UniqueName.Policy;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkContext;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.WorkState;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the works of a {@link BackgroundSync} do when the scheduler runs them. */
final class SyncWorkers {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

    /** While the database is closed, or another process syncs it. */
    private static final long ELSEWHERE_MILLIS = 30_000;

    private final BackgroundSync.Parts parts;
    private final Scheduler scheduler;
    private final BackgroundOptions options;
    private final SyncRequests requests;
    private final GoodNews news;
    private final Runnable succeeded;
    private final AtomicBoolean wantsRows = new AtomicBoolean();
    private volatile String cause = BackgroundSync.WRITE;
    private volatile @Nullable SyncResult last;
    private volatile boolean isClosed;

    /**
     * Makes them.
     *
     * @param news is told when a work begins
     * @param succeeded is told when a sync gets through where others have given up
     */
    SyncWorkers(
            BackgroundSync.Parts parts,
            Scheduler scheduler,
            BackgroundOptions options,
            GoodNews news,
            Runnable succeeded) {
        this.parts = parts;
        this.scheduler = scheduler;
        this.options = options;
        this.requests = new SyncRequests(options);
        this.news = news;
        this.succeeded = succeeded;
    }

    /** The next sync is for this, and asks for rows. */
    void want(String why) {
        cause = why;
        wantsRows.set(true);
    }

    Optional<SyncResult> last() {
        return Optional.ofNullable(last);
    }

    void close() {
        isClosed = true;
    }

    /** Sends what is pending and, if somebody has asked for that, takes what is new. */
    WorkOutcome small(WorkContext context) {
        if (isClosed) {
            return new WorkOutcome.DeferFor(ELSEWHERE_MILLIS);
        }
        news.begins(BackgroundSync.SYNC);
        boolean asks = wantsRows.getAndSet(false);
        boolean isDone = false;
        try {
            WorkOutcome outcome = small(context, asks);
            isDone = outcome instanceof WorkOutcome.Success;
            return outcome;
        } finally {
            // also when it throws
            if (!isDone) {
                wantsRows.compareAndSet(false, asks);
                constrain(context);
            }
        }
    }

    private WorkOutcome small(WorkContext context, boolean asks) {
        boolean isLargeHeld = isLargeHeld();
        boolean isPushOnly = isLargeHeld && isWaiting();
        boolean isAnythingToDo = parts.syncing().loop().hasUnsent() || (asks && !isPushOnly);
        if (!isAnythingToDo) {
            return WorkOutcome.success();
        }
        long rows = isLargeHeld ? options.largeRows() : Long.MAX_VALUE;
        WorkOutcome outcome = run(options.small(), new SyncTerms(cause, rows, isPushOnly, context::isStopped));
        if (outcome instanceof WorkOutcome.Success) {
            cause = BackgroundSync.WRITE;
        }
        return outcome;
    }

    /** What was tried at once and failed is tried again when its constraint holds. */
    private void constrain(WorkContext context) {
        Constraint constraint = options.small().constraint();
        boolean isFree = scheduler
                .find(context.id())
                .filter(work -> work.request().constraint().equals(Constraint.NONE))
                .isPresent();
        if (isFree && !constraint.equals(Constraint.NONE)) {
            scheduler.enqueue(requests.sync(0, false).withName(BackgroundSync.SYNC, Policy.UPDATE));
        }
    }

    /** Takes what is new, however much it is. */
    WorkOutcome large(WorkContext context) {
        if (isClosed) {
            return new WorkOutcome.DeferFor(ELSEWHERE_MILLIS);
        }
        news.begins(BackgroundSync.DOWNLOAD);
        return run(options.large(), new SyncTerms(BackgroundSync.DOWNLOAD, Long.MAX_VALUE, false, context::isStopped));
    }

    /** Begins a sync; where that has stopped, tries once by itself whether it would succeed. */
    WorkOutcome periodic(WorkContext context) {
        Work sync = newest(BackgroundSync.SYNC);
        boolean isStopped = sync != null && sync.state() == WorkState.PARKED;
        ParkReason why = sync == null ? null : sync.parked();
        if (isClosed || (isStopped && why == ParkReason.LOGIN)) {
            return WorkOutcome.success();
        }
        cause = "periodic";
        wantsRows.set(true);
        if (isStopped) {
            long rows = isLargeHeld() ? options.largeRows() : Long.MAX_VALUE;
            boolean isPushOnly = rows < Long.MAX_VALUE && isWaiting();
            WorkOutcome tried = run(options.small(), new SyncTerms(cause, rows, isPushOnly, context::isStopped));
            if (tried instanceof WorkOutcome.Success) {
                succeeded.run();
            }
        } else {
            scheduler.enqueue(requests.sync(0, false));
        }
        return WorkOutcome.success();
    }

    /** Whether it is known that a large download must not run now. What nobody knows holds nothing up. */
    private boolean isLargeHeld() {
        ConditionSnapshot now = scheduler.conditions().now();
        long wall = parts.options().device().wallMillis();
        Evaluation evaluation = Evaluation.of(options.large().constraint(), now, wall, 0);
        return !evaluation.met() && evaluation.truth() == Truth.FALSE;
    }

    /** Whether a large download waits. */
    private boolean isWaiting() {
        Work work = newest(BackgroundSync.DOWNLOAD);
        return work != null && !work.state().isFinished();
    }

    private @Nullable Work newest(String name) {
        return scheduler.newest(name).orElse(null);
    }

    /** A sync has got through: a download that waits has nothing left to do. */
    void downloaded() {
        Work download = newest(BackgroundSync.DOWNLOAD);
        if (download != null && !download.state().isFinished()) {
            scheduler.cancel(download.id());
        }
    }

    private WorkOutcome run(SyncPolicy policy, SyncTerms terms) {
        SyncLoop.Ended ended;
        try {
            ended = parts.syncing().run(terms);
        } catch (GodwitException e) {
            boolean isElsewhere = e.kind() == GodwitException.Kind.BUSY || e.kind() == GodwitException.Kind.CLOSED;
            return isElsewhere
                    ? new WorkOutcome.DeferFor(ELSEWHERE_MILLIS)
                    : WorkOutcome.failed(String.valueOf(e.getMessage()));
        }
        if (ended.why() == SyncLoop.Why.HELD) {
            scheduler.enqueue(requests.download());
        } else if (ended.result().isSynced() && !terms.cause().equals(BackgroundSync.DOWNLOAD)) {
            downloaded();
        }
        tell(ended.result());
        return SyncOutcome.of(ended, policy, parts.options().device());
    }

    private void tell(SyncResult result) {
        last = result;
        try {
            options.listener().accept(result);
        } catch (RuntimeException | LinkageError | AssertionError broken) {
            LOG.warn("the listener of the background failed", broken);
        }
        parts.syncing().tell(result);
    }
}
