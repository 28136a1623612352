/**
 * Background work that survives the process: requests are rows of SQLite, run when what they ask of the device holds. Useful
 * without syncing.
 *
 * <p>It must not know syncing. What it persists is listed in {@code WorkTables} and {@code QueueTables}.
 */
@NullMarked
package dev.godwit.scheduler;

import org.jspecify.annotations.NullMarked;
