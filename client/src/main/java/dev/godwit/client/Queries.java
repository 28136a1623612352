package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Runs SQL of the application with Java values for parameters. */
final class Queries {
    private Queries() {}

    /** The result of a statement: its rows, or how many it changed. */
    record Result(List<Row> rows, long changes) {}

    static Result run(SqliteConnection connection, String sql, @Nullable Object... parameters) {
        try (SqliteStatement statement = connection.prepare(sql)) {
            bind(statement, sql, parameters);
            return read(connection, statement);
        }
    }

    /** Binds Java values to all parameters of a statement. */
    static void bind(SqliteStatement statement, String sql, @Nullable Object... parameters) {
        if (statement.parameterCount() != parameters.length) {
            throw new IllegalArgumentException("the statement has " + statement.parameterCount()
                    + " parameters and got " + parameters.length + ": " + sql);
        }
        for (int i = 0; i < parameters.length; i++) {
            Sql.bind(statement, i + 1, value(parameters[i]));
        }
    }

    private static Result read(SqliteConnection connection, SqliteStatement statement) {
        List<Row> rows = new ArrayList<>();
        List<String> names = null;
        while (statement.step()) {
            if (names == null) {
                names = names(statement);
            }
            rows.add(new Row(names, List.of(Sql.values(statement, 0, names.size()))));
        }
        return new Result(rows, connection.changes());
    }

    private static List<String> names(SqliteStatement statement) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < statement.columnCount(); i++) {
            names.add(statement.columnName(i));
        }
        return List.copyOf(names);
    }

    /** A Java value as SQLite stores it. */
    static Value value(@Nullable Object value) {
        if (value == null) {
            return Value.NULL;
        } else if (value instanceof Value already) {
            return already;
        } else if (value instanceof String || value instanceof UUID || value instanceof Enum<?>) {
            return Value.of(value instanceof Enum<?> constant ? constant.name() : value.toString());
        } else if (value instanceof Double || value instanceof Float) {
            return Value.of(((Number) value).doubleValue());
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            return Value.of(((Number) value).longValue());
        } else if (value instanceof Boolean truth) {
            return Value.of(truth ? 1L : 0L);
        } else if (value instanceof byte[] bytes) {
            return Value.of(bytes);
        }
        throw new IllegalArgumentException(
                "no SQLite value for " + value.getClass().getName()
                        + ": give a String, a number, a boolean, a UUID, an enum constant, bytes or null");
    }
}
