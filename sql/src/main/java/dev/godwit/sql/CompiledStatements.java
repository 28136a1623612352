package dev.godwit.sql;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one owner runs on a connection: each is compiled when it is first wanted, and lives as long as the
 * connection, so there is one owner per connection and not one per use. Not safe for use by two threads.
 */
public final class CompiledStatements {
    private final SqliteConnection connection;
    private final Map<String, SqliteStatement> compiled = new HashMap<>();

    /** On this connection. */
    public CompiledStatements(SqliteConnection connection) {
        this.connection = connection;
    }

    /** The statement of this SQL: reset it after use, do not close it. */
    public SqliteStatement of(String sql) {
        return named(sql, () -> sql);
    }

    /** The statement of this name, whose SQL is asked for only once: it may be costly to make. */
    public SqliteStatement named(String name, Supplier<String> sql) {
        @Nullable SqliteStatement known = compiled.get(name);
        if (known == null) {
            known = connection.prepare(sql.get());
            compiled.put(name, known);
        }
        return known;
    }
}
