package dev.godwit.scheduler;

/**
 * What became of an item that was enqueued.
 *
 * @param idempotencyKey given or made
 * @param isNew false: there is, or was, an item of this key in the queue, and nothing was added
 * @param state where the item of this key is
 */
public record Queued(String idempotencyKey, boolean isNew, ItemState state) {}
