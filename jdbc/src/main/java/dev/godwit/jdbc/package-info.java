/**
 * {@code sql} over the SQLite JDBC driver, for every JVM that is not Android. It must not know anything above {@code sql}.
 */
@NullMarked
package dev.godwit.jdbc;

import org.jspecify.annotations.NullMarked;
