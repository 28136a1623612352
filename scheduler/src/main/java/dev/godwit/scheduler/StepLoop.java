package dev.godwit.scheduler;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets the engine make a step whenever somebody pokes it or time may have changed what there is to do, on a thread of its own once
 * it is started. A step that fails is told once, and made again. Safe for use by many threads.
 */
final class StepLoop {
    private final Supplier<Engine> engine;
    private final long lookMillis;
    private final News listeners;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition poked = lock.newCondition();
    private final Condition stepped = lock.newCondition();
    private volatile @Nullable Thread thread;
    private boolean isPoked;
    private long steps;
    private long idleAtStep;
    private volatile boolean isEnding;

    /** Makes a loop that looks at least every so many ms. */
    StepLoop(Supplier<Engine> engine, long lookMillis, News listeners) {
        this.engine = engine;
        this.lookMillis = lookMillis;
        this.listeners = listeners;
    }

    void start() {
        Thread begun = new Thread(this::run, "godwit-work");
        begun.setDaemon(true);
        thread = begun;
        begun.start();
    }

    void poke() {
        lock.lock();
        try {
            isPoked = true;
            poked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was poked since this was last asked. */
    boolean takePoke() {
        lock.lock();
        try {
            boolean wasPoked = isPoked;
            isPoked = false;
            return wasPoked;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a step that begins later than now and leaves the engine idle; false if none came in time. */
    boolean awaitIdle(long millis) throws InterruptedException {
        lock.lock();
        try {
            poke(); // under the lock, so that the step that follows is one that is waited for
            long next = steps + 1;
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (idleAtStep < next && !isEnding && left > 0) {
                left = stepped.awaitNanos(left);
            }
            return idleAtStep >= next;
        } finally {
            lock.unlock();
        }
    }

    private long step() {
        long number;
        lock.lock();
        try {
            number = ++steps;
        } finally {
            lock.unlock();
        }
        long wait = engine.get().step();
        lock.lock();
        try {
            idleAtStep = engine.get().isIdle() ? number : idleAtStep;
            stepped.signalAll();
        } finally {
            lock.unlock();
        }
        return wait;
    }

    private void run() {
        long failures = 0;
        while (!isEnding && !Thread.currentThread().isInterrupted()) {
            long wait;
            try {
                wait = step();
                failures = 0;
            } catch (RuntimeException e) {
                if (isEnding) {
                    return;
                }
                failures++;
                wait = Math.min(lookMillis, failures * 1_000);
                if (failures == 1) {
                    listeners.trouble("a step of the scheduler failed; it goes on in " + wait + " ms: " + e);
                }
            }
            await(wait);
        }
    }

    private void await(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(Math.min(millis, lookMillis));
            while (!isPoked && !isEnding && left > 0) {
                left = poked.awaitNanos(left);
            }
            isPoked = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // ends the loop
        } finally {
            lock.unlock();
        }
    }

    /** Makes no more steps; false if that was so already. */
    boolean end() {
        lock.lock();
        try {
            if (isEnding) {
                return false;
            }
            isEnding = true;
            poked.signalAll();
            stepped.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a little for the step that is under way, unless it is the caller's own. */
    void join(long millis) throws InterruptedException {
        Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            running.join(millis);
        }
    }
}
