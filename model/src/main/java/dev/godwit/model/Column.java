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
 * @param options what policy rows say about it
 */
public record Column(
        String name, String type, MergeWord merge, String collation, boolean notNull, ColumnOptions options) {
    /** Checks the components. */
    public Column {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(merge, "merge");
        Objects.requireNonNull(collation, "collation");
        Objects.requireNonNull(options, "options");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is empty");
        }
    }

    /** A column without policy rows. */
    public Column(String name, String type, MergeWord merge, String collation, boolean notNull) {
        this(name, type, merge, collation, notNull, ColumnOptions.NONE);
    }

    /** What decides about concurrent writes of it, as people know it: a merge word, {@code last_writer} or {@code precedence}. */
    public String rule() {
        if (!options.precedence().isEmpty()) {
            return "precedence";
        }
        return merge == MergeWord.LAST_WRITER ? "last_writer" : merge.word();
    }
}
