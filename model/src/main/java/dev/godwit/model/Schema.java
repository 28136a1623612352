package dev.godwit.model;

import java.util.List;
import java.util.Optional;

/**
 * What a schema file declares: the synced tables and the statements that make them.
 *
 * @param tables the synced tables, in the order in which the file creates them, and {@link ConflictTable} behind them
 * @param statements the CREATE TABLE, INDEX, TRIGGER and VIEW statements of the file, in order, as SQLite keeps them
 *     ({@code sqlite_master.sql}), and that of {@link ConflictTable}; executing them in an empty database makes every synced
 *     table
 * @param text the file itself
 */
public record Schema(List<Table> tables, List<Statement> statements, String text) {

    /** One object of the schema: its type as in {@code sqlite_master} (table, index, trigger, view), name and SQL. */
    public record Statement(String type, String name, String table, String sql) {}

    /** Copies the lists. */
    public Schema {
        tables = List.copyOf(tables);
        statements = List.copyOf(statements);
    }

    /** The table of this name; case does not matter, as in SQL. */
    public Optional<Table> table(String name) {
        return tables.stream().filter(t -> t.name().equalsIgnoreCase(name)).findFirst();
    }

    /** Every constant scope that a table of this schema lives in, sorted. */
    public List<String> constantScopes() {
        return tables.stream()
                .map(Table::constantScope)
                .filter(java.util.Objects::nonNull)
                .distinct()
                .sorted()
                .toList();
    }
}
