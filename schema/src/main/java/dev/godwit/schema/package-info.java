/**
 * Reads a schema file, through {@code sql}, into {@code model}, with errors that name the mend; writes a starting file for an
 * existing database; and decides whether one schema grew out of another.
 *
 * <p>It must not know how anything is stored.
 */
@NullMarked
package dev.godwit.schema;

import org.jspecify.annotations.NullMarked;
