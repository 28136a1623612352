package dev.godwit.cli;

import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
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
        // SQLite itself says what its affinities make of a text
        try (SqliteConnection scratch = DatabaseCommand.DRIVER.open(SqliteOptions.of(":memory:"))) {
            String type = column.type().isEmpty() ? "" : Sql.name(column.type());
            scratch.execute("create table scratch (value " + type + ")");
            Sql.run(scratch, "insert into scratch values (?)", Value.of(text));
            return Sql.rows(scratch, "select value from scratch").get(0)[0];
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
