package dev.godwit.simulation;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.SyncPolicy;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDriver;
import dev.godwit.scheduler.WorkEvent;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.scheduler.WorkNews;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.testing.FaultySqlite;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a simulated device in sync by itself: the real scheduler and the real background sync, in the device's own file, in
 * its process and on the caller's thread. They begin anew with each process; the device's clock and conditions outlive it.
 */
final class SimulatedBackground {
    private static final long SIX_HOURS = 6L * 3_600_000;
    private static final int FEW_ROWS = 20;

    /** How many runs a process begins that stands in for the application. */
    private static final int VISITED = 8;

    /** The numbers of the states in the table of works that are ends: succeeded and cancelled. */
    private static final String FINISHED = "4, 5";

    private final String path;
    private final ManualClock clock;
    private final ManualConditions conditions = new ManualConditions();
    private final Random random;
    private final BackgroundOptions options;
    private final boolean isOnlyProcess;
    private final List<SyncResult> results = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private @Nullable WorkDriver driver;
    private @Nullable BackgroundSync sync;
    private long restsUntil;
    private long commitsSeen = -1;
    private boolean isForeignPending;

    SimulatedBackground(Path file, long wallMillis, Limits limits, long seed) {
        this.path = file.toString();
        this.clock = new ManualClock(wallMillis, file.getFileName() + " ");
        this.random = new Random(seed);
        this.isOnlyProcess = random.nextBoolean();
        SyncPolicy small = SyncPolicy.SMALL
                .withBackoff(new Backoff(
                        Backoff.Kind.EXPONENTIAL,
                        limits.backoffMinMillis(),
                        limits.backoffMinMillis(),
                        limits.backoffMaxMillis()))
                .withAttempts(random.nextBoolean() ? 3 : 0);
        this.options = BackgroundOptions.DEFAULT
                .withSmall(small)
                .withLarge(SyncPolicy.LARGE.withBackoff(small.backoff()), random.nextBoolean() ? FEW_ROWS : 5_000)
                .withEvery(SIX_HOURS)
                .withMaintenance(Constraint.charging(), 4 * SIX_HOURS)
                .withListener(results::add);
        online(true);
        conditions.set(Fact.CHARGING, random.nextBoolean());
    }

    /** The application has started, or a process that stands in for it. */
    void start(Godwit db, SqliteDriver process, boolean isVisitor) {
        SchedulerOptions work = SchedulerOptions.of(process, SqliteOptions.of(path), clock, random::nextDouble)
                .withConditions(conditions)
                .withLimits(WorkLimits.DEFAULT.with("lookMillis", SIX_HOURS));
        commitsSeen = -1;
        if (isVisitor) {
            driver = WorkDriver.open(work.asVisitor(VISITED), new Ears());
            sync = BackgroundSync.visit(db, driver.scheduler());
        } else {
            driver = WorkDriver.open(isOnlyProcess ? work.asOnlyProcess() : work, new Ears());
            sync = db.background(driver.scheduler(), options);
        }
    }

    /** The application ends in good order. */
    void close() {
        sync().close();
        driver().close();
        sync = null;
        driver = null;
    }

    /** The process has died, and the operating system has closed its files. */
    void bury() {
        sync = null;
        driver = null;
        results.clear();
        unexpected.clear();
    }

    boolean isUp() {
        return sync != null;
    }

    BackgroundSync sync() {
        BackgroundSync running = sync;
        if (running == null) {
            throw new IllegalStateException("no background runs on " + path);
        }
        return running;
    }

    private WorkDriver driver() {
        WorkDriver running = driver;
        if (running == null) {
            throw new IllegalStateException("no scheduler runs on " + path);
        }
        return running;
    }

    void pass(long millis) {
        clock.advance(millis);
    }

    void setWall(long millis) {
        clock.jumpWall(millis - clock.wallMillis());
    }

    void reboot() {
        clock.reboot(0);
    }

    /** There is a network, or none; it costs something or not. */
    void online(boolean is) {
        conditions.set(Fact.CONNECTED, is);
        conditions.set(Fact.VALIDATED, is);
        conditions.set(Fact.UNMETERED, is && random.nextInt(3) > 0);
        commitsSeen = -1;
    }

