package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The runs under way, and the steps that begin and end them. A step is one transaction (see {@link Round}); what is to be told or
 * begun follows when that is durable. Runs that end while a step commits are taken in together by the next. {@link #step()} is
 * called by one thread at a time; the rest by any.
 */
final class Engine implements Attempt.Home {
    /** What is claimed ahead of its turn is done in about this time: then something more urgent may go first. */
    private static final long AHEAD_MILLIS = 50;

    /** Short runs that have ended wait for others of theirs at most so long, to be taken in by one commit. */
    private static final long GATHER_MILLIS = 10;

    private static final int PURGE_EVERY = 256;

    private final SchedulerOptions options;
    private final WorkLimits limits;
    private final WorkStore store;
    private final Lanes lanes;
    private final News listeners;
    private final Runnable poke;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final Map<Long, Attempt> attempts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Attempt> over = new ConcurrentLinkedQueue<>();
    private final Map<Long, Boolean> heldBefore = new HashMap<>();
    private final AtomicInteger abandoned = new AtomicInteger();
    private volatile CircuitBreaker breaker;
    private boolean wasOnline = true;
    private volatile Set<Constraint> shut = Set.of();
    private ConditionSnapshot seen;
    private int sincePurge;
    private double meanMillis = 1_000;
    private long begun;
    private boolean isIdle;
    private volatile boolean isElsewhere;

    Engine(SchedulerOptions options, WorkStore store, Lanes lanes, News listeners, Runnable poke) {
        this.options = options;
        this.limits = options.limits();
        this.store = store;
        this.lanes = lanes;
        this.listeners = listeners;
        this.poke = poke;
        this.breaker = CircuitBreaker.closed(options.circuits());
        this.seen = options.conditions().now();
        workers.putAll(options.workers());
    }

    /** What is known of hosts. */
    CircuitBreaker breaker() {
        return breaker;
    }

    /** Adds a worker, and tries again what is parked for want of it. */
    void register(String name, Worker worker) {
        workers.put(name, worker);
        requeue(ParkReason.NO_WORKER, name);
    }

    /** Tries again what is parked for a reason; of one worker, or of all if it is empty. */
    void requeue(ParkReason why, String worker) {
        store.write(now -> {
            for (WorkRow row : store.rows(
                    "where w.state = 3 and w.state <> 0 and w.parked = ? and (? = '' or w.worker = ?)",
                    why.number(),
                    worker,
                    worker)) {
                store.moves().requeue(row, now.tick());
            }
            return true;
        });
    }

    /** What one transaction has found out. */
    private record Step(
            List<Claims.Claim> claims, List<Attempt> lost, long next, CircuitBreaker breaker, boolean asksTheDevice) {}

    /**
     * One step.
     *
     * @return in how many ms there is something to do, unless something happens before
     */
    long step() {
        List<Runnable> tell = new ArrayList<>();
        List<Attempt> settled = new ArrayList<>(over);
        settled.addAll(look(tell));
        ConditionSnapshot device = options.conditions().now();
        ConditionSnapshot before = seen;
        if (!device.saysWhat(before)) {
            seen = device;
            listeners.deviceChanged(before, device);
        }
        Step step = store.write(now -> inTransaction(settled, device, now));
        breaker = step.breaker();
        wasOnline = isOnline(device);
        over.removeAll(settled);
        settled.forEach(this::forget);
        step.lost().forEach(attempt -> tell.addAll(stop(attempt)));
        tell.forEach(listeners::call);
        listeners.deliver(store.takeNews());
        if (store.takeRenewed()) {
            listeners.rebuilt();
        }
        for (Claims.Claim claim : step.claims()) {
            begin(claim);
        }
        isIdle = step.claims().isEmpty() && attempts.isEmpty() && over.isEmpty();
        // a device that nobody asks about is not looked at
        long again = step.asksTheDevice() ? options.conditions().lookAgainInMillis() : Long.MAX_VALUE;
        return Math.min(Math.min(step.next(), nextLook()), again);
    }

    /**
     * Whether a request that has just been kept may be something to do before the next step. It is not if it joins others that
     * wait for a condition that does not hold: the last step knows when time changes that, and whoever else does tells us.
     */
    boolean matters(WorkRequest request) {
        UniqueName name = request.name();
        boolean isPlain = name == null || name.policy() == UniqueName.Policy.KEEP;
        Budget budget = request.budget();
        boolean isTimed = request.delayMillis() > 0
                || request.period() != null
                || budget.ageMillis() > 0
                || budget.deadlineWallMillis() > 0;
        return !isPlain || isTimed || !shut.contains(request.constraint());
    }

    private Step inTransaction(List<Attempt> settled, ConditionSnapshot device, Settlement.Moment now) {
        List<Attempt> lost = new ArrayList<>();
        boolean wasOwner = store.ownership().isHeld();
        if (!wasOwner) {
            long taken = store.ownership().takeOver(now.tick());
            attempts.values().stream().filter(a -> !settled.contains(a)).forEach(lost::add);
            if (taken != 0) {
                isElsewhere = true;
                return new Step(List.of(), lost, Math.max(1, taken - now.tick()), breaker, false);
            }
        }
        isElsewhere = false;
        Hosts hosts = new Hosts(breaker, now.tick());
        if (isOnline(device) && !wasOnline) {
            hosts.hurry();
        }
        Round round = new Round(store, options, now, device, hosts);
        settled.forEach(round::settle);
        List<Attempt> running = attempts.values().stream()
                .filter(attempt -> !settled.contains(attempt))
                .toList();
        lost.addAll(round.lost(
                running.stream().filter(attempt -> !attempt.isStopped()).toList()));
        round.expire(workers.keySet());
        round.openDue();
        round.releaseBackoff(heldBefore);
        long left = options.mostRuns() - begun;
        boolean mayBegin = left > 0 && abandoned.get() <= limits.abandonedThreads();
        List<Claims.Claim> claims =
                mayBegin ? round.claim(running, room(running.size(), left), workers.keySet(), heldBefore) : List.of();
        sincePurge += settled.size();
        if (sincePurge >= PURGE_EVERY) {
            sincePurge = 0;
            new WorkPurge(store.statements(), limits).purge();
        }
        shut = round.shut();
        store.ownership().lease(running.isEmpty() && claims.isEmpty() ? 0 : now.tick() + limits.leaseMillis());
        begun += claims.size();
        return new Step(claims, lost, round.next(), hosts.learned(), round.asksTheDevice());
    }

    private static boolean isOnline(ConditionSnapshot device) {
        return Evaluation.of(Constraint.validated(), device, 0, 0).met();
    }

    /** How many may be claimed: short ones ahead of their turn, unless that would let more of a worker run at once than may. */
    private Round.Room room(int running, long left) {
        int each = (int) Math.max(1, Math.min(limits.ahead(), AHEAD_MILLIS / Math.max(1, meanMillis)));
        if (each == 1) {
            return new Round.Room(limits.threads() - running, limits.perWorker(), left);
        }
        int most = limits.threads() * each;
        return new Round.Room(most - running, limits.perWorker() < limits.threads() ? limits.perWorker() : most, left);
    }

    /** Whether the last step began nothing and left nothing running. */
    boolean isIdle() {
        return isIdle;
    }

    /** Whether the last step found that another scheduler runs the work of this file. */
    boolean isElsewhere() {
        return isElsewhere;
    }

    /** Tells a run to stop, for the reason that its row gives. */
    private List<Runnable> stop(Attempt attempt) {
        StopReason reason = store.read(now -> {
            if (!store.ownership().isHeld()) {
                return StopReason.TAKEN_OVER;
            }
            boolean counts = store.running(attempt.row().id(), attempt.token()).isPresent();
            boolean cancelled = store.moves()
                    .find(attempt.row().id())
                    .map(row -> row.state() == WorkState.CANCELLED)
                    .orElse(true);
            return cancelled ? StopReason.CANCELLED : counts ? StopReason.CONSTRAINT_LOST : StopReason.TAKEN_OVER;
        });
        return attempt.stop(reason, tick());
    }

    /** Stops and gives up what takes too long. */
    private List<Attempt> look(List<Runnable> tell) {
        List<Attempt> given = new ArrayList<>();
        long now = tick();
        for (Attempt attempt : attempts.values()) {
            Attempt.Due due = attempt.look(now, limits.graceMillis());
            if (due == Attempt.Due.STOP) {
                tell.addAll(attempt.stop(StopReason.TIMED_OUT, now));
            } else if (due == Attempt.Due.ABANDON) {
                given.add(attempt);
                abandoned.incrementAndGet();
                lanes.abandoned();
                listeners.trouble(
                        "work " + attempt.id() + " of " + attempt.row().worker()
                                + " goes on though it was told to stop and interrupted; its thread is given up, and what it says no"
                                + " longer counts. A worker looks at isStopped() and returns");
            }
        }
        return given;
    }

    private long nextLook() {
        long now = tick();
        long next = isAhead() ? GATHER_MILLIS : limits.lookMillis();
        if (!over.isEmpty()) {
            // it ended during this step, and may have thought that others would say so
            next = Math.min(next, 1);
        }
        for (Attempt attempt : attempts.values()) {
            next = Math.min(next, attempt.nextLook(limits.graceMillis()) - now);
        }
        return attempts.isEmpty() ? Math.max(1, next) : Math.max(1, Math.min(next, limits.leaseMillis() / 3));
    }

    private void forget(Attempt attempt) {
        attempts.remove(attempt.row().id(), attempt);
        meanMillis = (meanMillis * 7 + attempt.duration(tick())) / 8;
    }

    private void begin(Claims.Claim claim) {
        Attempt attempt = new Attempt(claim.row(), claim.input(), claim.timeoutMillis(), this);
        attempts.put(claim.row().id(), attempt);
        Worker worker = workers.get(claim.row().worker());
        Consumer<Attempt> end = this::ended;
        lanes.begin(() -> attempt.run(worker == null ? context -> WorkOutcome.retry("no worker") : worker, end));
    }

    private void ended(Attempt attempt) {
        if (attempt.isAbandoned()) {
            returned();
            return;
        }
        over.add(attempt);
        // a run that has its thread, and no other behind it, is taken in at once
        if (!isAhead() || over.size() * 2 >= attempts.size()) {
            poke.run();
        }
    }

    private boolean isAhead() {
        return attempts.size() > limits.threads() + 1;
    }

    private void returned() {
        lanes.returned();
        abandoned.decrementAndGet();
        poke.run();
    }

    /** Tells the run of a work to stop, if there is one. */
    void stopIfRunning(WorkId id, StopReason reason) {
        Attempt attempt = attempts.get(id.value());
        if (attempt != null) {
            attempt.stop(reason, tick()).forEach(listeners::call);
        }
    }

    /** Tells all to stop. */
    void stopAll(StopReason reason) {
        for (Attempt attempt : attempts.values()) {
            attempt.stop(reason, tick()).forEach(listeners::call);
        }
    }

    /** Takes in what has ended, begins nothing, and says that nothing of this scheduler runs any more. */
    void lastStep() {
        List<Attempt> settled = new ArrayList<>(over);
        store.write(now -> {
            if (store.ownership().isHeld()) {
                Round round = new Round(store, options, now, ConditionSnapshot.UNKNOWN, new Hosts(breaker, now.tick()));
                settled.forEach(round::settle);
                store.ownership().lease(0);
            }
            return true;
        });
        listeners.deliver(store.takeNews());
    }

    @Override
    public long tick() {
        return store.tick();
    }

    @Override
    public WorkData checkpoint(Attempt attempt) {
        return store.read(now -> store.moves()
                .data(
                        "select checkpoint from godwit_work_note where work = ? and checkpoint is not null",
                        attempt.row().id()));
    }

    @Override
    public void note(Attempt attempt, String column, WorkData data) {
        boolean isProgress = column.equals("progress");
        int most = isProgress ? limits.dataBytes() : limits.checkpointBytes();
        byte[] bytes = data.encode();
        if (bytes.length > most) {
            throw new IllegalArgumentException("work " + attempt.id() + ": " + column + " of " + bytes.length
                    + " bytes is above the limit " + (isProgress ? "dataBytes" : "checkpointBytes") + " of " + most);
        }
        store.note(attempt.id(), attempt.token(), column, bytes);
        if (isProgress) {
            listeners.progressed(attempt.id(), data);
        }
    }
}
