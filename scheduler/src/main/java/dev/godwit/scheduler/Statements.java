package dev.godwit.scheduler;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The statements of one connection, each compiled once. Not safe for use by two threads. */
final class Statements implements AutoCloseable {
    private final SqliteConnection connection;
    private final Map<String, SqliteStatement> prepared = new HashMap<>();

    Statements(SqliteConnection connection) {
        this.connection = connection;
    }

    SqliteConnection connection() {
        return connection;
    }

    /** What has been run so far. */
    Set<String> known() {
        return Set.copyOf(prepared.keySet());
    }

    /** Runs a statement without rows; returns how many it changed. */
    long run(String sql, @Nullable Object... values) {
        SqliteStatement statement = bound(sql, values);
        try {
            statement.step();
        } finally {
            statement.reset();
        }
        return connection.changes();
    }

    /** Runs a statement without rows, and does not ask how many it changed. */
    void just(String sql, @Nullable Object... values) {
        SqliteStatement statement = bound(sql, values);
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    /** The number in the first column of the first row; {@code otherwise} if there is none or it is null. */
    long number(long otherwise, String sql, @Nullable Object... values) {
        SqliteStatement statement = bound(sql, values);
        try {
            return statement.step() && statement.columnType(0) != SqliteStatement.Type.NULL
                    ? statement.columnLong(0)
                    : otherwise;
        } finally {
            statement.reset();
        }
    }

    /** All rows. */
    <T> List<T> list(Function<SqliteStatement, T> reader, String sql, @Nullable Object... values) {
        SqliteStatement statement = bound(sql, values);
        List<T> list = new ArrayList<>();
        try {
            while (statement.step()) {
                list.add(reader.apply(statement));
            }
        } finally {
            statement.reset();
        }
        return list;
    }

    List<Long> numbers(String sql, @Nullable Object... values) {
        return list(row -> row.columnLong(0), sql, values);
    }

    private SqliteStatement bound(String sql, @Nullable Object... values) {
        SqliteStatement statement = prepared.computeIfAbsent(sql, connection::prepare);
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i]);
        }
        return statement;
    }

    private static void bind(SqliteStatement statement, int parameter, @Nullable Object value) {
        if (value == null) {
            statement.bindNull(parameter);
        } else if (value instanceof Long number) {
            statement.bindLong(parameter, number);
        } else if (value instanceof Integer number) {
            statement.bindLong(parameter, number);
        } else if (value instanceof Boolean yes) {
            statement.bindLong(parameter, yes ? 1 : 0);
        } else if (value instanceof byte[] bytes) {
            statement.bindBlob(parameter, bytes);
        } else {
            statement.bindText(parameter, value.toString());
        }
    }

    @Override
    public void close() {
        prepared.values().forEach(SqliteStatement::close);
        prepared.clear();
    }
}
