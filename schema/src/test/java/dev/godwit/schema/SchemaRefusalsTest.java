package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.Limits;
import dev.godwit.model.MergeWord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message of the schema reader, whole: each names the file, the table, the column or line, and the mend. */
class SchemaRefusalsTest {
    private static final String ANCHOR = "\n(docs/troubleshooting.md#schema)";
    private static final String TASK = "create table task (id text primary key, team text scope not null);\n";
    private static final String SCOPE_MEND = "either one column like `team text scope not null`, or one policy row:"
            + " insert into godwit_policy values ('task', null, 'scope', 'shared')";
    private static final String COUNTER_MEND =
            "a counter is a whole number and never NULL;" + " declare `votes integer counter not null default 0`";
    private static final String SCOPE_COLUMN_MEND =
            "a scope column is a text and never NULL; declare `team text scope not null`";

    private static void assertRefused(String schema, String... problems) {
        assertThatThrownBy(() -> new SchemaReader(new JdbcSqlite()).read("app.sql", schema))
                .isInstanceOf(SchemaException.class)
                .hasMessage(String.join("\n", problems) + ANCHOR);
    }

    /** A table with a key, a scope, and one more column. */
    private static String with(String column) {
        return "create table task (id text primary key, team text scope not null, " + column + ");";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void columnIsRefused(String declaration, String expected) {
        assertRefused(with(declaration), expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"task (id text primary key, '' text)", "\"\" (id text primary key)"})
    void anEmptyNameIsRefused(String table) {
        assertThatThrownBy(() -> new SchemaReader(new JdbcSqlite()).read("app.sql", "create table " + table + ";"))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("it, or a column of it, has an empty name; give it one");
    }

    @Test
    void aNameThatNoReaderTakesIsRefused() {
        String longest = "n".repeat(Limits.NAME_CHARS);
        String shown = "n".repeat(100) + "…";
        String tooLong = ": its name has 1001 characters; give it a shorter one: a name has at most 1000 characters";
        String rest = " (id text primary key, team text scope not null, ";
        assertThat(new SchemaReader(new JdbcSqlite())
                        .read("app.sql", "create table " + longest + rest + longest + " text);")
                        .table(longest))
                .isPresent();
        assertRefused(
                "create table n" + longest + rest + longest + "n text);",
                "app.sql: " + shown + tooLong,
                "app.sql: " + shown + "." + shown + tooLong);
    }

    static Stream<Arguments> columnIsRefused() {
        return Stream.of(
                arguments("votes integer countr not null", misspelt("votes", "integer countr", "counter")),
                arguments("votes integer CUONTER not null", misspelt("votes", "integer CUONTER", "counter")),
                arguments("votes integer \"counter\"", misspelt("votes", "integer \"counter\"", "counter")),
                arguments("tags text add_win_set", misspelt("tags", "text add_win_set", "add_wins_set")),
                arguments("note text merge_text", misspelt("note", "text merge_text", "merged_text")),
                arguments("high integer maxx", misspelt("high", "integer maxx", "max")),
                arguments("address mac", misspelt("address", "mac", "max")),
                arguments("votes integer counter", "app.sql: task.votes: " + COUNTER_MEND),
                arguments("votes real counter not null", "app.sql: task.votes: " + COUNTER_MEND),
                arguments("votes text counter not null", "app.sql: task.votes: " + COUNTER_MEND),
                arguments("votes counter not null", "app.sql: task.votes: " + COUNTER_MEND),
                arguments("note integer merged_text", noText("note", "merged_text")),
                arguments("note numeric merged_text", noText("note", "merged_text")),
                arguments("note blob MERGED_TEXT", noText("note", "merged_text")),
                arguments("note merged_text", noText("note", "merged_text")),
                arguments("tags blob add_wins_set", noText("tags", "add_wins_set")),
                arguments("tags add_wins_set", noText("tags", "add_wins_set")),
                arguments("extra json merged_json", noText("extra", "merged_json")),
                arguments(
                        "area text scope not null",
                        "app.sql: task: more than one thing says which scope its rows live in; " + SCOPE_MEND),
                arguments(
                        "boss text references person",
                        "app.sql: task.boss: it refers to person, where there is no such table or column;"
                                + " create the parent in this file, or leave the REFERENCES out"),
                arguments(
                        "boss text references task (nick)",
                        "app.sql: task.boss: it refers to task, where there is no such table or column;"
                                + " create the parent in this file, or leave the REFERENCES out"),
                arguments(
                        "one text, two text, foreign key (one, two) references task",
                        "app.sql: task.one: it refers to task, where there is no such table or column;"
                                + " create the parent in this file, or leave the REFERENCES out"));
    }

    private static String misspelt(String column, String type, String word) {
        return "app.sql: task." + column + ": '" + type + "' ends in no merge word; did you mean '" + word
                + "'? If it is a type of its own, give it a size: `" + type + "(1)`";
    }

    private static String noText(String column, String word) {
        return "app.sql: task." + column + ": '" + word + "' on a column that is no text; declare `" + column + " text "
                + word + "`";
    }

    @Test
    void wordThatChangesTheAffinityIsRefusedWithThePolicyRowThatDoesNot() {
        String mend = "insert into godwit_policy values ('it''s', 'x''s', 'merge', 'max')";
        String table = "create table [it's] (id text primary key, team text scope not null, [x's] max);";
        assertRefused(
                table,
                "app.sql: it's.x's: 'max' would change the column's affinity from BLOB to NUMERIC; leave it out and say it"
                        + " with a policy row: " + mend);
        Column mended = new SchemaReader(new JdbcSqlite())
                .read("app.sql", table.replace(" max", "") + mend)
                .tables()
                .get(0)
                .columns()
                .get(2);
        assertThat(mended).isEqualTo(new Column("x's", "", MergeWord.MAX, "BINARY", false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tableIsRefused(String schema, String expected) {
        assertRefused(schema, expected);
    }

    static Stream<Arguments> tableIsRefused() {
        return Stream.of(
                arguments(
                        "create table task (id text, team text scope not null)",
                        "app.sql: task: it has no primary key; declare one, for instance `id text primary key`"),
                arguments(
                        "create table task (id text primary key)",
                        "app.sql: task: nothing says which scope its rows live in; " + SCOPE_MEND),
                arguments(
                        "create table task (id text primary key, team text scope)",
                        "app.sql: task.team: " + SCOPE_COLUMN_MEND),
                arguments(
                        "create table task (id text primary key, team integer scope not null)",
                        "app.sql: task.team: " + SCOPE_COLUMN_MEND),
                arguments(
                        "create table task (id text primary key, team scope not null)",
                        "app.sql: task.team: " + SCOPE_COLUMN_MEND),
                arguments(
                        "create table task (id integer counter not null primary key, team text scope not null)",
                        "app.sql: task.id: 'counter' on a column of the primary key; keys take no merge word;"
                                + " put it on another column"),
                arguments(
                        "create table task (id text, team text scope not null, primary key (id, team))",
                        "app.sql: task.team: 'scope' on a column of the primary key; keys take no merge word;"
                                + " put it on another column"),
                arguments(
                        TASK + "insert into task values ('1', 'red')",
                        "app.sql: task: the file inserts rows into it;"
                                + " insert rows with `godwit sql` or in the application"),
                arguments(
                        TASK + "create virtual table page using fts5(body)",
                        "app.sql: page: it is a virtual table, and those are not synced;"
                                + " create it in the application instead"),
                arguments("-- nothing\n;;", "app.sql: it creates no table; add a CREATE TABLE statement"),
                arguments("create view v as select 1", "app.sql: it creates no table; add a CREATE TABLE statement"),
                arguments(
                        "create table genre (id text primary key, owner text references task);" + TASK
                                + "insert into godwit_policy values ('genre', null, 'scope', 'shared')",
                        "app.sql: genre.owner: its rows live in the constant scope 'shared' and refer to rows of task,"
                                + " which live in scopes that not everybody holds;"
                                + " give it a scope column too, or the parent a constant scope"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table godwit_mine (id text primary key, team text scope not null)",
                "create table GODWIT_mine (id text primary key, team text scope not null)",
                "create table godwit_conflict (id text primary key, scope text scope not null)",
                "create view godwit_mine as select 1",
                "create index godwit_mine on task (team)",
                "create trigger godwit_mine after insert on task begin select 1; end",
                "create index mine on godwit_policy (policy)"
            })
    void namesOfTheEngineAreRefused(String statement) {
        String name = Stream.of("GODWIT_mine", "godwit_conflict", "index mine", "godwit_mine")
                .filter(statement::contains)
                .findFirst()
                .orElseThrow()
                .replace("index ", "");
        assertRefused(
                TASK + statement,
                "app.sql: " + name + ": names that begin with godwit_ are the engine's own; choose another name");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void statementThatSqliteRefusesIsNamedByItsLine(String schema, String expected) {
        assertRefused(schema, expected);
    }

    static Stream<Arguments> statementThatSqliteRefusesIsNamedByItsLine() {
        String mend = "; correct it; any SQLite tool shows the same error";
        String begins = ": SQLite refuses the statement that begins there: ";
        return Stream.of(
                arguments(
                        TASK + "\ncreate tabel x (id)",
                        "app.sql, line 3" + begins + "near \"tabel\": syntax error" + mend),
                arguments(
                        TASK + "-- a; comment\n/* of ; two\nlines */ create index i on task (absent);",
                        "app.sql, line 4" + begins + "no such column: absent" + mend),
                arguments(
                        TASK + "create table\n task (id)",
                        "app.sql, line 2" + begins + "table task already exists" + mend),
                arguments(
                        "create table t (a text default 'x;y''z;', \"b;\" text, `c;` text, [d;] text); nonsense",
                        "app.sql, line 1" + begins + "near \"nonsense\": syntax error" + mend),
                arguments(
                        TASK
                                + "create trigger r after insert on task begin\n  select case 1 when 1 then 2 end;\nend;\n?",
                        "app.sql, line 5" + begins + "near \"?\": syntax error" + mend),
                arguments(
                        TASK + "create trigger r after insert on task begin select 1",
                        "app.sql, line 2" + begins + "incomplete input" + mend),
                arguments(
                        with("price decimal(10, 2) MAX"),
                        "app.sql, line 1" + begins
                                + "near \"MAX\": syntax error; a type with a size takes no merge word"
                                + " behind it: leave the size out, or say the word with a policy row"),
                arguments(
                        "create table GODWIT_POLICY (on_table, on_column, policy, value)",
                        "app.sql, line 1" + begins + "table GODWIT_POLICY already exists"
                                + "; leave it out, or write `create table if not exists godwit_policy`"),
                arguments(
                        "\n\ncreate table t (id text primary key, votes integer counter not null) strict",
                        "app.sql, line 3" + begins + "unknown datatype for t.votes: \"integer counter\";"
                                + " a STRICT table takes no merge word in a type: say it with a policy row"));
    }

    @Test
    void everyProblemOfAFileIsListed() {
        assertRefused(
                "create table a (id text); create table b (id text primary key, n integer countr)",
                "app.sql: a: it has no primary key; declare one, for instance `id text primary key`",
                "app.sql: a: nothing says which scope its rows live in; " + SCOPE_MEND.replace("task", "a"),
                "app.sql: b.n: 'integer countr' ends in no merge word; did you mean 'counter'?"
                        + " If it is a type of its own, give it a size: `integer countr(1)`",
                "app.sql: b: nothing says which scope its rows live in; " + SCOPE_MEND.replace("task", "b"));
    }
}
