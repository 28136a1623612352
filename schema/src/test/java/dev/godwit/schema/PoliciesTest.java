package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies;
import dev.godwit.model.TablePolicies.OnDelete;
import dev.godwit.model.TablePolicies.OnKeyClash;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.TablePolicies.OnUniqueClash;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every policy: what the reader makes of it, and every refusal with its whole message. */
class PoliciesTest {
    private static final String TASK = """
            create table task (
              id integer primary key, team text scope not null, status text, extra text merged_json, level integer,
              boss integer references task, name text unique, twice integer as (level * 2));
            """;

    private static List<Table> read(String schema) {
        return new SchemaReader(new JdbcSqlite()).read("app.sql", schema).tables();
    }

    /** The table of the tests with these policy rows. */
    private static Table task(String... rows) {
        return read(TASK + rows(rows)).get(0);
    }

    private static String rows(String... rows) {
        return "insert into godwit_policy values (" + String.join("), (", rows) + ");";
    }

    private static ColumnOptions options(String column, String... rows) {
        Table table = task(rows);
        return table.columns().get(table.columnIndex(column).orElseThrow()).options();
    }

    private static void assertRefused(String schema, String... problems) {
        assertThatThrownBy(() -> read(schema))
                .isInstanceOf(SchemaException.class)
                .hasMessage(String.join("\n", problems) + "\n(docs/troubleshooting.md#schema)");
    }

