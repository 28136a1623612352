package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a schema may grow, shown on a database with rows; and every change that is refused, with its whole message. */
class SchemaChangeTest {
    private static final JdbcSqlite DRIVER = new JdbcSqlite();
    private static final String COLUMNS = "id text primary key, team text scope not null,"
            + " title text default 'none' check (title <> ''), votes integer counter not null default 0, code text unique";
    private static final String TASK = "create table task (" + COLUMNS + ");\n";
    private static final String ROW = "insert into task (id, team, votes) values ('1', 'red', 7)";
    private static final String NEW_MEANING = "leave it, and make a new column for a new meaning";

    private static Schema read(String schema) {
        return new SchemaReader(DRIVER).read("app.sql", schema);
    }

    private static SchemaChange change(String before, String after) {
        return SchemaChange.between(read(before), read(after));
    }

    /** Makes the change in a database of the old schema that has a row, and returns what a query finds then. */
    private static List<String> grown(String before, String after, String sql) {
        List<String> found = new ArrayList<>();
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(":memory:"))) {
            read(before).statements().forEach(statement -> connection.execute(statement.sql()));
            connection.execute(ROW);
            change(before, after).statements().forEach(connection::execute);
            try (SqliteStatement statement = connection.prepare(sql)) {
                while (statement.step()) {
                    found.add(statement.columnText(0));
                }
            }
        }
        return found;
    }

    private static String withColumn(String definition) {
        return "create table task (" + COLUMNS + ", " + definition + "\n);\n";
    }

    @Test
    void sameSchemaIsNoChange() {
        String rewritten = """
                -- the tasks
                CREATE TABLE task (
                  "id" TEXT PRIMARY KEY, -- a UUID
                  team text /* where it lives */ scope not null, [title] text default 'none' check (title<>''),
                  votes integer not null default 0, code text unique
                );
                insert into godwit_policy values ('task', 'votes', 'merge', 'counter');
                """;
        for (String after : List.of(TASK, rewritten)) {
            SchemaChange change = change(TASK, after);
            assertThat(change.statements()).isEmpty();
            assertThat(change.newTables()).isEmpty();
            assertThat(change.newColumns()).isEmpty();
        }
    }

    @Test
    void newTableIsCreatedWithItsIndexes() {
        String after = "create table note (id text primary key, team text scope not null, task text references task);"
                + TASK + "create index note_task on note (task);";
        SchemaChange change = change(TASK, after);
        assertThat(change.newTables()).extracting(Table::name).containsExactly("note");
        assertThat(change.newColumns()).isEmpty();
        assertThat(grown(TASK, after, "select name from sqlite_master where tbl_name = 'note' and sql is not null"))
                .containsExactly("note", "note_task");
    }

    @ParameterizedTest
    @MethodSource
    void newColumnIsAddedToTheRowsThatExist(String definition, String column, String value) {
        SchemaChange change = change(TASK, withColumn(definition));
        assertThat(change.newTables()).isEmpty();
        Map<String, List<Column>> columns = change.newColumns();
        assertThat(columns).containsOnlyKeys("task");
        assertThat(columns.get("task")).hasSize(1);
        assertThat(grown(TASK, withColumn(definition), "select " + column + " from task"))
                .containsExactly(value);
    }

    static Stream<Arguments> newColumnIsAddedToTheRowsThatExist() {
        return Stream.of(
                arguments("note text", "note", ""),
                arguments("note", "note", ""),
                arguments("note text default null", "note", ""),
                arguments("hits integer counter not null default 0", "hits", "0"),
                arguments("hits integer not null default -1", "hits", "-1"),
                arguments("note text not null default 'it''s, (new)'", "note", "it's, (new)"),
                arguments("note text default 'x' -- the last word", "note", "x"),
                arguments("/* a */ note -- b\n text /* c, d) */ default 'x' -- e\n", "note", "x"),
                arguments("\"a \"\"b\"\" , c\" text default 'x'", "\"a \"\"b\"\" , c\"", "x"),
                arguments("[order] decimal(10, 2) default 1.5", "[order]", "1.5"),
                arguments("`group` text default 'x'", "`group`", "x"),
                arguments("'quoted' text default 'x'", "\"quoted\"", "x"),
                arguments("ünï$x text default 'x'", "ünï$x", "x"),
                arguments("above text references task on delete set null", "above", ""),
                arguments("level integer not null default 1 check (level in (1, 2))", "level", "1"));
    }

    @Test
    void columnsAreAddedInTheirOrderAndBeforeWhatNeedsThem() {
        String after = withColumn("a text default 'a', b text default 'b'")
                + "create index task_b on task (b); create view ab as select a || b as ab from task;";
        assertThat(change(TASK, after).newColumns().get("task"))
                .extracting(Column::name)
                .containsExactly("a", "b");
        assertThat(grown(TASK, after, "select ab from ab")).containsExactly("ab");
        assertThat(grown(TASK, after, "select name from pragma_table_info('task') where name in ('a', 'b')"))
                .containsExactly("a", "b");
    }

    @Test
    void indexesViewsAndTriggersComeGoAndChange() {
        String before = TASK + "create index i on task (title); create index gone on task (team);"
                + "create view v as select 1 as x; create view w as select x from v;"
                + "create trigger r after insert on task begin select 1; end;";
        String after = TASK + "create index i on task (title, votes); create index j on task (votes);"
                + "create view v as select votes as y from task; create view w as select y from v;"
                + "create trigger r after insert on task begin select 2; end;";
        assertThat(grown(before, after, "select name from sqlite_master where type <> 'table' and sql is not null"))
                .containsExactlyInAnyOrder("i", "j", "v", "w", "r");
        assertThat(grown(before, after, "select y from w")).containsExactly("7");
        assertThat(change(before, before + "create index k on task (title);").statements())
                .containsExactly("CREATE INDEX k on task (title)");
    }

    @ParameterizedTest
    @MethodSource
    void policiesMayChange(String before, String after) {
        String task = "create table task (id integer primary key, team text scope not null, status text unique,"
                + " extra text merged_json, above integer references task);\n";
        String insert = "insert into godwit_policy values (";
        List<String> both = Stream.of(before, after)
                .map(rows -> rows.isEmpty() ? task : task + insert + rows + ");")
                .toList();
        assertThat(read(both.get(0)).tables()).isNotEqualTo(read(both.get(1)).tables());
        assertThat(change(both.get(0), both.get(1))).isEqualTo(new SchemaChange(List.of(), List.of(), Map.of()));
        assertThat(change(both.get(1), both.get(0))).isEqualTo(new SchemaChange(List.of(), List.of(), Map.of()));
    }

    static Stream<Arguments> policiesMayChange() {
        return Stream.of(
                arguments("", "'task', null, 'delete', 'manual'"),
                arguments("'task', null, 'delete', 'manual'", "'task', null, 'delete', 'update_wins'"),
                arguments("", "'task', null, 'key_clash', 'reject'"),
                arguments("", "'task', null, 'unique', 'rename'"),
                arguments("", "'task', null, 'parent', 'cascade'"),
                arguments("", "'task', 'status', 'quiet', 1"),
                arguments("", "'task', 'status', 'precedence', 'open,done'"),
                arguments(
                        "'task', 'status', 'precedence', 'open,done'",
                        "'task', 'status', 'precedence', 'open,assigned,done'"),
                arguments("", "'task', 'extra', 'array_key', 'id'"));
    }

    @Test
    void mergeWordInAPolicyRowMayNotChange() {
        String row = "insert into godwit_policy values ('task', 'title', 'merge', '";
        String was = "the new schema: task.title: its merge word was ";
        assertRefused(TASK, TASK + row + "manual')", was + "none and is 'manual' now; " + NEW_MEANING);
        assertRefused(
                TASK + row + "first_write')",
                TASK + row + "three_way')",
                was + "'first_write' and is 'three_way' now; " + NEW_MEANING);
    }

    private static void assertRefused(String before, String after, String... problems) {
        assertThatThrownBy(() -> change(before, after))
                .isInstanceOf(SchemaException.class)
                .hasMessage(String.join("\n", problems) + "\n(docs/troubleshooting.md#schema)");
    }

    @ParameterizedTest(name = "{0} for {1}")
    @MethodSource
    void changeIsRefused(String old, String now, String... problems) {
        assertThat(TASK).contains(old);
        assertRefused(TASK, TASK.replace(old, now), problems);
    }

    private static Arguments refused(String old, String now, String problem) {
        return arguments(old, now, new String[] {"the new schema: " + problem});
    }

    static Stream<Arguments> changeIsRefused() {
        String keep = "keep it: other devices may still have values for it";
        String copy = "make a new table and copy the rows";
        String clash = "task: its UNIQUE keys have changed; rows that exist may clash: leave them as they are";
        String was = "task.title: its constraints were `default 'none' check ( title < > '' )` and are ";
        String stays = "; a table that exists keeps its own: leave them as they were";
        return Stream.of(
                refused(", code text unique", "", "task.code: it is gone; " + keep),
                refused("code text", "kode text", "task.code: it is gone; " + keep),
                refused("code text", "CODE text", "task.code: it is spelt CODE now; keep the spelling"),
                refused(
                        "title text",
                        "title integer",
                        "task.title: its type was 'TEXT' and is 'INTEGER' now; " + NEW_MEANING),
                refused("title text", "title", "task.title: its type was 'TEXT' and is '' now; " + NEW_MEANING),
                refused(
                        "counter not null",
                        "not null",
                        "task.votes: its merge word was 'counter' and is none now; " + NEW_MEANING),
                refused(
                        "title text",
                        "title text not null",
                        "task.title: its NOT NULL has changed; leave it as it was"),
                refused(
                        "code text unique",
                        "code text collate nocase unique",
                        "task.code: its collation has changed; leave it as it was"),
                refused("code text unique", "code text, unique (code, title)", clash),
                refused("code text unique", "code text", clash),
                refused("code text unique", "code text unique, extra text unique", clash),
                refused("title <> ''", "title <> 'x'", was + "`default 'none' check ( title < > 'x' )`" + stays),
                refused("default 'none' ", "", was + "`check ( title < > '' )`" + stays),
                refused("check (title <> '')", "", was + "`default 'none'`" + stays));
    }

    @Test
    void tableThatIsGoneOrRenamedIsRefused() {
        String note = "create table note (id text primary key, team text scope not null);";
        String gone = "the new schema: task: it is gone; keep it: other devices may still have rows for it";
        assertRefused(TASK + note, note, gone);
        assertRefused(TASK, TASK.replace("task", "job"), gone);
    }

    @Test
    void movedColumnsAreNamed() {
        String before = "create table t (id text primary key, team text scope not null, a text, b text)";
        String mend = "it has moved; keep the order, and add columns behind the others";
        assertRefused(
                before,
                before.replace("a text, b text", "b text, a text"),
                "the new schema: t.a: " + mend,
                "the new schema: t.b: " + mend);
        assertRefused(before, before.replace("b text", "c text, b text"), "the new schema: t.b: " + mend);
    }

    @Test
    void otherKeyOrScopeIsRefused() {
        String before =
                "create table t (a text not null, b text not null, team text scope not null, area text not null,"
                        + " primary key (a, b))";
        String mend = "; make a new table and copy the rows";
        assertRefused(
                before, before.replace("(a, b)", "(b, a)"), "the new schema: t: its primary key has changed" + mend);
        assertRefused(before, before.replace("(a, b)", "(a)"), "the new schema: t: its primary key has changed" + mend);
        assertRefused(
                before,
                before.replace("team text scope", "team text").replace("area text", "area text scope"),
                "the new schema: t.team: its merge word was 'scope' and is none now; " + NEW_MEANING,
                "the new schema: t.area: its merge word was none and is 'scope' now; " + NEW_MEANING);
        String shared =
                "create table t (a text primary key); insert into godwit_policy values ('t', null, 'scope', 'shared')";
        assertRefused(shared, shared.replace("'shared'", "'all'"), "the new schema: t: its scope has changed" + mend);
    }

    @Test
    void otherConstraintsOfTheTableAreRefused() {
        String before =
                "create table t (a text not null primary key, team text scope not null, n integer, check (n > 1.5), check (n < 9))";
        String mend = "; a table that exists keeps its own: leave them as they were";
        assertRefused(
                before,
                before.replace(", check (n < 9)", ""),
                "the new schema: t: its constraints were `check ( n > 1 . 5 )`, `check ( n < 9 )`"
                        + " and are `check ( n > 1 . 5 )`" + mend);
        assertRefused(
                before,
                before + " without rowid",
                "the new schema: t: it was a plain table and is WITHOUT ROWID now; leave it as it was");
        assertRefused(
                before.replace("scope ", "")
                        .concat(" strict; insert into godwit_policy values ('t', 'team', 'merge', 'scope')"),
                before,
                "the new schema: t: it was STRICT and is a plain table now; leave it as it was");
        assertRefused(
                before,
                before.replace("n integer,", "n integer references t,"),
                "the new schema: t.n: its constraints were none and are `references t`" + mend);
    }

    @ParameterizedTest
    @MethodSource
    void newColumnThatTheRowsThatExistCannotHaveIsRefused(String definition, String problem) {
        assertRefused(TASK, withColumn(definition), "the new schema: task.x: " + problem);
    }

    static Stream<Arguments> newColumnThatTheRowsThatExistCannotHaveIsRefused() {
        String fallback =
                "it is new, NOT NULL, and has no default for the rows that exist; give it one: default 0, or default ''";
        String constant = "it is new, and its default is no constant for the rows that exist;"
                + " give it a plain number or text as default";
        String refers =
                "a new column with REFERENCES is NULL in the rows that exist; declare it without NOT NULL and DEFAULT";
        String generated = "a generated column cannot be added to a table that exists; put the expression into a view";
        return Stream.of(
                arguments("x text not null", fallback),
                arguments("x text not null default null", fallback),
                arguments("x integer counter not null", fallback),
                arguments("x text default current_timestamp", constant),
                arguments("x integer default (1 + 1)", constant),
                arguments("x text not null default '1' references task", refers),
                arguments("x text default '1' references task", refers),
                arguments("x text not null references task", refers),
                arguments("x text as (title || code)", generated),
                arguments("x text generated always as (title) stored", generated));
    }
}
