package dev.godwit.client;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application's own code, each question on a thread of its own. What takes too long is interrupted and left
 * behind; while it still runs it is asked nothing more, so that one that hangs costs its time once, and one thread for each
 * that asked at once. Safe for use by many threads.
 */
final class BoundedCalls {
    private final String thread;
    private final String bound;
    private final long millis;
    private final boolean twice;
    private final Map<String, Thread> hanging = new ConcurrentHashMap<>();

    /**
     * Asks nothing yet.
     *
     * @param thread the name of the threads
     * @param bound the name of the bound
     * @param millis how long an answer may take
     * @param twice whether each question is asked twice, and must have one answer
     */
    BoundedCalls(String thread, String bound, long millis, boolean twice) {
        this.thread = thread;
        this.bound = bound;
        this.millis = millis;
        this.twice = twice;
    }

    /** There is no answer; the message says why. */
    static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        NoAnswer(String why, @Nullable Throwable cause) {
            super(why, cause);
        }

        NoAnswer(String why) {
            super(why);
        }
    }

    /** Whether the last question to this resolver is still being thought about. */
    boolean hangs(String resolver) {
        Thread asked = hanging.get(resolver);
        return asked != null && asked.isAlive();
    }

    /** The answer to a question; answers are compared by {@code equals}. */
    <T> T ask(String resolver, Supplier<T> question) throws NoAnswer {
        T answer = once(resolver, question);
        if (twice && !once(resolver, question).equals(answer)) {
            throw new NoAnswer("it gave two answers to one question: it must be pure");
        }
        return answer;
    }

    private <T> T once(String resolver, Supplier<T> question) throws NoAnswer {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread asked = new Thread(() -> complete(answer, question), thread);
        asked.setDaemon(true);
        asked.start();
        try {
            return answer.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            hanging.put(resolver, asked);
            asked.interrupt();
            throw new NoAnswer("it took longer than " + bound + " = " + millis);
        } catch (ExecutionException failure) {
            throw new NoAnswer("it failed", failure.getCause());
        } catch (InterruptedException stop) {
            asked.interrupt();
            Thread.currentThread().interrupt();
            throw new NoAnswer("interrupted while waiting for it");
        }
    }

    /** Everything is caught, since a failure that nobody hears of would look like one that hangs. */
    private static <T> void complete(CompletableFuture<T> answer, Supplier<T> question) {
        try {
            answer.complete(Objects.requireNonNull(question.get(), "its answer is null"));
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
