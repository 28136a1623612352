package dev.godwit.rows;

import dev.godwit.model.Value;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names and values between the model and SQLite. */
public final class Sql {
    private Sql() {}

    /** A name as SQL reads it back exactly, whatever it holds. */
    public static String name(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A text literal. */
    public static String literal(String text) {
        return '\'' + text.replace("'", "''") + '\'';
    }

    /** {@code piece(0), piece(1), …} with a separator. */
    static String join(int count, String separator, IntFunction<String> piece) {
        return IntStream.range(0, count).mapToObj(piece).collect(Collectors.joining(separator));
    }

    /** Binds a value to a parameter; the first is 1. */
    public static void bind(SqliteStatement statement, int parameter, Value value) {
        if (value instanceof Value.TextValue text) {
            statement.bindText(parameter, text.value());
        } else if (value instanceof Value.IntegerValue integer) {
            statement.bindLong(parameter, integer.value());
        } else if (value instanceof Value.NullValue) {
            statement.bindNull(parameter);
        } else if (value instanceof Value.RealValue real) {
            statement.bindDouble(parameter, real.value());
        } else if (value instanceof Value.BlobValue blob) {
            statement.bindBlob(parameter, blob.value());
        }
    }

    /** Binds values to parameters from {@code first} on. */
    public static void bindAll(SqliteStatement statement, int first, List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            bind(statement, first + i, values.get(i));
        }
    }

    /** The value of a column of the current row; the first is 0. */
    public static Value value(SqliteStatement statement, int column) {
        return switch (statement.columnType(column)) {
            case NULL -> Value.NULL;
            case INTEGER -> Value.of(statement.columnLong(column));
            case REAL -> Value.of(statement.columnDouble(column));
            case TEXT -> Value.of(statement.columnText(column));
            case BLOB -> Value.of(statement.columnBlob(column));
        };
    }

    /** The values of {@code count} columns of the current row, from {@code first} on. */
    public static Value[] values(SqliteStatement statement, int first, int count) {
        Value[] values = new Value[count];
        for (int i = 0; i < count; i++) {
            values[i] = value(statement, first + i);
        }
        return values;
    }

    /** Runs a statement that returns one integer, or 0 if it returns no row. */
    public static long number(SqliteConnection connection, String sql, Value... parameters) {
        try (SqliteStatement statement = connection.prepare(sql)) {
            bindAll(statement, 1, List.of(parameters));
            return statement.step() ? statement.columnLong(0) : 0;
        }
    }

    /** Runs a statement for its effect; returns how many rows it changed. */
    public static long run(SqliteConnection connection, String sql, Value... parameters) {
        try (SqliteStatement statement = connection.prepare(sql)) {
            bindAll(statement, 1, List.of(parameters));
            boolean more = statement.step();
            while (more) {
                more = statement.step();
            }
        }
        return connection.changes();
    }

    /** All rows of a query. Only for results that are small by construction. */
    public static List<Value[]> rows(SqliteConnection connection, String sql, Value... parameters) {
        List<Value[]> rows = new ArrayList<>();
        try (SqliteStatement statement = connection.prepare(sql)) {
            bindAll(statement, 1, List.of(parameters));
            while (statement.step()) {
                rows.add(values(statement, 0, statement.columnCount()));
            }
        }
        return rows;
    }
}
