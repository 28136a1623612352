package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The conflict inbox as it is described is the one that its statement makes, and every schema has it. */
class ConflictTableTest {
    private static final JdbcSqlite DRIVER = new JdbcSqlite();

    private static List<String> found(SqliteConnection connection, String sql) {
        List<String> rows = new ArrayList<>();
        try (SqliteStatement statement = connection.prepare(sql)) {
            while (statement.step()) {
                rows.add(statement.columnText(0));
            }
        }
        return rows;
    }

    @Test
    void statementMakesTheColumnsThatTheTableHas() {
        Table table = ConflictTable.TABLE;
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(":memory:"))) {
            connection.execute(ConflictTable.STATEMENT.sql());
            List<String> described = new ArrayList<>();
            for (int i = 0; i < table.columns().size(); i++) {
                Column column = table.columns().get(i);
                int key = table.key().indexOf(i) + 1;
                described.add(column.name() + "|" + column.type() + "|" + column.notNull() + "|" + key + "|stored");
            }
            String says =
                    "select name || '|' || lower(type) || '|' || iif(\"notnull\", 'true', 'false') || '|' || pk || '|'"
                            + " || iif(hidden, 'hidden', 'stored') from pragma_table_xinfo('godwit_conflict') order by cid";
            assertThat(found(connection, says)).isEqualTo(described);
            assertThat(found(connection, "select name from sqlite_master where sql is not null"))
                    .containsExactly(ConflictTable.NAME);
        }
    }

    /** What becomes of the text '7' and of the number 7 shows the affinity. */
    @Test
    void columnsHaveTheAffinityOfTheirTypes() {
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(":memory:"))) {
            connection.execute(ConflictTable.STATEMENT.sql());
            List<Column> columns = ConflictTable.TABLE.columns();
            for (String value : List.of("'7'", "7")) {
                connection.execute("insert into godwit_conflict values ("
                        + columns.stream().map(c -> value).collect(Collectors.joining(", ")) + ")");
                for (Column column : columns) {
                    String expected = switch (DeclaredType.affinity(column.type())) {
                        case "TEXT" -> "text";
                        case "INTEGER" -> "integer";
                        default -> value.equals("7") ? "integer" : "text";
                    };
                    assertThat(found(connection, "select typeof(" + column.name() + ") from godwit_conflict"))
                            .as(column.name() + " of " + value)
                            .containsExactly(expected);
                }
                connection.execute("delete from godwit_conflict");
            }
        }
    }

    @Test
    void readerMakesTheSameOfTheStatement() {
        String sql = ConflictTable.STATEMENT.sql().replace(ConflictTable.NAME, "inbox");
        Table read = new SchemaReader(DRIVER)
                .read("app.sql", sql + "; insert into godwit_policy values ('inbox', 'scope', 'merge', 'scope')")
                .tables()
                .get(0);
        Table table = ConflictTable.TABLE;
        assertThat(read)
                .usingRecursiveComparison()
                .ignoringFields("name", "columns")
                .isEqualTo(table);
        assertThat(read.columns().stream().map(ConflictTableTest::withoutOptions))
                .isEqualTo(table.columns().stream()
                        .map(ConflictTableTest::withoutOptions)
                        .toList());
        assertThat(table.columns().get(table.scopeColumn()).merge()).isEqualTo(MergeWord.SCOPE);
        assertThat(table.columns())
                .hasSameSizeAs(ConflictTable.Field.values())
                .allSatisfy(column -> assertThat(column.options().quiet()).isTrue());
    }

    /** SQLite writes the usual types in upper case. */
    private static Column withoutOptions(Column column) {
        return new Column(
                column.name(),
                column.type().toLowerCase(Locale.ROOT),
                column.merge(),
                column.collation(),
                column.notNull());
    }

    @Test
    void everySchemaHasItBehindItsOwnTables() {
        Schema schema = new SchemaReader(DRIVER)
                .read(
                        "app.sql",
                        "create view inbox as select tbl, mine from godwit_conflict where state = 'undecided';"
                                + "create table task (id text primary key, team text scope not null)");
        assertThat(schema.tables()).extracting(Table::name).containsExactly("task", ConflictTable.NAME);
        assertThat(schema.tables().get(1)).isSameAs(ConflictTable.TABLE);
        assertThat(schema.statements())
                .extracting(Schema.Statement::name)
                .containsExactly("inbox", "task", ConflictTable.NAME);
        assertThat(schema.statements().get(2)).isSameAs(ConflictTable.STATEMENT);
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(":memory:"))) {
            schema.statements().forEach(statement -> connection.execute(statement.sql()));
            assertThat(found(connection, "select count(*) from inbox")).containsExactly("0");
        }
    }
}
