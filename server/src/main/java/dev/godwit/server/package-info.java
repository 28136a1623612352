/**
 * The server's engine: the state of rows with their commit numbers, push, pull, receipts, scopes, authorisation, and its
 * store.
 *
 * <p>It must not know HTTP, nor how a device stores. What the SQLite store persists is listed in
 * {@link dev.godwit.server.StoreTables}. Threads and locks are in {@code docs/concurrency.md}.
 */
@NullMarked
package dev.godwit.server;

import org.jspecify.annotations.NullMarked;
