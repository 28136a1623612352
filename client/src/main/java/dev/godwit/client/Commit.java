package dev.godwit.client;

import dev.godwit.model.Outcome;
import dev.godwit.model.TransactionId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A local transaction that has been committed: having this object means that it is durable here.
 *
 * @param id its id; empty if it changed no synced row
 * @param confirmed completes with the server's decision when a sync of this process has brought it, on a thread of the engine;
 *     never, if more than {@code Limits.receiptsKept} younger transactions wait. After a restart ask {@link Godwit#outbox()}
 */
public record Commit(Optional<TransactionId> id, CompletableFuture<Outcome> confirmed) {}
