/**
 * Reads, captures and writes the rows of synced tables through {@code sql}: statements per table, shadow tables and
 * triggers that keep before-images, references between rows, and the compact encoding of keys.
 *
 * <p>Both engines stand on it, so that a device and a server mean the same by a row. It must not know syncing: no scope
 * is granted, no commit number is given and nothing is sent from here.
 *
 * <p>What it persists: per synced table {@code T} the tables {@code godwit_before_T} and {@code godwit_absent_T} and a view
 * {@code godwit_keep_T} (see {@link dev.godwit.rows.Capture}), and one row in {@code godwit_control}.
 */
@NullMarked
package dev.godwit.rows;

import org.jspecify.annotations.NullMarked;
