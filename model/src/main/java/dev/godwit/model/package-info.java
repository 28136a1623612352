/**
 * The shared vocabulary as records: schema, values, transactions, changes, commit numbers, stamps and limits.
 *
 * <p>Everything here is immutable and depends on the JDK only. It must not know SQL text, bytes on a wire, or time.
 */
@NullMarked
package dev.godwit.model;

import org.jspecify.annotations.NullMarked;