    @Test
    void tableWithoutPolicyRowsHasTheDefaults() {
        assertThat(read(TASK).get(0).policies())
                .isEqualTo(new TablePolicies(
                        OnDelete.DELETE_WINS, OnKeyClash.REKEY, OnUniqueClash.FIRST_WINS, OnMissingParent.HOLD));
        assertThat(read(TASK).get(0).columns())
                .extracting(Column::options)
                .containsOnly(new ColumnOptions(List.of(), null, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id text primary key",
                "id blob primary key",
                "id primary key",
                "id integer, b integer, primary key (id, b)",
                "id integer primary key references other",
                "id integer primary key, b text, foreign key (b, id) references pair"
            })
    void keyThatCannotBeGivenAnewIsRejectedByDefault(String key) {
        String other = "create table other (id integer primary key, team text scope not null);"
                + "create table pair (a text, b integer, team text scope not null, primary key (a, b));";
        String[] parts = key.split(", (?=primary|foreign)", 2);
        String table = "create table t (" + parts[0] + ", team text scope not null"
                + (parts.length > 1 ? ", " + parts[1] : "") + ");";
        assertThat(read(other + table).get(2).policies().keyClash()).isEqualTo(OnKeyClash.REJECT);
        for (String possible : List.of("reject", "merge_rows")) {
            assertThat(read(other + table + rows("'t', null, 'key_clash', '" + possible + "'"))
                            .get(2)
                            .policies()
                            .keyClash())
                    .isEqualTo(OnKeyClash.valueOf(possible.toUpperCase(Locale.ROOT)));
        }
        assertRefused(
                other + table + rows("'t', null, 'key_clash', 'rekey'"),
                "app.sql: t: only a key of one integer, that refers to no other row, can be given anew;"
                        + " use 'reject' or 'merge_rows', or leave the row out");
    }

    @ParameterizedTest
    @EnumSource(OnDelete.class)
    void deletesAreDecidedAsTheTableSays(OnDelete policy) {
        assertThat(task("'TASK', null, 'DELETE', '" + policy + "'").policies().delete())
                .isEqualTo(policy);
        assertThat(task("'task', '', 'delete', '" + lower(policy) + "'")
                        .policies()
                        .delete())
                .isEqualTo(policy);
    }

    @ParameterizedTest
    @EnumSource(OnKeyClash.class)
    void keyClashesAreDecidedAsTheTableSays(OnKeyClash policy) {
        assertThat(task("'Task', null, 'Key_Clash', '" + policy + "'")
                        .policies()
                        .keyClash())
                .isEqualTo(policy);
        assertThat(task("'task', null, 'key_clash', '" + lower(policy) + "'")
                        .policies()
                        .keyClash())
                .isEqualTo(policy);
    }

    @ParameterizedTest
    @EnumSource(OnUniqueClash.class)
    void uniqueClashesAreDecidedAsTheTableSays(OnUniqueClash policy) {
        assertThat(task("'Task', null, 'Unique', '" + policy + "'").policies().uniqueClash())
                .isEqualTo(policy);
        assertThat(task("'task', null, 'unique', '" + lower(policy) + "'")
                        .policies()
                        .uniqueClash())
                .isEqualTo(policy);
    }

    @ParameterizedTest
    @EnumSource(OnMissingParent.class)
    void missingParentsAreDecidedAsTheTableSays(OnMissingParent policy) {
        assertThat(task("'Task', null, 'Parent', '" + policy + "'").policies().missingParent())
                .isEqualTo(policy);
        assertThat(task("'task', null, 'parent', '" + lower(policy) + "'")
                        .policies()
                        .missingParent())
                .isEqualTo(policy);
    }

    private static String lower(Enum<?> policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }

    @Test
    void policiesOfOneTableStandBesideEachOtherAndSayNothingOfAnother() {
        String other = "create table other (id integer primary key, team text scope not null);";
        List<Table> tables = read(TASK
                + other
                + rows(
                        "'task', null, 'delete', 'manual'",
                        "'task', null, 'key_clash', 'reject'",
                        "'task', null, 'unique', 'rename'",
                        "'task', null, 'parent', 'set_null'",
                        "'task', 'status', 'quiet', '1'"));
        assertThat(tables.get(0).policies())
                .isEqualTo(new TablePolicies(
                        OnDelete.MANUAL, OnKeyClash.REJECT, OnUniqueClash.RENAME, OnMissingParent.SET_NULL));
        assertThat(tables.get(1).policies()).isEqualTo(TablePolicies.defaults(true));
    }

    @Test
    void precedenceIsAListOfTextsWhoseCaseAndInnerBlanksCount() {
        assertThat(options("status", "'TASK', 'Status', 'Precedence', ' open, Open ,in work,1'"))
                .isEqualTo(new ColumnOptions(List.of("open", "Open", "in work", "1"), null, false));
        assertThat(options("level", "'task', 'level', 'precedence', 'low,1st,high,1e,-,.'")
                        .precedence())
                .containsExactly("low", "1st", "high", "1e", "-", ".");
        assertThat(read("create table t (id text primary key, team text scope not null, n);"
                                + rows("'t', 'n', 'precedence', '1,2'"))
                        .get(0)
                        .columns()
                        .get(2)
                        .options()
                        .precedence())
                .containsExactly("1", "2");
    }

    @Test
    void arrayKeyIsAMemberAsItIsWritten() {
        assertThat(options("extra", "'task', 'EXTRA', 'Array_Key', 'Id'"))
                .isEqualTo(new ColumnOptions(List.of(), "Id", false));
        assertThat(options("status", "'task', 'status', 'merge', 'merged_json'", "'task', 'status', 'array_key', 'id'"))
                .isEqualTo(new ColumnOptions(List.of(), "id", false));
    }

    @Test
    void quietIsOneOrZeroAsTextOrNumber() {
        assertThat(options("status", "'task', 'STATUS', 'Quiet', '1'"))
                .isEqualTo(new ColumnOptions(List.of(), null, true));
        assertThat(options("level", "'task', 'level', 'quiet', 1").quiet()).isTrue();
        assertThat(options("level", "'task', 'level', 'quiet', 0").quiet()).isFalse();
        assertThat(options("extra", "'task', 'extra', 'quiet', '1'", "'task', 'extra', 'array_key', 'id'"))
                .isEqualTo(new ColumnOptions(List.of(), "id", true));
        assertThat(options("status", "'task', 'status', 'quiet', '1'", "'task', 'status', 'precedence', 'a,b'"))
                .isEqualTo(new ColumnOptions(List.of("a", "b"), null, true));
    }

    @Test
    void rowThatSaysTheSameTwiceIsNoProblem() {
        Table table = task(
                "'task', null, 'delete', 'manual'",
                "'TASK', '', 'delete', 'MANUAL'",
                "'task', 'status', 'precedence', 'a,b'",
                "'task', 'STATUS', 'precedence', 'a, b'",
                "'task', 'level', 'merge', 'max'",
                "'task', 'level', 'merge', 'MAX'");
        assertThat(table.policies().delete()).isEqualTo(OnDelete.MANUAL);
        assertThat(table.columns().get(2).options().precedence()).containsExactly("a", "b");
        assertThat(table.columns().get(4).merge()).isEqualTo(MergeWord.MAX);
    }

    @ParameterizedTest
    @MethodSource
    void twoRowsThatDifferAreRefused(String column, String policy, String one, String other) {
        String place = column.isEmpty() ? "TASK" : "TASK." + column;
        assertRefused(
                TASK
                        + rows(
                                "'task', '" + column + "', '" + policy + "', '" + one + "'",
                                "'TASK', '" + column + "', '" + policy + "', '" + other + "'"),
                "app.sql: godwit_policy for " + place + ": two rows say different things; keep one of them");
    }

    static Stream<Arguments> twoRowsThatDifferAreRefused() {
        return Stream.of(
                arguments("", "delete", "delete_wins", "manual"),
                arguments("", "key_clash", "rekey", "reject"),
                arguments("", "unique", "rename", "first_wins"),
                arguments("", "parent", "hold", "cascade"),
                arguments("status", "precedence", "a,b", "b,a"),
                arguments("status", "quiet", "1", "0"),
                arguments("extra", "array_key", "id", "Id"),
                arguments("level", "merge", "max", "min"));
    }

    @Test
    void policyForAViewOrTwoScopesAreRefused() {
        String plain = "create table task (id text primary key);";
        assertRefused(
                plain + "create view v as select * from task;"
                        + rows("'v', null, 'scope', 's'", "'task', null, 'scope', 's'"),
                "app.sql: godwit_policy for v: there is no table 'v'; known are task");
        assertRefused(
                plain + rows("'task', null, 'scope', 'one'", "'TASK', null, 'scope', 'two'"),
                "app.sql: godwit_policy for TASK: two rows say different things; keep one of them");
    }
}
