package dev.godwit.model;

import java.util.Objects;

/**
 * One stored column of a synced table.
 *
 * @param name as declared
 * @param type the declared type without its merge word; empty where none was declared
 * @param merge how concurrent writes of it merge
 * @param collation the collating sequence, {@code BINARY} unless declared
 * @param notNull whether NULL is refused
 */
public record Column(String name, String type, MergeWord merge, String collation, boolean notNull) {
    /** Checks the components. */
    public Column {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(merge, "merge");
        Objects.requireNonNull(collation, "collation");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is empty");
        }
    }
}
