/**
 * A small interface to SQLite in the shape of SQLite's own API: open, prepare, bind, step, column.
 *
 * <p>Implemented by {@code jdbc} over the JDBC driver and on Android over the framework's SQLite. It must not know JDBC,
 * Android, or anything of Godwit above it. Connections and statements belong to one thread at a time.
 */
@NullMarked
package dev.godwit.sql;

import org.jspecify.annotations.NullMarked;
