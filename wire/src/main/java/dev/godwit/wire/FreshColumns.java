package dev.godwit.wire;

import java.util.List;

/** Columns of a table that the device has only had since a change of its schema, and so pulls from zero (H7). */
public record FreshColumns(String table, List<String> columns) {
    /** Copies the list and checks the components. */
    public FreshColumns {
        columns = List.copyOf(columns);
        if (table.isEmpty() || columns.isEmpty()) {
            throw new IllegalArgumentException("table or columns is empty: '" + table + "' " + columns);
        }
    }
}
