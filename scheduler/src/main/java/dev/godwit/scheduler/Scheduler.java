package dev.godwit.scheduler;

import dev.godwit.sql.SqliteConnection;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs work in the background, and keeps it in SQLite until it is done: through kills and reboots, each work runs until it succeeds,
 * is parked or is cancelled, and never twice at once while its scheduler keeps its lease. Safe for use by many threads.
 *
 * <p>One thread decides, a bounded number of others run the workers. Nothing here throws at the application from a thread of its
 * own: what goes wrong is told to {@link WorkListener#trouble}.
 */
public final class Scheduler implements AutoCloseable {
    private final SchedulerOptions options;
    private final News listeners = new News();
    private final WorkStore store;
    private final WorkReads reads;
    private final Engine engine;
    private final Lanes lanes;
    private final StepLoop loop;
    private final AutoCloseable conditions;

    Scheduler(SchedulerOptions options, Lanes lanes, List<WorkListener> first) {
        this.options = options;
        this.lanes = lanes;
        first.forEach(listeners::add);
        this.store = new WorkStore(options, listeners::trouble);
        this.reads = new WorkReads(store);
        this.loop = new StepLoop(this::engine, options.limits().lookMillis(), listeners);
        this.engine = new Engine(options, store, lanes, listeners, this::poke);
        options.workers().keySet().forEach(name -> engine.requeue(ParkReason.NO_WORKER, name));
        this.conditions = options.conditions().listen(this::poke);
    }

    /**
     * Opens a scheduler and begins to run what is due.
     *
     * @param listeners hear all from the beginning, also what is found broken now
     * @throws dev.godwit.sql.SqliteException if the file cannot be opened
     */
    public static Scheduler open(SchedulerOptions options, WorkListener... listeners) {
        Lanes lanes = new Lanes.Threads(options.limits().threads() + 1);
        Scheduler scheduler = new Scheduler(options, lanes, List.of(listeners));
        scheduler.loop.start();
        return scheduler;
    }

    /**
     * Keeps a request; it is durable when this returns.
     *
     * @throws IllegalArgumentException that names the limit or rule that the request breaks
     */
    public Enqueued enqueue(WorkRequest request) {
        Enqueued enqueued = store.write(now -> store.insert().insert(request, now));
        return done(enqueued, engine.matters(request));
    }

    /** Keeps many requests in one transaction: all or none. */
    public List<Enqueued> enqueueAll(List<WorkRequest> requests) {
        List<Enqueued> enqueued = store.write(now -> requests.stream()
                .map(request -> store.insert().insert(request, now))
                .toList());
        return done(enqueued, requests.stream().anyMatch(engine::matters));
    }

    /**
     * Keeps a chain, all or none of it.
     *
     * @return by the names of its steps
     * @throws IllegalArgumentException that names the circle, if steps need each other
     */
    public Map<String, Enqueued> enqueue(WorkChain chain) {
        return done(store.write(now -> store.insert().insert(chain, now)));
    }

    /**
     * Keeps a request in the caller's own transaction, on the caller's connection to the same file: work and data are there
     * together, or neither. Call {@link #poke()} after the commit; else it begins at the next look (see
     * {@code WorkLimits.lookMillis}).
     *
     * @param connection of the caller, who is in a transaction
     */
    public Enqueued enqueue(SqliteConnection connection, WorkRequest request) {
        return enqueueAll(connection, List.of(request)).get(0);
    }

    /**
     * Keeps many requests in the caller's own transaction, as {@link #enqueue(SqliteConnection, WorkRequest)} does one. Faster than one
     * call for each: what it takes to read a connection's tables is done once. If one is refused, those before it are in the
     * transaction still: roll it back, or go on with them.
     */
    public List<Enqueued> enqueueAll(SqliteConnection connection, List<WorkRequest> requests) {
        return store.on(connection, (statements, insert) -> {
            Settlement.Moment now = store.moment();
            return requests.stream().map(request -> insert.insert(request, now)).toList();
        });
    }

    /** The same over one connection again and again. */
    public Enqueuer enqueuer(SqliteConnection connection) {
        return new Enqueuer(store, connection);
    }

    /** Something has changed that the scheduler cannot know of. Returns at once. */
    public void poke() {
        loop.poke();
    }

    /** Whether it was poked since this was last asked. */
    boolean takePoke() {
        return loop.takePoke();
    }

    /** What was written is durable: tells of it, and looks what there is to do. */
    <T> T done(T result) {
        return done(result, true);
    }

    private <T> T done(T result, boolean matters) {
        listeners.deliver(store.takeNews());
        if (store.takeRenewed()) {
            listeners.rebuilt();
        }
        if (matters) {
            poke();
        }
        return result;
    }

    /**
     * Cancels a work that is not finished, and what needs it. If it runs, it is told to stop.
     *
     * @return whether there was something to cancel
     */
    public boolean cancel(WorkId id) {
        boolean cancelled =
                store.write(now -> store.moves().cancel(id.value(), "cancelled", StopReason.CANCELLED, now.tick()));
        engine.stopIfRunning(id, StopReason.CANCELLED);
        return done(cancelled);
    }

    /** Cancels all unfinished works that have a tag, all or none of them; returns how many. */
    public int cancelTagged(String tag) {
        return cancelEach("where w.id in (select work from godwit_work_tag where tag = ?)", tag);
    }

    /** Cancels all unfinished works that have a unique name, all or none of them; returns how many. */
    public int cancelNamed(String name) {
        return cancelEach("where w.name = ?", name);
    }

    /** Cancels all unfinished works, all or none of them; returns how many. */
    public int cancelAll() {
        return cancelEach("where w.state < ?", WorkState.SUCCEEDED.number());
    }

    private int cancelEach(String where, Object value) {
        List<WorkRow> cancelled = store.write(now -> {
            List<WorkRow> unfinished = store.rows(where, value).stream()
                    .filter(row -> !row.state().isFinished())
                    .toList();
            unfinished.forEach(row -> store.moves().cancel(row.id(), "cancelled", StopReason.CANCELLED, now.tick()));
            return unfinished;
        });
        cancelled.forEach(row -> engine.stopIfRunning(row.workId(), StopReason.CANCELLED));
        return done(cancelled.size());
    }

    /**
     * Tries a parked work again, with all its attempts before it.
     *
     * @return whether it was parked
     */
    public boolean retry(WorkId id) {
        return done(store.write(now -> {
            Optional<WorkRow> row = store.moves().find(id.value()).filter(found -> found.state() == WorkState.PARKED);
            return row.isPresent() && store.moves().requeue(row.get(), now.tick());
        }));
    }

    /**
     * Ends the backoff of a work, because somebody taps or knows better. A delay that a server or a request asked for stays.
     *
     * @return whether it waited for one
     */
    public boolean hurry(WorkId id) {
        return done(store.write(now -> store.statements()
                        .run(
                                "update godwit_work set gate = 0, opens = 0, waiting = ? where id = ? and state = 0 and gate = 1"
                                        + " and held = 1",
                                now.tick(),
                                id.value())
                > 0));
    }

    /** Forgets now what has ended long ago, as it does from time to time by itself; see {@code WorkLimits}. */
    public void purge() {
        store.write(now -> {
            new WorkPurge(store.statements(), options.limits()).purge();
            return true;
        });
    }

    /** Tries again all that waits for a login. */
    public void loggedIn() {
        engine.requeue(ParkReason.LOGIN, "");
        done(true);
    }

    /**
     * Says when a waiting periodic work runs next, once; later periods follow from that run.
     *
     * @return whether it is a periodic work that waits
     */
    public boolean runNextAt(WorkId id, long wallMillis) {
        return done(store.write(now -> {
            Optional<WorkRow> row = store.moves().find(id.value()).filter(found -> found.state() == WorkState.ENQUEUED);
            if (row.isEmpty() || store.moves().request(row.get()).period() == null) {
                return false;
            }
            store.statements()
                    .just(
                            "update godwit_work set gate = ?, opens = ? where id = ? and state = 0",
                            WorkRow.CALENDAR,
                            wallMillis,
                            id.value());
            return true;
        }));
    }

    /** Adds a worker; what is parked for want of it is tried again. */
    public void register(String name, Worker worker) {
        engine.register(name, worker);
        done(true);
    }

    /** A work, if it is known still. */
    public Optional<Work> find(WorkId id) {
        return reads.find(id);
    }

    /** Works of a state, oldest first. */
    public List<Work> list(WorkState state, int most) {
        String indexed = state == WorkState.ENQUEUED ? "" : " and w.state <> 0";
        return reads.works("where w.state = ?" + indexed + " order by w.id limit ?", state.number(), most);
    }

    /** Works of a unique name, oldest first. */
    public List<Work> named(String name) {
        return reads.works("where w.name = ? order by w.id", name);
    }

    /** The newest work of a unique name: the one that counts, unless several of the name are in a chain. */
    public Optional<Work> newest(String name) {
        return reads.works("where w.id = (select max(id) from godwit_work where name = ?)", name).stream()
                .findFirst();
    }

    /** Works that have a tag, oldest first. */
    public List<Work> tagged(String tag) {
        return reads.works("where w.id in (select work from godwit_work_tag where tag = ?) order by w.id", tag);
    }

    /**
     * Why a work is where it is, in one sentence for people.
     *
     * @param zone of whoever reads it
     * @return a sentence that says so if the work is not known
     */
    public String explain(WorkId id, ZoneId zone) {
        long now = options.clock().wallMillis();
        return find(id).map(work -> reads.explanation(work, options.conditions().now(), engine.breaker(), now)
                        .sentence(now, zone))
                .orElse("no work has the number " + id + ": it is finished and forgotten, or never was");
    }

    /** The runs of a work that are known still, oldest first. */
    public List<WorkRun> history(WorkId id) {
        return reads.runs(id);
    }

    /**
     * Adds a listener.
     *
     * @return takes it off
     */
    public AutoCloseable listen(WorkListener listener) {
        listeners.add(listener);
        return () -> unlisten(listener);
    }

    void unlisten(WorkListener listener) {
        listeners.remove(listener);
    }

    /** Something of the scheduler is not as it should be, and it goes on. */
    void trouble(String message) {
        listeners.trouble(message);
    }

    /** Who knows the device. */
    public Conditions conditions() {
        return options.conditions();
    }

    /** What it holds requests to. */
    public WorkLimits limits() {
        return options.limits();
    }

    /** The file that holds the work. */
    public String path() {
        return options.database().path();
    }

    Engine engine() {
        return engine;
    }

    WorkStore store() {
        return store;
    }

    /**
     * Waits until nothing runs and nothing more can be begun now: what is left waits for its time, its constraint, another work, a
     * person, or another process.
     *
     * @return whether that came within the time
     */
    public boolean awaitIdle(long millis) throws InterruptedException {
        return loop.awaitIdle(millis);
    }

    /** Whether another process has a scheduler on this file and runs work: this one begins nothing until the other has ended. */
    public boolean isElsewhere() {
        return engine.isElsewhere();
    }

    /** Tells what runs to stop, waits for it a little, and keeps the rest for the next start. */
    @Override
    public void close() {
        if (!loop.end()) {
            return;
        }
        try {
            loop.join(options.limits().graceMillis());
            engine.stopAll(StopReason.SHUTDOWN);
            lanes.close(options.limits().graceMillis());
            conditions.close();
            engine.lastStep();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            listeners.trouble("closing the scheduler: " + e);
        } finally {
            store.close();
        }
    }
}
