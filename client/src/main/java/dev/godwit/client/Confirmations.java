package dev.godwit.client;

import dev.godwit.model.Outcome;
import dev.godwit.model.TransactionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Who waits in this process for the server's decisions. Holds the newest ones; whoever asks about an older transaction asks
 * the outbox. Safe for use by many threads.
 */
final class Confirmations {
    private final int limit;
    private final Executor executor;
    private final Map<TransactionId, CompletableFuture<Outcome>> waiting = new LinkedHashMap<>();

    /** Futures are completed on the executor, so that what an application hangs on them holds up no sync. */
    Confirmations(int limit, Executor executor) {
        this.limit = limit;
        this.executor = executor;
    }

    void await(TransactionId id, CompletableFuture<Outcome> confirmed) {
        synchronized (waiting) {
            waiting.put(id, confirmed);
            if (waiting.size() > limit) {
                waiting.remove(waiting.keySet().iterator().next());
            }
        }
    }

    void confirm(TransactionId id, Outcome outcome) {
        CompletableFuture<Outcome> confirmed = take(id);
        if (confirmed != null) {
            executor.execute(() -> confirmed.complete(outcome));
        }
    }

    void forget(TransactionId id) {
        CompletableFuture<Outcome> confirmed = take(id);
        if (confirmed != null) {
            confirmed.cancel(false);
        }
    }

    private @Nullable CompletableFuture<Outcome> take(TransactionId id) {
        synchronized (waiting) {
            return waiting.remove(id);
        }
    }
}
