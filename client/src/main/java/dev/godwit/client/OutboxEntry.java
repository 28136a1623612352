package dev.godwit.client;

import dev.godwit.model.TransactionId;

/**
 * A transaction that the server has not accepted.
 *
 * @param id its id, for {@link Godwit#retry} and {@link Godwit#discard}
 * @param status {@code pending} (never sent), {@code sent} (no answer yet), {@code blocked} (does not fit on the server's
 *     state and is left out of the local view) or {@code parked} (refused: a person decides)
 * @param rows how many rows it changes
 * @param tables which tables
 * @param attempts how often it was sent
 * @param reason why it is blocked or parked; empty otherwise
 * @param sinceMillis since when it has that status, by the local wall clock
 */
public record OutboxEntry(
        TransactionId id, String status, int rows, String tables, int attempts, String reason, long sinceMillis) {}
