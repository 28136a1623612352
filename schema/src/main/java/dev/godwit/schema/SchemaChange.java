package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import java.util.List;
import java.util.Map;

/**
 * How one schema grew out of another: only by tables, columns at the end of a table, indexes, views and triggers.
 *
 * @param statements SQL that turns a database of the old schema into one of the new, in order
 * @param newTables tables that are new
 * @param newColumns columns that are new, by table
 */
public record SchemaChange(List<String> statements, List<Table> newTables, Map<String, List<Column>> newColumns) {

    /** Copies the collections. */
    public SchemaChange {
        statements = List.copyOf(statements);
        newTables = List.copyOf(newTables);
        newColumns = Map.copyOf(newColumns);
    }

    /**
     * Compares.
     *
     * @throws SchemaException if the new schema takes something away or changes it
     */
    public static SchemaChange between(Schema before, Schema after) {
        return new SchemaComparison(before, after).result();
    }
}
