package dev.godwit.client;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The application's own INSERTs, UPDATEs and DELETEs on the writing connection, compiled once: compiling costs more than many
 * of them take. Queries are not kept, since their columns may change. Not safe for use by two threads.
 */
final class WriteStatements {
    private static final int KEPT = 64;

    private final SqliteConnection connection;
    private final Map<String, SqliteStatement> kept = new LinkedHashMap<>(16, 0.75f, true);

    WriteStatements(SqliteConnection connection) {
        this.connection = connection;
    }

    /** Runs a statement and says how many rows it changed. */
    long run(String sql, @Nullable Object... parameters) {
        if (!isPlainWrite(sql)) {
            return Queries.run(connection, sql, parameters).changes();
        }
        SqliteStatement statement = statement(sql);
        Queries.bind(statement, sql, parameters);
        try {
            statement.step();
            return connection.changes();
        } finally {
            statement.reset();
        }
    }

    private static boolean isPlainWrite(String sql) {
        String text = sql.stripLeading().toLowerCase(Locale.ROOT);
        boolean write = text.startsWith("insert") || text.startsWith("update") || text.startsWith("delete");
        return write && !text.contains("returning");
    }

    private SqliteStatement statement(String sql) {
        SqliteStatement known = kept.get(sql);
        if (known != null) {
            return known;
        }
        SqliteStatement compiled = connection.prepare(sql);
        kept.put(sql, compiled);
        if (kept.size() > KEPT) {
            String eldest = kept.keySet().iterator().next();
            SqliteStatement removed = kept.remove(eldest);
            if (removed != null) {
                removed.close();
            }
        }
        return compiled;
    }
}
