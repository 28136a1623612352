package dev.godwit.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where runs happen. */
interface Lanes {
    /** Does it soon. */
    void begin(Runnable run);

    /** A run will not end: another thread takes its place. */
    void abandoned();

    /** An abandoned run has ended after all. */
    void returned();

    /** Begins nothing more; waits for what runs, at most so long. */
    void close(long millis);

    /** A bounded number of threads. */
    final class Threads implements Lanes {
        private final ThreadPoolExecutor pool;

        Threads(int threads) {
            AtomicInteger count = new AtomicInteger();
            pool = new ThreadPoolExecutor(threads, threads, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), run -> {
                Thread thread = new Thread(run, "godwit-work-" + count.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
            pool.allowCoreThreadTimeOut(true);
        }

        @Override
        public void begin(Runnable run) {
            pool.execute(run);
        }

        @Override
        public synchronized void abandoned() {
            pool.setMaximumPoolSize(pool.getMaximumPoolSize() + 1);
            pool.setCorePoolSize(pool.getMaximumPoolSize());
        }

        @Override
        public synchronized void returned() {
            pool.setCorePoolSize(pool.getCorePoolSize() - 1);
            pool.setMaximumPoolSize(pool.getCorePoolSize());
        }

        @Override
        public void close(long millis) {
            pool.shutdown();
            try {
                pool.awaitTermination(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The thread of whoever calls {@link #runOne()}. */
    final class Caller implements Lanes {
        private final Deque<Runnable> waiting = new ArrayDeque<>();

        @Override
        public void begin(Runnable run) {
            waiting.add(run);
        }

        /** Does one run; whether there was one. */
        boolean runOne() {
            Runnable run = waiting.poll();
            if (run == null) {
                return false;
            }
            run.run();
            return true;
        }

        @Override
        public void abandoned() {}

        @Override
        public void returned() {}

        @Override
        public void close(long millis) {
            waiting.clear();
        }
    }
}
