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
 * there is no live connection, or the last sync failed, it polls, with exponential backoff and full jitter, and tries to
 * connect again each time. Beside a {@link BackgroundSync} it only keeps the connection, whose pokes begin a sync there; the
 * listener hears of all of its syncs then, on whichever thread did them. A pause that the server asks for is kept, up to the longest backoff, whatever else happens.
 */
public final class LiveSync implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSync.class);

    /** After so many heads that should have come, it asks, connected or not. */
    private static final int POKES_MISSED = 4;

    /** A connection that has brought heads so many times is a good one; the first come as soon as it stands. */
    private static final int PROVEN = 2;

    private static final String POLL = "poll";

    private final Godwit godwit;
    private final Transport transport;
    private final Device device;
    private final Limits limits;
    private final Consumer<SyncResult> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private @Nullable String cause = "live";
    private Transport.@Nullable Live live;
    private boolean connected;
    private boolean closed;
    private boolean isTelling;
    private boolean isOver;

    /** Syncs in a row that failed, and live connections in a row that did not come about or broke at once. */
    private int failures;

    private int drops;
    private long restMillis;

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
        try {
            while (true) {
                String why = await();
                if (why == null) {
                    return;
                }
                if (!isLeftToTheBackground(why)) {
                    sync(why);
                }
                if (isConnectionWanted()) {
                    connect();
                }
            }
        } finally {
            disconnect();
            set(() -> isOver = true);
        }
    }

    /** Waits for a cause; without a connection, or after a failure, no longer than the backoff. Null means closed. */
    private @Nullable String await() {
        lock.lock();
        try {
            for (long rest = TimeUnit.MILLISECONDS.toNanos(restMillis); rest > 0 && !closed; ) {
                rest = changed.awaitNanos(rest);
            }
            boolean quiet = isQuiet();
            long nanos = TimeUnit.MILLISECONDS.toNanos(quiet ? limits.pokeMillis() * POKES_MISSED : backoff());
            while (cause == null && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
                if (quiet && !isQuiet()) {
                    // not at once: when a server goes, the connections of all its devices break together
                    quiet = false;
                    nanos = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(backoff()));
                }
            }
            String why = cause == null ? POLL : cause;
            cause = null;
            return closed ? null : why;
        } catch (InterruptedException stop) {
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isQuiet() {
        return connected && failures == 0;
    }

    /**
     * Full jitter: anything up to twice as much as last time (Brooker, "Exponential Backoff and Jitter", 2015). Where only the
     * live connection is missing, it never waits for longer than with one that says nothing.
     */
    private long backoff() {
        long most = failures > 0
                ? limits.backoffMaxMillis()
                : Math.min(limits.backoffMaxMillis(), limits.pokeMillis() * POKES_MISSED);
        long ceiling = limits.backoffMinMillis() << Math.min(20, Math.max(failures, drops));
        return limits.backoffMinMillis() / 2 + device.randomBelow(Math.min(most, ceiling));
    }

    /** Where there is a background, this only keeps the connection: it does not sync beside it, by rules of its own. */
    private boolean isLeftToTheBackground(String why) {
        BackgroundSync background = godwit.background();
        if (background == null) {
            return false;
        }
        ended(true, 0);
        if (!why.equals(POLL) || isConnected()) {
            background.begin(why);
        }
        return true;
    }

    private void sync(String why) {
        SyncResult result;
        try {
            result = godwit.sync(why);
        } catch (RuntimeException failure) {
            LOG.warn("a sync failed; it is tried again", failure);
            result = SyncResult.failed(String.valueOf(failure.getMessage()));
        }
        ended(result.isSynced(), result.retryAfterMillis());
        set(() -> isTelling = true);
        try {
            tell(result);
        } finally {
            set(() -> isTelling = false);
        }
    }

    /** Whatever the application does with it is no failure of the sync, and does not end this thread. */
    void tell(SyncResult result) {
        try {
            listener.accept(result);
        } catch (RuntimeException | Error broken) {
            LOG.warn("the listener of goLive failed", broken);
        }
    }

    private void ended(boolean well, long askedMillis) {
        lock.lock();
        try {
            failures = well ? 0 : failures + 1;
            long jittered = askedMillis + device.randomBelow(askedMillis / 2);
            restMillis = well ? 0 : Math.min(limits.backoffMaxMillis(), jittered);
        } finally {
            lock.unlock();
        }
    }

    private void connect() {
        disconnect();
        // before it is there, so that one that ends at once is not taken for one that stands
        set(() -> connected = true);
        try {
            Transport.Live made =
                    transport.live(List.copyOf(godwit.checkpoints().keySet()), new Pokes());
            set(() -> live = made);
        } catch (TransportException failure) {
            dropped();
            LOG.info("no live connection, polling instead: {}", failure.getMessage());
        } catch (RuntimeException failure) {
            dropped();
            LOG.warn("no live connection, polling instead", failure);
        }
    }

    private void disconnect() {
        Transport.Live old;
        lock.lock();
        try {
            old = live;
            live = null;
        } finally {
            lock.unlock();
        }
        if (old != null) {
            old.close();
        }
    }

    private void dropped() {
        set(() -> {
            drops++;
            connected = false;
        });
    }

    private boolean isConnectionWanted() {
        lock.lock();
        try {
            return !connected && !closed;
        } finally {
            lock.unlock();
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

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What the server says on one connection. */
    private final class Pokes implements Transport.LiveListener {
        private int heard;

        @Override
        public void heads(Map<String, Long> heads) {
            heard++;
            if (heard == PROVEN) {
                set(() -> drops = 0);
            }
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
            dropped();
        }
    }

    /**
     * Stops; a sync that is running is finished first, and a listener that is being told is waited for, up to
     * {@code resolverMillis}. One that takes longer is left behind, and told nothing more.
     */
    @Override
    public void close() {
        set(() -> closed = true);
        godwit.ended(this);
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        awaitEnd();
        // one that is left behind does not do it
        disconnect();
    }

    private void awaitEnd() {
        lock.lock();
        try {
            long patience = TimeUnit.MILLISECONDS.toNanos(limits.resolverMillis());
            while (!isOver && patience > 0) {
                if (isTelling) {
                    patience = changed.awaitNanos(patience);
                } else {
                    changed.await();
                }
            }
            if (!isOver) {
                LOG.warn(
                        "the listener of goLive has not returned for {} ms and is left behind",
                        limits.resolverMillis());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
