package dev.godwit.client;

import dev.godwit.sql.SqliteConnection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A local transaction, within {@link Godwit#write}. Plain SQL; every row of a synced table that it changes is captured.
 * Belongs to the thread that runs it, and ends with it.
 */
public final class Tx {
    private static final Set<String> ENDS = Set.of("begin", "commit", "end", "rollback");

    private final SqliteConnection connection;
    private final WriteStatements statements;
    private boolean over;

    Tx(SqliteConnection connection, WriteStatements statements) {
        this.statements = statements;
        this.connection = connection;
    }

    /**
     * Runs one statement.
     *
     * @param parameters one per {@code ?}: strings, numbers, booleans, UUIDs, enum constants, bytes, null
     * @return how many rows it changed
     * @throws dev.godwit.sql.SqliteException if SQLite refuses it
     */
    public long run(String sql, @Nullable Object... parameters) {
        check(sql);
        return statements.run(sql, parameters);
    }

    /** Runs a query, which sees what this transaction has done so far. */
    public List<Row> query(String sql, @Nullable Object... parameters) {
        check(sql);
        return Queries.run(connection, sql, parameters).rows();
    }

    /** The rows of a table as records of this type; see {@link Records}. */
    public <T extends Record> Records<T> records(Class<T> type, String table) {
        return new Records<>(type, table, this::query, this::run);
    }

    private void check(String sql) {
        if (over) {
            throw new IllegalStateException("the transaction is over: " + sql);
        }
        String first = sql.strip().toLowerCase(Locale.ROOT);
        int end = 0;
        while (end < first.length() && Character.isLetter(first.charAt(end))) {
            end++;
        }
        String word = first.substring(0, end);
        if (ENDS.contains(word) && !first.startsWith("rollback to")) {
            throw new IllegalArgumentException(
                    "write(…) begins and ends the transaction itself; leave out: " + sql + " (savepoints are welcome)");
        }
    }

    void close() {
        over = true;
    }
}
