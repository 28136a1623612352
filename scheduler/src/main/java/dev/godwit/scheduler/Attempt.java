package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a work, from its claim to its end. Safe for use by many threads. */
final class Attempt implements WorkContext {
    /** What a run needs of its scheduler. */
    interface Home {
        long tick();

        WorkData checkpoint(Attempt attempt);

        void note(Attempt attempt, String column, WorkData data);
    }

    private final WorkRow row;
    private final WorkData input;
    private final long timeoutMillis;
    private final Home home;
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile @Nullable StopReason stop;
    private @Nullable Thread thread;
    private @Nullable WorkOutcome outcome;
    private long begun;
    private long ended;
    private long flagged;
    private long interrupted;
    private boolean isAbandoned;

    Attempt(WorkRow row, WorkData input, long timeoutMillis, Home home) {
        this.row = row;
        this.input = input;
        this.timeoutMillis = timeoutMillis;
        this.home = home;
    }

    WorkRow row() {
        return row;
    }

    /** Does the run on this thread, unless it was stopped before; then says that it is over. */
    void run(Worker worker, Consumer<Attempt> over) {
        boolean begins;
        synchronized (this) {
            begins = stop == null;
            thread = Thread.currentThread();
            begun = home.tick();
        }
        WorkOutcome said = begins ? outcome(worker) : null;
        synchronized (this) {
            thread = null;
            outcome = said;
            ended = home.tick();
            // an interrupt that comes late is not for the next run: the pool clears it
        }
        over.accept(this);
    }

    private @Nullable WorkOutcome outcome(Worker worker) {
        try {
            return worker.run(this);
        } catch (Throwable e) { // whatever a worker throws ends its run, and nothing else
            return WorkOutcome.retry(String.valueOf(e));
        }
    }

    synchronized @Nullable WorkOutcome outcome() {
        return outcome;
    }

    synchronized long begun() {
        return begun;
    }

    synchronized long duration(long now) {
        return begun == 0 ? 0 : Math.max(0, (ended == 0 ? now : ended) - begun);
    }

    synchronized boolean isAbandoned() {
        return isAbandoned;
    }

    /** Tells it to stop, once; returns whom to call about it. */
    synchronized List<Runnable> stop(StopReason reason, long now) {
        if (stop != null || ended != 0) {
            return List.of();
        }
        stop = reason;
        flagged = now;
        return List.copyOf(listeners);
    }

    /** What there is to do about a run that takes too long. */
    enum Due {
        NOTHING,
        STOP,
        ABANDON
    }

    /** Looks at the time; interrupts it if it was told to stop and did not for a while. */
    synchronized Due look(long now, long graceMillis) {
        if (ended != 0 || begun == 0) {
            return Due.NOTHING;
        } else if (stop == null) {
            return now - begun >= timeoutMillis ? Due.STOP : Due.NOTHING;
        } else if (interrupted == 0 && now - flagged >= graceMillis) {
            interrupted = now;
            if (thread != null) {
                thread.interrupt();
            }
            return Due.NOTHING;
        } else if (interrupted != 0 && now - interrupted >= graceMillis) {
            isAbandoned = true;
            return Due.ABANDON;
        }
        return Due.NOTHING;
    }

    /** When to look again. */
    synchronized long nextLook(long graceMillis) {
        if (ended != 0 || begun == 0) {
            return Long.MAX_VALUE;
        } else if (stop == null) {
            return begun + timeoutMillis;
        }
        return (interrupted == 0 ? flagged : interrupted) + graceMillis;
    }

    @Override
    public WorkId id() {
        return row.workId();
    }

    @Override
    public WorkData input() {
        return input;
    }

    @Override
    public int attempt() {
        return row.attempts() + 1;
    }

    @Override
    public long token() {
        return row.token();
    }

    @Override
    public WorkData checkpoint() {
        return home.checkpoint(this);
    }

    @Override
    public void checkpoint(WorkData data) {
        home.note(this, "checkpoint", data);
    }

    @Override
    public void progress(WorkData data) {
        home.note(this, "progress", data);
    }

    @Override
    public boolean isStopped() {
        return stop != null;
    }

    @Override
    public Optional<StopReason> stopReason() {
        return Optional.ofNullable(stop);
    }

    @Override
    public void onStop(Runnable listener) {
        synchronized (this) {
            if (stop == null) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }
}
