package dev.godwit.model;

import java.util.List;
import java.util.Objects;

/**
 * A REFERENCES clause.
 *
 * @param columns the columns of the child table, as indexes into {@link Table#columns()}
 * @param parent the parent table, as declared there
 * @param parentColumns the referenced columns of the parent, as indexes into its {@link Table#columns()}
 * @param onDelete what happens to the children of a deleted parent
 */
public record ForeignKey(List<Integer> columns, String parent, List<Integer> parentColumns, Action onDelete) {

    /** SQLite's actions; RESTRICT is NO_ACTION here, since both refuse. */
    public enum Action {
        NO_ACTION,
        CASCADE,
        SET_NULL,
        SET_DEFAULT
    }

    /** Copies the lists and checks them. */
    public ForeignKey {
        columns = List.copyOf(columns);
        parentColumns = List.copyOf(parentColumns);
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(onDelete, "onDelete");
        if (columns.isEmpty() || columns.size() != parentColumns.size()) {
            throw new IllegalArgumentException(
                    "columns " + columns + " and parentColumns " + parentColumns + " differ in number");
        }
    }
}
