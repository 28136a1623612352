package dev.godwit.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Works to be done, by number, and how often each was: a worker that does nothing but to count. The same for every scheduler: a
 * name of its own for each and an input of 60 characters.
 */
final class WorkLoad {
    /** Of a completion that takes longer something is wrong. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final int INPUT = 60;
    private static final String REST = "/photos/2026-11-21/original.jpeg?then=thumbnail,index,notify";

    private final AtomicIntegerArray runs;
    private final CountDownLatch left;

    WorkLoad(int works) {
        runs = new AtomicIntegerArray(works);
        left = new CountDownLatch(works);
    }

    /** A scheduler in a file of its own. */
    interface Peer extends AutoCloseable {
        /** Enqueues works, each durable before the next. */
        void enqueue(int from, int to);

        /** Enqueues works in one transaction. */
        void enqueueTogether(int from, int to);

        /** Begins to run what is there, on so many threads. */
        void start(int threads);

        /** Counts what it has not done, in its own file. */
        String unfinished();

        @Override
        void close();
    }

    /** Opens a scheduler that does a load. */
    interface Opening {
        Peer open(Path file, WorkLoad load);
    }

    static String name(int work) {
        return "upload/" + work;
    }

    static String input(int work) {
        return (work + REST).substring(0, INPUT);
    }

    int size() {
        return runs.length();
    }

    /** A worker has been given this input. */
    void ran(String input) {
        if (runs.incrementAndGet(Integer.parseInt(input.substring(0, input.indexOf('/')))) == 1) {
            left.countDown();
        }
    }

    boolean awaitAll() throws InterruptedException {
        return left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** How many did not run exactly once. */
    int wrong() {
        int wrong = 0;
        for (int i = 0; i < runs.length(); i++) {
            wrong += runs.get(i) == 1 ? 0 : 1;
        }
        return wrong;
    }
}
