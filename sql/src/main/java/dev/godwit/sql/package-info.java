/**
 * A small interface to SQLite in the shape of SQLite's own API: open, prepare, bind, step, column.
 *
 * <p>Implemented by {@code jdbc} over the JDBC driver; the shape leaves room for one over Android's own SQLite, which does
 * not exist yet. It must not know JDBC, Android, or anything of Godwit above it. Connections and statements belong to one
 * thread at a time.
 */
@NullMarked
package dev.godwit.sql;

import org.jspecify.annotations.NullMarked;
