package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.godwit.jdbc.JdbcSqlite;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message about a policy row, whole: a wrong name, place or value, or a column or table that it does not fit. */
class PolicyRefusalsTest {
    private static final String ITEM = """
            create table item (
              id integer primary key, team text scope not null, status text, extra text merged_json, level integer,
              twice integer as (level * 2));
            """;
    private static final String PERSON = "create table person (id text primary key, team text scope not null);\n";
    private static final String AT = "app.sql: godwit_policy for item: ";
    private static final String STATUS = "app.sql: godwit_policy for item.status: ";

    private static void assertRefused(String schema, String... problems) {
        assertThatThrownBy(() -> new SchemaReader(new JdbcSqlite()).read("app.sql", schema))
                .isInstanceOf(SchemaException.class)
                .hasMessage(String.join("\n", problems) + "\n(docs/troubleshooting.md#schema)");
    }

    private static String policy(String row) {
        return "insert into godwit_policy values (" + row + ");";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"wrongNames", "wrongPlaces", "wrongValues", "wrongColumns"})
    void policyIsRefused(String row, String expected) {
        assertRefused(ITEM + policy(row), expected);
    }

    static Stream<Arguments> wrongNames() {
        return Stream.of(
                arguments(
                        "'itme', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for itme: there is no table 'itme'; did you mean 'item'?"),
                arguments(
                        "'ITEMS', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for ITEMS: there is no table 'ITEMS'; did you mean 'item'?"),
                arguments(
                        "'invoice', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for invoice: there is no table 'invoice'; known are item"),
                arguments(
                        "'godwit_policy', null, 'delete', 'delete_wins'",
                        "app.sql: godwit_policy for godwit_policy: there is no table 'godwit_policy'; known are item"),
                arguments(
                        "'godwit_conflict', null, 'delete', 'manual'",
                        "app.sql: godwit_policy for godwit_conflict: there is no table 'godwit_conflict'; known are item"),
                arguments(
                        "'item', 'taem', 'merge', 'scope'",
                        "app.sql: godwit_policy for item.taem: there is no column 'taem'; did you mean 'team'?"),
                arguments(
                        "'item', 'colour', 'quiet', '1'",
                        "app.sql: godwit_policy for item.colour: there is no column 'colour'; known are id, team,"
                                + " status, extra, level, twice"),
                arguments(
                        "'item', 'TWICE', 'quiet', '1'",
                        "app.sql: godwit_policy for item.TWICE: 'TWICE' is a generated column, and those are not synced;"
                                + " name the columns that it is made of"),
                arguments("'item', null, 'DELET', 'x'", AT + "'delet' is no policy; did you mean 'delete'?"),
                arguments("'item', null, 'keyclash', 'x'", AT + "'keyclash' is no policy; did you mean 'key_clash'?"),
                arguments(
                        "'item', null, 'colour', 'x'",
                        AT + "'colour' is no policy; known are array_key, delete, key_clash, merge, parent, precedence,"
                                + " quiet, scope, unique"),
                later("retention"),
                later("eviction"));
    }

    private static Arguments later(String policy) {
        return arguments(
                "'item', null, '" + policy + "', 'x'",
                AT + "policy '" + policy + "' comes in a later release; leave the row out until then");
    }

    static Stream<Arguments> wrongPlaces() {
        return Stream.of(
                arguments("'item', 'status', 'delete', 'manual'", wholeTable("delete")),
                arguments("'item', 'status', 'key_clash', 'reject'", wholeTable("key_clash")),
                arguments("'item', 'status', 'unique', 'rename'", wholeTable("unique")),
                arguments("'item', 'status', 'parent', 'no such'", wholeTable("parent")),
                arguments(
                        "'item', 'status', 'scope', 'shared'",
                        STATUS + "a constant scope belongs to a whole table and has a name; set on_column to null,"
                                + " and value to the scope's name"),
                arguments(
                        "'item', null, 'merge', 'counter'",
                        AT + "'counter' is no merge word for a whole table; name a column in on_column"),
                arguments("'item', null, 'precedence', 'a,b'", AT + PRECEDENCE),
                arguments("'item', null, 'array_key', 'id'", AT + ARRAY_KEY),
                arguments("'item', null, 'quiet', '1'", AT + QUIET));
    }

    private static final String PRECEDENCE =
            "a precedence is a list of different values of one column, the weakest first;"
                    + " name the column in on_column, and write them with commas: 'open,assigned,done'";
    private static final String ARRAY_KEY = "an array_key names a member of the objects in one column's arrays;"
            + " name the column in on_column, and the member in value";
    private static final String QUIET =
            "quiet is 1 or 0 for one column; name the column in on_column, and set value to 1";

    private static String wholeTable(String policy) {
        return STATUS + "policy '" + policy + "' belongs to a whole table; set on_column to null";
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments(
                        "'item', null, 'delete', 'Update_Win'",
                        AT + "'Update_Win' is no policy for 'delete'; did you mean 'update_wins'?"),
                arguments(
                        "'item', null, 'delete', 'never'",
                        AT + "'never' is no policy for 'delete'; known are delete_wins, update_wins, manual"),
                arguments(
                        "'item', null, 'delete', ''",
                        AT + "'' is no policy for 'delete'; known are delete_wins, update_wins, manual"),
                arguments(
                        "'item', null, 'key_clash', 'manual'",
                        AT + "'manual' is no policy for 'key_clash'; known are rekey, reject, merge_rows"),
                arguments(
                        "'item', null, 'unique', 'reject'",
                        AT + "'reject' is no policy for 'unique'; known are first_wins, rename, merge_rows"),
                arguments(
                        "'item', null, 'parent', 'set null'",
                        AT + "'set null' is no policy for 'parent'; did you mean 'set_null'?"),
                arguments(
                        "'item', null, 'parent', 'delete'",
                        AT + "'delete' is no policy for 'parent'; known are hold, resurrect, cascade, set_null"),
                arguments(
                        "'item', null, 'scope', ''",
                        AT + "a constant scope belongs to a whole table and has a name; set on_column to null,"
                                + " and value to the scope's name"),
                word("countr", "did you mean 'counter'?"),
                word("COUNTR", "did you mean 'counter'?"),
                word("mix", "did you mean 'max'?"),
                word("win", "did you mean 'min'?"),
                word("newest", WORDS),
                word("", WORDS),
                arguments("'item', 'status', 'precedence', ''", STATUS + PRECEDENCE),
                arguments("'item', 'status', 'precedence', 'open'", STATUS + PRECEDENCE),
                arguments("'item', 'status', 'precedence', 'open,'", STATUS + PRECEDENCE),
                arguments("'item', 'status', 'precedence', 'open, ,done'", STATUS + PRECEDENCE),
                arguments("'item', 'status', 'precedence', 'open,done, open'", STATUS + PRECEDENCE),
                arguments("'item', 'extra', 'array_key', ''", "app.sql: godwit_policy for item.extra: " + ARRAY_KEY),
                arguments("'item', 'status', 'quiet', ''", STATUS + QUIET),
                arguments("'item', 'status', 'quiet', 'true'", STATUS + QUIET),
                arguments("'item', 'status', 'quiet', 2", STATUS + QUIET));
    }

    private static final String WORDS = "known are server_order, counter, max, min, add_wins_set, merged_text,"
            + " merged_json, first_write, three_way, manual, custom, read_only, scope";

    private static Arguments word(String word, String mend) {
        return arguments(
                "'item', 'status', 'merge', '" + word + "'",
                STATUS + "'" + word + "' is no merge word for a column; " + mend);
    }

    static Stream<Arguments> wrongColumns() {
        return Stream.of(
                arguments("'item', 'id', 'merge', 'max'", "app.sql: item.id: 'max'" + ON_KEY),
                arguments("'item', 'id', 'merge', 'read_only'", "app.sql: item.id: 'read_only'" + ON_KEY),
                arguments("'item', 'id', 'precedence', 'a,b'", "app.sql: item.id: " + KEY_POLICY),
                arguments("'item', 'id', 'array_key', 'a'", "app.sql: item.id: " + KEY_POLICY),
                arguments("'item', 'id', 'quiet', '1'", "app.sql: item.id: " + KEY_POLICY),
                arguments(
                        "'item', 'team', 'merge', 'counter'",
                        "app.sql: item.team: its type and its policy row name different merge words; keep one of them"),
                arguments(
                        "'item', null, 'scope', 'shared'",
                        "app.sql: item: more than one thing says which scope its rows live in; either one column like"
                                + " `team text scope not null`, or one policy row:"
                                + " insert into godwit_policy values ('item', null, 'scope', 'shared')"),
                arguments(
                        "'item', 'status', 'merge', 'counter'",
                        "app.sql: item.status: a counter is a whole number and never NULL;"
                                + " declare `status integer counter not null default 0`"),
                noText("merged_text"),
                noText("merged_json"),
                noText("add_wins_set"),
                arguments(
                        "'item', 'extra', 'precedence', 'a,b'",
                        "app.sql: item.extra: a precedence and 'merged_json' on one column; leave one of them out"),
                arguments(
                        "'item', 'team', 'precedence', 'a,b'",
                        "app.sql: item.team: a precedence and 'scope' on one column; leave one of them out"),
                number("a,7", "7"),
                number("-7.50e+3,a", "-7.50e+3"),
                number("low,+.5", "+.5"),
                number("a,1.", "1."),
                arguments("'item', 'status', 'array_key', 'id'", noArrays("status")),
                arguments("'item', 'level', 'array_key', 'id'", noArrays("level")),
                arguments("'item', 'team', 'array_key', 'id'", noArrays("team")));
    }

    private static final String ON_KEY =
            " on a column of the primary key; keys take no merge word; put it on another column";
    private static final String KEY_POLICY =
            "a policy row for a column of the primary key; keys do not merge; leave the row out";

    private static Arguments noText(String word) {
        return arguments(
                "'item', 'level', 'merge', '" + word + "'",
                "app.sql: item.level: '" + word + "' on a column that is no text; declare `level text " + word + "`");
    }

    private static Arguments number(String order, String value) {
        return arguments(
                "'item', 'level', 'precedence', '" + order + "'",
                "app.sql: item.level: a precedence is a list of texts, and the column makes a number of '" + value
                        + "'; declare `level text`, or leave the row out");
    }

    private static String noArrays(String column) {
        return "app.sql: item." + column + ": an array_key on a column that is no merged_json; declare `" + column
                + " text merged_json`, or leave the row out";
    }

    @Test
    void hintIgnoresTheCaseOfWhatIsDeclared() {
        assertRefused(
                ITEM.replace("item", "ITEM") + policy("'itme', null, 'delete', 'manual'"),
                "app.sql: godwit_policy for itme: there is no table 'itme'; did you mean 'ITEM'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rename", "merge_rows"})
    void uniquePolicyWantsAUniqueKeyThatTheEngineKnows(String value) {
        for (String index : new String[] {
            "",
            "create unique index i on item (level) where level > 1;",
            "create unique index i on item (lower(status));"
        }) {
            assertRefused(
                    ITEM + index + policy("'item', null, 'unique', '" + value + "'"),
                    "app.sql: item: a policy 'unique', and no UNIQUE key over whole columns and all rows;"
                            + " declare one, or leave the row out");
        }
        assertAccepted(
                ITEM + "create unique index i on item (status);" + policy("'item', null, 'unique', '" + value + "'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"level", "team", "id, level", "extra, team", "owner", "owner, team", "real"})
    void renameWantsATextThatIsOnlyAName(String columns) {
        String table = PERSON
                + ITEM.replace("id integer", "id text")
                        .replace("twice", "owner text references person, real double, twice");
        String expected = "app.sql: item: 'rename' puts a number behind a text, and no UNIQUE key has one of its own;"
                + " use 'first_wins' or 'merge_rows', or leave the row out";
        String index = "create unique index i on item (" + columns + ");";
        assertRefused(table + index + policy("'item', null, 'unique', 'rename'"), expected);
        assertAccepted(table + index + policy("'item', null, 'unique', 'merge_rows'"));
        assertAccepted(table + index.replace(")", ", status)") + policy("'item', null, 'unique', 'rename'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resurrect", "cascade", "set_null"})
    void parentPolicyOnTheParentInsteadOfTheChildIsRefused(String value) {
        String child = "create table part (id text primary key, team text scope not null, of integer references item);";
        assertRefused(
                ITEM + child + policy("'item', null, 'parent', '" + value + "'"),
                "app.sql: item: a policy 'parent', and no REFERENCES clause;"
                        + " name the table whose rows refer to others in on_table, or leave the row out");
        assertAccepted(ITEM + child + policy("'part', null, 'parent', '" + value + "'"));
    }

    @Test
    void missingParentThatCannotBecomeNullIsRefused() {
        String table = "create table part (id text primary key references person, team text scope not null,"
                + " boss text not null references person, pal text, unique (id, team),"
                + " foreign key (pal, team) references part (id, team));";
        String missing = ": a missing parent cannot become NULL in ";
        String others = "use 'hold', 'cascade' or 'resurrect'";
        assertRefused(
                PERSON + table + policy("'part', null, 'parent', 'set_null'"),
                "app.sql: part.id" + missing + "the primary key; " + others,
                "app.sql: part.boss" + missing + "a column that is NOT NULL; declare it without NOT NULL, or " + others,
                "app.sql: part.team" + missing + "the scope column; " + others);
        for (String other : new String[] {"hold", "cascade", "resurrect"}) {
            assertAccepted(PERSON + table + policy("'part', null, 'parent', '" + other + "'"));
        }
    }

    @Test
    void policyOfATableWithAnotherProblemIsNotJudgedByHalfATable() {
        assertRefused(
                "create table item (id text primary key, team text scope not null, boss text references boss);"
                        + policy("'item', null, 'parent', 'cascade'"),
                "app.sql: item.boss: it refers to boss, where there is no such table or column;"
                        + " create the parent in this file, or leave the REFERENCES out");
    }

    private static void assertAccepted(String schema) {
        assertThat(new SchemaReader(new JdbcSqlite()).read("app.sql", schema).tables())
                .isNotEmpty();
    }
}
