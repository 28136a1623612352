package dev.godwit.rows;

import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.CompiledStatements;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.stream.Collectors;

/** What SQLite puts into columns that an INSERT does not name. Not safe for use by two threads. */
public final class Defaults {
    private final SqliteConnection connection;
    private final CompiledStatements statements;

    /** For the tables of this database. */
    public Defaults(SqliteConnection connection) {
        this.connection = connection;
        this.statements = new CompiledStatements(connection);
    }

    /** A row of defaults, the caller's to keep; NULL in columns that have none. */
    public Value[] row(Table table) {
        SqliteStatement select = statements.named(table.name(), () -> defaults(table.name()));
        try {
            if (!select.step()) {
                throw new IllegalStateException("no defaults of " + table.name());
            }
            return Sql.values(select, 0, table.columns().size());
        } finally {
            select.reset();
        }
    }

    private String defaults(String table) {
        return Sql.rows(
                        connection,
                        "select coalesce(dflt_value, 'null') from pragma_table_xinfo(?) where hidden = 0 order by cid",
                        Value.of(table))
                .stream()
                .map(row -> "(" + row[0].asText() + ")")
                .collect(Collectors.joining(", ", "select ", ""));
    }
}
