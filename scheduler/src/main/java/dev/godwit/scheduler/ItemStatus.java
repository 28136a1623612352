package dev.godwit.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Where an item of a {@link SyncQueue} is.
 *
 * @param idempotencyKey given or made
 * @param key its serial key; null for none
 * @param state where it is
 * @param attempts how often the service has said {@link ItemOutcome.Retry} of it
 * @param enqueuedMillis when it was enqueued, by the wall clock of then
 * @param reason what the service said last; null if nothing
 */
public record ItemStatus(
        String idempotencyKey,
        @Nullable String key,
        ItemState state,
        int attempts,
        long enqueuedMillis,
        @Nullable String reason) {}
