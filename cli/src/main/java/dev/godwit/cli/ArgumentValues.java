package dev.godwit.cli;

import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Makes values of arguments: what a column would store if the text were put into it, and {@code x'…'} for bytes. */
final class ArgumentValues {
    private ArgumentValues() {}

    /** A value for a column. */
    static Value of(Column column, String text) {
        if (text.matches("[xX]'([0-9a-fA-F]{2})*'")) {
            return Value.of(HexFormat.of().parseHex(text, 2, text.length() - 1));
        }
        String type = column.type().isEmpty() ? "" : '"' + column.type().replace("\"", "\"\"") + '"';
        // SQLite itself says what its affinities make of a text
        try (SqliteConnection scratch = DatabaseCommand.DRIVER.open(SqliteOptions.of(":memory:"))) {
            scratch.execute("create table scratch (value " + type + ")");
            try (SqliteStatement insert = scratch.prepare("insert into scratch values (?)")) {
                insert.bindText(1, text);
                insert.step();
            }
            try (SqliteStatement stored = scratch.prepare("select value from scratch")) {
                stored.step();
                return switch (stored.columnType(0)) {
                    case INTEGER -> Value.of(stored.columnLong(0));
                    case REAL -> Value.of(stored.columnDouble(0));
                    default -> Value.of(text);
                };
            }
        }
    }

    /**
     * A key of a table.
     *
     * @throws IllegalArgumentException if the table's key has not as many columns
     */
    static Key key(Table table, List<String> texts) {
        List<String> names =
                table.key().stream().map(k -> table.columns().get(k).name()).toList();
        if (names.size() != texts.size()) {
            throw new IllegalArgumentException("the key of " + table.name() + " is " + String.join(",", names)
                    + ", and " + String.join(",", texts) + " has " + texts.size() + " of " + names.size() + " values");
        }
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            values.add(of(table.columns().get(table.key().get(i)), texts.get(i)));
        }
        return new Key(values);
    }
}
