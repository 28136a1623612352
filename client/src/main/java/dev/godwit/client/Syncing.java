package dev.godwit.client;

import dev.godwit.model.Pace;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The one door to a sync: whatever begins it, it is done here, one at a time, and told to those that it concerns. */
final class Syncing {
    /** What is decided may meet others' writes again, but a sync ends. */
    private static final int DECIDING_ROUNDS = 4;

    private final GodwitOptions options;
    private final OpenedFile file;
    private final SyncLock lock;
    private final @Nullable SyncLoop loop;
    private final Resolutions resolutions;
    private final List<LiveSync> liveSyncs = new CopyOnWriteArrayList<>();
    private volatile @Nullable BackgroundSync background;
    private volatile boolean isClosed;

    Syncing(GodwitOptions options, OpenedFile file, @Nullable SyncLoop loop, Resolutions resolutions) {
        this.options = options;
        this.file = file;
        this.lock = new SyncLock(options.path());
        this.loop = loop;
        this.resolutions = resolutions;
    }

    /** What makes rounds; an error that says what to do if the database only ever works locally. */
    SyncLoop loop() {
        SyncLoop active = loop;
        if (active == null) {
            throw new IllegalStateException("no transport: open the database with GodwitOptions.withTransport(…)");
        }
        return active;
    }

    /** Syncs, and lets the application's resolvers decide about what came; what they decide is sent too. */
    SyncLoop.Ended run(SyncTerms terms) {
        SyncLoop active = loop();
        SyncLoop.Ended ended = alone(active, terms);
        for (int i = 0; i < DECIDING_ROUNDS && ended.result().isSynced() && !isClosed && resolutions.run(); i++) {
            SyncTerms resolved = new SyncTerms("resolved", terms.rowsAtMost(), terms.isPushOnly(), terms.isStopped());
            ended = ended.then(alone(active, resolved));
        }
        Pace pace = active.pace();
        BackgroundSync scheduled = background;
        if (pace != null && scheduled != null) {
            scheduled.paced(pace);
        }
        return ended;
    }

    private SyncLoop.Ended alone(SyncLoop active, SyncTerms terms) {
        return lock.hold(options.limits().syncLockWaitMillis(), () -> file.using(() -> active.run(terms)));
    }

    /** Syncs for somebody else than the background, which hears of it. */
    SyncResult run(String cause) {
        SyncResult result = run(SyncTerms.all(cause)).result();
        BackgroundSync scheduled = background;
        if (scheduled != null) {
            scheduled.synced(cause, result);
        }
        return result;
    }

    /** What keeps the outbox going in the background, if anything does. */
    @Nullable
    BackgroundSync background() {
        return background;
    }

    void setBackground(@Nullable BackgroundSync chosen) {
        background = chosen;
    }

    void add(LiveSync live) {
        liveSyncs.add(live);
    }

    void remove(LiveSync live) {
        liveSyncs.remove(live);
    }

    /** A local transaction is committed, and nobody has scheduled its sync. */
    void written() {
        liveSyncs.forEach(live -> live.wake("write"));
    }

    /** Tells what a sync of the background did. */
    void tell(SyncResult result) {
        liveSyncs.forEach(live -> live.tell(result));
    }

    /** Nothing more begins. */
    void stop() {
        isClosed = true;
        liveSyncs.forEach(LiveSync::close);
        BackgroundSync scheduled = background;
        if (scheduled != null) {
            scheduled.close();
        }
    }

    /** Runs an action while this process does not sync. */
    void whenIdle(SyncLock.Action<?> action) {
        lock.whenIdleHere(action);
    }
}
