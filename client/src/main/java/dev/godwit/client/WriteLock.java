package dev.godwit.client;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Serialises the writers of this process in front of SQLite's own write lock, which would make them poll. Held for the
 * length of one local transaction, never across a request; the order is: sync lock, write lock, SQLite's lock.
 */
final class WriteLock {
    private final ReentrantLock lock = new ReentrantLock(true);

    <T> T hold(Supplier<T> action) {
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
