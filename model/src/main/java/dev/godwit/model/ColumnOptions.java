package dev.godwit.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What policy rows say about one column, beside its merge word.
 *
 * @param precedence the values of a column whose order decides, the weakest first; empty if it is not so
 * @param arrayKey the member that identifies the objects of an array in a {@code merged_json} column, or null
 * @param quiet whether values that lose in this column leave no entry in the history of conflicts
 */
public record ColumnOptions(
        List<String> precedence, @Nullable String arrayKey, boolean quiet) {
    /** Nothing. */
    public static final ColumnOptions NONE = new ColumnOptions(List.of(), null, false);

    /** Copies the list. */
    public ColumnOptions {
        precedence = List.copyOf(precedence);
    }
}
