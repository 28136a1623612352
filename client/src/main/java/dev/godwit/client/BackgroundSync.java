package dev.godwit.client;

import dev.godwit.model.Pace;
import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Enqueued;
import dev.godwit.scheduler.Enqueuer;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.ParkReason;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.Truth;
import dev.godwit.scheduler.UniqueName.Policy;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkEvent;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.scheduler.WorkNews;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import java.nio.file.Paths;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a database in sync by work of a {@link Scheduler} that lives in the same file. The sync of a write is enqueued in the
 * write's own transaction: data, outbox and schedule are committed or lost together. Made by {@link Godwit#background}, or
 * by {@link #visit} for a process that stands in while the application is not there.
 *
 * <p>A sync begins a moment after a write (a thousand writes make one), from time to time, on a poke, and on good news: the network is
 * back, the charger is in, the application is opened, somebody has logged in. While the application is in use (see
 * {@link #foreground}) the first attempt is made at once, whatever the constraint; if it fails, and otherwise, the constraint, the
 * backoff and the attempts of the {@link SyncPolicy} hold. Good news ends a backoff, but not a pause that the server asks for.
 *
 * <p>Used-up attempts end the work and nothing else: what is pending stays pending, {@link #stopped} says why in a sentence, and
 * {@link #retry}, a sync by hand or any good news begins again. A large download waits for a network of its own while small
 * transactions go on.
 *
 * <p>Safe for use by many threads. Close it before the scheduler, and the scheduler before the database.
 */
public final class BackgroundSync implements AutoCloseable {
    /** The name of the work that sends what is pending and takes what is new. */
    public static final String SYNC = "godwit.sync";

    /** The name of the periodic work that begins it. */
    public static final String PERIODIC = "godwit.periodic";

    /** The name of the work that takes many rows. */
    public static final String DOWNLOAD = "godwit.download";

    /** The name of the periodic work that maintains the file. */
    public static final String MAINTENANCE = "godwit.maintenance";

    static final String MANUAL = "manual";
    static final String WRITE = "write";

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

    private final Parts parts;
    private final Scheduler scheduler;
    private final BackgroundOptions options;
    private final SyncRequests requests;
    private final StandingWorks standing;
    private final SyncWorkers workers;
    private final GoodNews news = new GoodNews();
    private final AutoCloseable listening;
    /** Of the connection that writes; used under the write lock. */
    private @Nullable Enqueuer enqueuer;

    private volatile boolean isForeground;
    private volatile boolean isClosed;

    /** What it is made of. */
    record Parts(Godwit godwit, Syncing syncing, GodwitOptions options, WriteLock lock) {}

    /** What became of the sync of a write: whether it is new work, and whether it could not be enqueued with the data. */
    record Placed(boolean isNew, boolean isLost) {}

    private BackgroundSync(Parts parts, Scheduler scheduler, BackgroundOptions options, boolean isVisitor) {
        this.parts = parts;
        this.scheduler = scheduler;
        this.options = options;
        this.requests = new SyncRequests(options);
        this.standing = new StandingWorks(scheduler, requests);
        this.workers = new SyncWorkers(parts, scheduler, options, news, () -> resume(true));
        Maintenance maintenance = new Maintenance(parts.options(), parts.lock(), scheduler);
        if (isVisitor) {
            // nobody knows any more what the application had begun it for
            workers.want("visit");
        }
        if (parts.options().transport() != null) {
            scheduler.register(SYNC, workers::small);
            scheduler.register(DOWNLOAD, workers::large);
            scheduler.register(PERIODIC, workers::periodic);
        }
        scheduler.register(MAINTENANCE, maintenance::work);
        this.listening = isVisitor ? () -> {} : scheduler.listen(new Ears());
    }

    static BackgroundSync start(Parts parts, Scheduler scheduler, BackgroundOptions options) {
        parts.syncing().loop();
        BackgroundSync background = attach(parts, scheduler, options, false);
        try {
            background.standing.enqueue();
            background.resume(true);
            background.begin("start");
        } catch (RuntimeException e) {
            // else each write would meet what the scheduler refuses
            background.close();
            throw e;
        }
        return background;
    }

    /**
     * Brings a database's background work to the scheduler of a process that does what is due and ends (see
     * {@link dev.godwit.scheduler.SchedulerOptions#asVisitor}). It begins nothing: the works run as the application has enqueued
     * them, under the constraints, backoffs and attempts that it gave them. Without a transport only the file is maintained, and
     * the works that sync stay unknown to the scheduler.
     *
     * @param scheduler that keeps its work in the database's own file
     * @throws IllegalArgumentException if it keeps its work elsewhere
     * @throws IllegalStateException if the opened database has a background already
     */
    public static BackgroundSync visit(Godwit godwit, Scheduler scheduler) {
        return attach(godwit.parts(), scheduler, SyncRequests.kept(scheduler), true);
    }

    private static BackgroundSync attach(
            Parts parts, Scheduler scheduler, BackgroundOptions options, boolean isVisitor) {
        String path = parts.options().path();
        if (!Paths.get(scheduler.path())
                .toAbsolutePath()
                .normalize()
                .equals(Paths.get(path).toAbsolutePath().normalize())) {
            throw new IllegalArgumentException(
                    "the scheduler keeps its work in " + scheduler.path() + ", and the database is " + path
                            + ": open the scheduler on that file, so that a write and its sync are committed together");
        }
        if (parts.syncing().background() != null) {
            throw new IllegalStateException("the database " + path + " has a background already: close that first");
        }
        BackgroundSync background = new BackgroundSync(parts, scheduler, options, isVisitor);
        parts.syncing().setBackground(background);
        return background;
    }

    /** Whether the application is in use now. It is not in the beginning. */
    public void foreground(boolean inUse) {
        isForeground = inUse;
        if (inUse) {
            begin("foreground");
        } else if (!isClosed) {
            safely("put the constraint of a sync back", () -> constrain(false));
        }
    }

    /** The server or somebody else has said that there is something new. */
    public void poke() {
        begin("poke");
    }

    /** Somebody presses the button: begins again whatever has stopped, with all its attempts before it. */
    public void retry() {
        resume(true);
        begin("retry");
    }

    /** There is a new token. */
    public void loggedIn() {
        resume(true);
        begin("login");
    }

    /** Why syncing, or a large download, has stopped by itself, for a retry button; empty while it goes on. */
    public Optional<String> stopped() {
        return BackgroundWords.stopped(newest(SYNC), newest(DOWNLOAD), pending());
    }

    /** What is going on, in one sentence for people. */
    public String explain(ZoneId zone) {
        Work sync = newest(SYNC);
        Work download = newest(DOWNLOAD);
        return BackgroundWords.sentence(
                sync,
                sync == null ? "" : scheduler.explain(sync.id(), zone),
                download == null || download.state().isFinished() ? "" : scheduler.explain(download.id(), zone),
                pending());
    }

    /** What the last automatic sync of this process did. */
    public Optional<SyncResult> last() {
        return workers.last();
    }

    private long pending() {
        return parts.godwit().status().pending();
    }

    private @Nullable Work newest(String name) {
        return scheduler.newest(name).orElse(null);
    }

    private WorkRequest request(long delayMillis) {
        return requests.sync(delayMillis, isForeground);
    }

    /**
     * Inside the transaction of a write, under the write lock. Broken or full tables of the scheduler do not keep the application
     * from writing.
     */
    Placed enqueue(SqliteConnection connection) {
        Enqueuer writer = enqueuer;
        if (writer == null) {
            writer = scheduler.enqueuer(connection);
            enqueuer = writer;
        }
        try {
            Enqueued enqueued = writer.enqueue(request(options.small().batchMillis()));
            return new Placed(enqueued.result() == Enqueued.Result.NEW, false);
        } catch (SqliteException | IllegalStateException e) {
            // broken tables, or no place for another work
            if (!connection.inTransaction() || (e instanceof SqliteException broken && !isOfTheTables(broken.code()))) {
                throw e;
            }
            LOG.warn("the sync of a write could not be scheduled with it, and is scheduled behind it", e);
            return new Placed(true, true);
        }
    }

    private static boolean isOfTheTables(SqliteCode code) {
        return code == SqliteCode.ERROR || code == SqliteCode.CORRUPT || code.isConstraint();
    }

    /** After the commit of a write. */
    void committed(Placed placed) {
        if (placed.isLost()) {
            // the scheduler mends its tables, or reports that it cannot
            safely(
                    "schedule a sync",
                    () -> scheduler.enqueue(request(options.small().batchMillis())));
        } else if (placed.isNew()) {
            scheduler.poke();
        }
    }

    /** Begins a sync that asks for rows too, at once if nothing asked for a pause. What brings this is good news. */
    void begin(String why) {
        if (isClosed) {
            return;
        }
        workers.want(why);
        safely("begin a sync", () -> {
            Enqueued enqueued = scheduler.enqueue(request(0));
            if (enqueued.result() == Enqueued.Result.KEPT) {
                resume(false);
                constrain(true);
            }
        });
    }

    /** In use, what waits does not wait for a constraint. */
    private void constrain(boolean inUse) {
        Work sync = newest(SYNC);
        if (isForeground == inUse && sync != null && sync.state() == WorkState.ENQUEUED) {
            scheduler.enqueue(request(0).withName(SYNC, Policy.UPDATE));
        }
    }

    /** Good news: what is parked is tried again, and backoffs end. What runs now, without it, may fail: see {@link Ears}. */
    private void resume(boolean isLogin) {
        news.tell(isLogin);
        again(isLogin);
    }

    private void again(boolean isLogin) {
        for (String name : List.of(SYNC, DOWNLOAD)) {
            Work work = newest(name);
            if (work == null) {
                continue;
            }
            if (work.state() == WorkState.PARKED && (isLogin || work.parked() != ParkReason.LOGIN)) {
                scheduler.retry(work.id());
            } else if (work.state() == WorkState.ENQUEUED) {
                scheduler.hurry(work.id());
            }
        }
    }

    /** The server has answered, whoever has asked. */
    void paced(Pace pace) {
        if (!isClosed) {
            safely("take over the server's interval", () -> standing.pace(pace.intervalMillis()));
        }
    }

    /** Somebody else has synced. */
    void synced(String why, SyncResult result) {
        if (isClosed) {
            return;
        }
        safely("hear of a sync", () -> {
            if (result.isSynced()) {
                workers.downloaded();
                resume(true);
            } else if (why.equals(MANUAL) && result.pending() > 0) {
                workers.want(why);
                goOn(result.retryAfterMillis());
            }
        });
    }

    /** Tries what a sync by hand could not do. A pause that it was asked for is asked of all. */
    private void goOn(long askedMillis) {
        if (askedMillis == 0) {
            scheduler.enqueue(request(0));
            resume(false);
            return;
        }
        Work sync = newest(SYNC);
        boolean isWaiting = sync != null && sync.state() != WorkState.RUNNING && sync.parked() != ParkReason.LOGIN;
        long pause = SyncOutcome.jittered(askedMillis, parts.options().device());
        WorkRequest later = request(pause);
        scheduler.enqueue(isWaiting ? later.withName(SYNC, Policy.REPLACE) : later);
    }

    private void safely(String what, Runnable action) {
        try {
            action.run();
        } catch (SqliteException | IllegalStateException e) {
            LOG.warn("could not {}; the next start of the application does", what, e);
        }
    }

    /** Hears of the device, and of trouble. */
    private final class Ears implements WorkListener {
        @Override
        public void deviceChanged(ConditionSnapshot before, ConditionSnapshot now) {
            if (isGood(Fact.CONNECTED, before, now)) {
                begin("network");
            } else if (isGood(Fact.CHARGING, before, now)
                    || isGood(Fact.VALIDATED, before, now)
                    || isGood(Fact.UNMETERED, before, now)
                    || isGood(Fact.NOT_ROAMING, before, now)) {
                resume(false);
            }
        }

        private boolean isGood(Fact fact, ConditionSnapshot before, ConditionSnapshot now) {
            return before.of(fact).truth() != Truth.TRUE && now.of(fact).truth() == Truth.TRUE;
        }

        /** What came while it ran would have ended its backoff, or made it try again. */
        @Override
        public void happened(WorkNews what) {
            boolean isFailure = what.event() == WorkEvent.PARKED || what.event() == WorkEvent.RETRIED;
            if (!isFailure || isClosed) {
                return;
            }
            GoodNews.Heard missed = news.since(what.worker());
            if (missed.all() > 0) {
                safely("try again", () -> again(missed.logins() > 0));
            }
        }

        /** What is pending is in the outbox; that it is to be sent stood in the scheduler's tables only. */
        @Override
        public void rebuilt() {
            safely("schedule again", () -> {
                standing.enqueue();
                scheduler.enqueue(request(options.small().batchMillis()));
            });
        }
    }

    /** Schedules nothing more. What is enqueued stays so, and goes on with the next background on this file. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        workers.close();
        parts.syncing().setBackground(null);
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
