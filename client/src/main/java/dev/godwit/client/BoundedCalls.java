package dev.godwit.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application's resolvers, each question on a thread of its own. One that takes too long is interrupted and left
 * behind; while it still runs it is asked nothing more, so that one that hangs costs its time once, and one thread. Belongs to
 * one thread at a time.
 */
final class BoundedCalls {
    private final long millis;
    private final boolean twice;
    private final Map<String, Thread> hanging = new HashMap<>();

    BoundedCalls(long millis, boolean twice) {
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
        Thread thread = hanging.get(resolver);
        return thread != null && thread.isAlive();
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
        Thread thread = new Thread(() -> complete(answer, question), "godwit-resolver");
        thread.setDaemon(true);
        thread.start();
        try {
            return answer.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            hanging.put(resolver, thread);
            thread.interrupt();
            throw new NoAnswer("it took longer than resolverMillis = " + millis);
        } catch (ExecutionException failure) {
            throw new NoAnswer("it failed", failure.getCause());
        } catch (InterruptedException stop) {
            thread.interrupt();
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
