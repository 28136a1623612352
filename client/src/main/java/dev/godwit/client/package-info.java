/**
 * The local database of a device: capture, outbox, rebase, checkpoints, the sync loop, HTTP transport, sync as background
 * work, the inbox and live queries.
 *
 * <p>It must not know how the server stores, nor what runs the SQLite below {@code sql}. What it persists, beside the
 * application's tables in the same file, is listed in {@link dev.godwit.client.LocalTables}. Threads and locks are in
 * {@code docs/concurrency.md}.
 */
@NullMarked
package dev.godwit.client;

import org.jspecify.annotations.NullMarked;
