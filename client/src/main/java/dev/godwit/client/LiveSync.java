package dev.godwit.client;

import dev.godwit.model.Limits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a database in sync: syncs at once, when the server says that a scope has moved, and soon after a local write. While
 * there is no live connection it polls, with exponential backoff and full jitter, and tries to connect again each time.
 */
public final class LiveSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSync.class);

    private final Godwit godwit;
    private final Transport transport;
    private final Device device;
    private final Limits limits;
    private final Consumer<SyncResult> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private @Nullable String cause = "live";
    private boolean connected;
    private boolean closed;
    private int failures;

    private LiveSync(Godwit godwit, Transport transport, GodwitOptions options, Consumer<SyncResult> listener) {
        this.godwit = godwit;
        this.transport = transport;
        this.device = options.device();
        this.limits = options.limits();
        this.listener = listener;
        this.thread = new Thread(this::run, "godwit-live-sync");
        thread.setDaemon(true);
    }

    static LiveSync start(Godwit godwit, Transport transport, GodwitOptions options, Consumer<SyncResult> listener) {
        LiveSync live = new LiveSync(godwit, transport, options, listener);
        live.thread.start();
        return live;
    }

    /** Syncs soon, for this cause. */
    void wake(String why) {
        lock.lock();
        try {
            cause = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Transport.Live live = null;
        try {
            while (true) {
                String why = await();
                if (why == null) {
                    return;
                }
                sync(why);
                if (!isConnected()) {
                    live = connect(live);
                }
            }
        } finally {
            if (live != null) {
                live.close();
            }
        }
    }

    /** Waits for a cause; without a connection, or after a sync that failed, no longer than the backoff. Null means closed. */
    private @Nullable String await() {
        lock.lock();
        try {
            boolean idle = connected && failures == 0;
            long nanos = TimeUnit.MILLISECONDS.toNanos(idle ? limits.pokeMillis() * 4 : backoff());
            while (cause == null && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            String why = cause == null ? "poll" : cause;
            cause = null;
            return closed ? null : why;
        } catch (InterruptedException stop) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Full jitter: anything up to twice as much as last time (Brooker, "Exponential Backoff and Jitter", 2015). */
    private long backoff() {
        long ceiling = limits.backoffMinMillis() << Math.min(20, failures);
        long bounded = Math.min(limits.backoffMaxMillis(), ceiling);
        return limits.backoffMinMillis() / 2 + device.randomBelow(bounded);
    }

    private void sync(String why) {
        SyncResult result;
        try {
            result = godwit.sync(why);
        } catch (RuntimeException failure) {
            LOG.warn("a sync failed; it is tried again", failure);
            result = SyncResult.failed(String.valueOf(failure.getMessage()));
        }
        failures = result.isSynced() ? 0 : failures + 1;
        tell(result);
    }

    /** Whatever the application does with it is no failure of the sync, and does not end this thread. */
    private void tell(SyncResult result) {
        try {
            listener.accept(result);
        } catch (RuntimeException | Error broken) {
            LOG.warn("the listener of goLive failed", broken);
        }
    }

    private Transport.@Nullable Live connect(Transport.@Nullable Live old) {
        if (old != null) {
            old.close();
        }
        try {
            Transport.Live live =
                    transport.live(List.copyOf(godwit.checkpoints().keySet()), new Pokes());
            setConnected(true);
            return live;
        } catch (RuntimeException failure) {
            failures++;
            LOG.info("no live connection, polling instead: {}", failure.getMessage());
            return null;
        }
    }

    private boolean isConnected() {
        lock.lock();
        try {
            return connected;
        } finally {
            lock.unlock();
        }
    }

    private void setConnected(boolean now) {
        lock.lock();
        try {
            connected = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What the server says. */
    private final class Pokes implements Transport.LiveListener {
        @Override
        public void heads(Map<String, Long> heads) {
            var known = godwit.checkpoints();
            boolean behind = heads.entrySet().stream()
                    .anyMatch(head -> known.containsKey(head.getKey())
                            && java.util.Objects.requireNonNull(known.get(head.getKey()))
                                            .commit()
                                    < head.getValue());
            if (behind) {
                wake("poke");
            }
        }

        @Override
        public void ended(String reason) {
            LOG.info("live connection over: {}", reason);
            setConnected(false);
            wake("reconnect");
        }
    }

    /** Stops; a sync that is running is finished first. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        godwit.ended(this);
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
