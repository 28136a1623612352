/**
 * Background work that survives the process: requests are rows of SQLite, run when what they ask of the device holds. Useful
 * without syncing.
 */
@NullMarked
package dev.godwit.scheduler;

import org.jspecify.annotations.NullMarked;
