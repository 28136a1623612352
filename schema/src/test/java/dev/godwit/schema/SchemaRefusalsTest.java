package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.MergeWord;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
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

    private static String policy(String row) {
        return TASK + "insert into godwit_policy values (" + row + ");";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void columnIsRefused(String declaration, String expected) {
        assertRefused(with(declaration), expected);
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

    @Test
    void wordThatChangesTheAffinityIsRefusedWithThePolicyRowThatDoesNot() {
        assertRefused(
                with("price numeric merged_text"),
                "app.sql: task.price: 'merged_text' would change the column's affinity from NUMERIC to TEXT; leave it out"
                        + " and say it with a policy row: insert into godwit_policy values ('task', 'price', 'merge', 'merged_text')",
                "app.sql: task.price: 'merged_text' comes in a later release;"
                        + " leave the word out until then: the column merges by last writer");
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
                "create view godwit_mine as select 1",
                "create index godwit_mine on task (team)",
                "create trigger godwit_mine after insert on task begin select 1; end",
                "create index mine on godwit_policy (policy)"
            })
    void namesOfTheEngineAreRefused(String statement) {
        String name = statement.contains("GODWIT")
                ? "GODWIT_mine"
                : statement.contains("index mine") ? "mine" : "godwit_mine";
        assertRefused(
                TASK + statement,
                "app.sql: " + name + ": names that begin with godwit_ are the engine's own; choose another name");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void policyIsRefused(String row, String expected) {
        assertRefused(policy(row), expected);
    }

    static Stream<Arguments> policyIsRefused() {
        String task = "app.sql: godwit_policy for task: ";
        String team = "app.sql: godwit_policy for task.team: ";
        return Stream.of(
                arguments(
                        "'tusk', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for tusk: there is no table 'tusk'; did you mean 'task'?"),
                arguments(
                        "'invoice', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for invoice: there is no table 'invoice'; known are task"),
                arguments(
                        "'godwit_policy', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for godwit_policy: there is no table 'godwit_policy'; known are task"),
                arguments(
                        "'task', 'taem', 'merge', 'scope'",
                        "app.sql: godwit_policy for task.taem: there is no column 'taem'; did you mean 'team'?"),
                arguments("'task', null, 'delet', 'x'", task + "'delet' is no policy; did you mean 'delete'?"),
                arguments(
                        "'task', null, 'colour', 'x'", task + "'colour' is no policy; known are delete, merge, scope"),
                arguments(
                        "'task', null, 'delete', 'update_wins'",
                        task + "delete policy 'update_wins' comes in a later release; use 'delete_wins' until then"),
                arguments(
                        "'task', null, 'delete', 'manual'",
                        task + "delete policy 'manual' comes in a later release; use 'delete_wins' until then"),
                arguments("'task', null, 'delete', 'never'", task + "'never' is no delete policy; use 'delete_wins'"),
                arguments(
                        "'task', 'team', 'merge', 'countr'",
                        team + "'countr' is no merge word for a column; did you mean 'counter'?"),
                arguments(
                        "'task', 'team', 'merge', 'mix'",
                        team + "'mix' is no merge word for a column; did you mean 'max'?"),
                arguments(
                        "'task', 'team', 'merge', 'win'",
                        team + "'win' is no merge word for a column; did you mean 'min'?"),
                arguments(
                        "'task', 'team', 'merge', 'newest'",
                        team + "'newest' is no merge word for a column; known are " + words()),
                arguments(
                        "'task', null, 'merge', 'counter'",
                        task + "'counter' is no merge word for a whole table; name a column in on_column"),
                arguments(
                        "'task', 'team', 'scope', 'shared'",
                        team + "a constant scope belongs to a whole table and has a name; set on_column to null,"
                                + " and value to the scope's name"),
                arguments(
                        "'task', null, 'scope', ''",
                        task + "a constant scope belongs to a whole table and has a name; set on_column to null,"
                                + " and value to the scope's name"),
                arguments(
                        "'task', 'id', 'merge', 'counter'",
                        "app.sql: task.id: 'counter' on a column of the primary key; keys take no merge word;"
                                + " put it on another column"),
                arguments(
                        "'task', 'team', 'merge', 'counter'",
                        "app.sql: task.team: its type and its policy row name different merge words; keep one of them"),
                arguments(
                        "'task', null, 'scope', 'shared'",
                        "app.sql: task: more than one thing says which scope its rows live in; " + SCOPE_MEND));
    }

    private static String words() {
        return String.join(
                ", ",
                List.of(
                        "server_order",
                        "counter",
                        "max",
                        "min",
                        "add_wins_set",
                        "merged_text",
                        "merged_json",
                        "first_write",
                        "three_way",
                        "manual",
                        "custom",
                        "read_only",
                        "scope"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"precedence", "unique", "parent", "key_clash", "retention", "eviction", "array_key", "quiet"})
    void policyThatComesLaterIsRefusedByName(String word) {
        assertRefused(
                policy("'task', null, '" + word + "', 'x'"),
                "app.sql: godwit_policy for task: policy '" + word
                        + "' comes in a later release; leave the row out until then");
    }

    @Test
    void policyForAViewOrTwoThatDifferAreRefused() {
        assertRefused(
                TASK
                        + "create view v as select * from task; insert into godwit_policy values ('v', null, 'scope', 's')",
                "app.sql: godwit_policy for v: there is no table 'v'; known are task");
        assertRefused(
                "create table task (id text primary key); insert into godwit_policy values"
                        + " ('task', null, 'scope', 'one'), ('TASK', null, 'scope', 'two')",
                "app.sql: godwit_policy for TASK: two rows say different things; keep one of them");
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
