package dev.godwit.client;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Serialises the writers of this process in front of SQLite's own write lock, which would make them poll. Held for the
 * length of one local transaction, never across a request; the order is: sync lock, write lock, SQLite's lock. What one of
 * them had to leave open is ended before the next begins.
 */
final class WriteLock {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final List<LocalSession> sessions;

    /** For the sessions that write. */
    WriteLock(LocalSession... sessions) {
        this.sessions = List.of(sessions);
    }

    <T> T hold(Supplier<T> action) {
        return holdToClose(() -> {
            if (lock.getHoldCount() == 1) {
                sessions.forEach(LocalSession::endLeftOpen);
            }
            return action.get();
        });
    }

    /** The same for the last time: what a session left open ends when it is closed. */
    <T> T holdToClose(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    boolean isHeldHere() {
        return lock.isHeldByCurrentThread();
    }
}
