package dev.godwit.client;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process at a time sync a database: a lock on a file beside it, which the operating system lets go of when the
 * process dies. Two at once would be safe (H8) but would do everything twice.
 */
final class SyncLock {
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final String path;
    private final ReentrantLock inProcess = new ReentrantLock(true);
    private final Condition never = inProcess.newCondition();

    SyncLock(String databasePath) {
        this.path = databasePath + "-godwit-sync";
    }

    /** What is done while the lock is held. */
    interface Action<T> {
        T run();
    }

    /**
     * Runs an action alone.
     *
     * @throws GodwitException of kind BUSY if another process kept the lock for longer than {@code waitMillis}, or this thread was
     *     interrupted while it waited
     */
    <T> T hold(long waitMillis, Action<T> action) {
        try {
            // a worker that is told to stop leaves the queue, however long the sync before it takes
            inProcess.lockInterruptibly();
        } catch (InterruptedException stop) {
            throw interrupted(stop);
        }
        try (FileChannel channel =
                        FileChannel.open(Paths.get(path), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = acquire(channel, waitMillis)) {
            if (!lock.isValid()) {
                throw new IOException("the lock was lost");
            }
            return action.run();
        } catch (IOException e) {
            throw new GodwitException(GodwitException.Kind.DATABASE, "cannot lock " + path + ": " + e.getMessage(), e);
        } finally {
            inProcess.unlock();
        }
    }

    /** Runs an action while this process does not sync. */
    void whenIdleHere(Action<?> action) {
        inProcess.lock();
        try {
            action.run();
        } finally {
            inProcess.unlock();
        }
    }

    private FileLock acquire(FileChannel channel, long waitMillis) throws IOException {
        long waits = Math.max(1, waitMillis / LOOK_AGAIN_MILLIS);
        for (long i = 0; i < waits; i++) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            }
            pause();
        }
        throw new GodwitException(
                GodwitException.Kind.BUSY,
                "another process has been syncing " + path.replace("-godwit-sync", "") + " for " + waitMillis
                        + " ms: it sends this process's writes too; try again later");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    private void pause() {
        long left = TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS);
        try {
            while (left > 0) {
                left = never.awaitNanos(left);
            }
        } catch (InterruptedException stop) {
            throw interrupted(stop);
        }
    }

    private static GodwitException interrupted(InterruptedException stop) {
        Thread.currentThread().interrupt();
        return new GodwitException(GodwitException.Kind.BUSY, "interrupted while waiting to sync", stop);
    }
}