    /** The faults stop: there is a network that costs nothing. Where there was one before, that is no news. */
    void heal() {
        conditions.set(Fact.CONNECTED, true);
        conditions.set(Fact.VALIDATED, true);
        conditions.set(Fact.UNMETERED, true);
        commitsSeen = -1;
        if (isForeignPending) {
            // the next periodic sync would see it, in some hours
            sync().poke();
        }
    }

    /** Another program has written, of which the scheduler hears nothing. */
    void foreignWrite() {
        isForeignPending = true;
    }

    /** In how many ms it has something to do, as far as it knew after it last ran; it may have been woken since. */
    long rests(FaultySqlite process) {
        return process.commits() == commitsSeen ? Math.max(0, restsUntil - clock.elapsedMillis()) : 0;
    }

    /** Runs what is due; returns what the syncs among it came to. */
    List<SyncResult> run(FaultySqlite process) {
        results.clear();
        driver().run();
        restsUntil = clock.elapsedMillis() + driver().look();
        commitsSeen = process.commits();
        if (results.stream().anyMatch(SyncResult::isSynced)) {
            isForeignPending = false;
        }
        if (!unexpected.isEmpty()) {
            throw new Violation("unexpected", "a work failed as no work should: " + unexpected);
        }
        return List.copyOf(results);
    }

    /** Whether there is something to send, and syncing has not stopped. */
    boolean isWaiting(Godwit db) {
        return db.status().pending() > 0 && sync().stopped().isEmpty();
    }

    /** What the application wrote is scheduled with it; what waits says why. */
    void check(Godwit db, String device) {
        List<Work> works = Stream.of(BackgroundSync.SYNC, BackgroundSync.DOWNLOAD)
                .flatMap(name -> driver().scheduler().newest(name).stream())
                .toList();
        // an edit of a text that the server cannot place before this device has its rows waits for those
        boolean isScheduled = works.stream().anyMatch(one -> !one.state().isFinished());
        boolean isPending = db.outbox().stream().anyMatch(one -> one.status().equals("pending"));
        if (isPending && !isScheduled && !isForeignPending) {
            throw new Violation("P1", device + " has something to send, and no sync is scheduled: " + works);
        }
        if (sync().explain(ZoneOffset.UTC).isBlank()) {
            throw new Violation("explain", device + " does not say what its sync waits for");
        }
        boolean hasStopped = works.stream().anyMatch(one -> one.state() == WorkState.PARKED);
        if (hasStopped && sync().stopped().isEmpty()) {
            throw new Violation("explain", device + " has stopped syncing and does not say so");
        }
    }

    /**
     * The process is dead. Whoever stands in for it finds in the file what is to be sent and the sync that is to send it: both were
     * committed, or neither was.
     */
    void checkFile(String device) {
        try (SqliteConnection file = new JdbcSqlite().open(SqliteOptions.of(path))) {
            String scheduled = "select 1 from godwit_work where name in ('" + BackgroundSync.SYNC + "', '"
                    + BackgroundSync.DOWNLOAD + "') and state not in (" + FINISHED + ")";
            List<Value[]> lonely = Sql.rows(
                    file,
                    "select id, status from godwit_outbox where status = 'pending' and not exists (" + scheduled + ")");
            if (!lonely.isEmpty() && !isForeignPending) {
                throw new Violation(
                        "P1", device + " has died with something to send and no sync scheduled: " + lonely.size());
            }
        }
    }

    /** Hears what no work and no scheduler should say. That a disk failed was planned. */
    private final class Ears implements WorkListener {
        @Override
        public void happened(WorkNews news) {
            String reason = String.valueOf(news.reason());
            boolean isFailure = news.event() == WorkEvent.RETRIED || news.event() == WorkEvent.PARKED;
            if (isFailure && (reason.startsWith("java.") || reason.startsWith("dev.godwit."))) {
                note(news.worker() + ": " + reason);
            }
        }

        @Override
        public void trouble(String message) {
            note(message);
        }

        private void note(String wrong) {
            if (!wrong.contains("disk I/O error") && !wrong.contains("database or disk is full")) {
                unexpected.add(wrong);
            }
        }
    }
}
