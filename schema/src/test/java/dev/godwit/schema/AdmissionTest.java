package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.jdbc.JdbcSqlite;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A schema file declares; whatever else SQLite would do for it is not even begun. */
@Timeout(60)
class AdmissionTest {
    private static final String TASK = "create table task (id text primary key, team text scope not null);\n";
    private static final String ENDLESS =
            "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";

    @TempDir
    Path folder;

    private static void refused(String statement, String why) {
        assertThatThrownBy(() -> new SchemaReader(new JdbcSqlite()).read("app.sql", TASK + statement))
                .as(statement)
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("app.sql")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/* x */ Attach ':memory:' as other|ATTACH declares nothing",
                "detach main|DETACH declares nothing",
                "pragma writable_schema = 1|PRAGMA declares nothing",
                "begin|BEGIN declares nothing",
                "savepoint s|SAVEPOINT declares nothing",
                "select load_extension('x')|SELECT declares nothing",
                "values (zeroblob(1000000000))|VALUES declares nothing",
                "explain select 1|EXPLAIN declares nothing",
                "analyze|ANALYZE declares nothing",
                "update godwit_policy set value = hex(value)|UPDATE declares nothing",
                "delete from godwit_policy|DELETE declares nothing",
                "replace into godwit_policy values ('a', 'b', 'c', 'd')|REPLACE declares nothing",
                "insert into godwit_policy values ('task', 'x', 'y', hex(zeroblob(500000000)))|else than literals",
                "insert into godwit_policy select * from godwit_policy|else than literals",
                "insert into Task values ('1', 'red')|app.sql: Task: the file inserts rows into it",
                "create temp table t (id)|what is temporary belongs to no schema",
                "create table t as select 1|it makes a table of a query",
                "drop table godwit_policy|is the engine's own",
                "alter table \"godwit_policy\" rename to p|is the engine's own",
                "create trigger t after insert on main.[godwit_policy] begin select 1; end|is the engine's own"
            })
    void whatDeclaresNothingIsRefused(String statement, String why) {
        refused(statement, why);
    }

    @Test
    void whatNeverEndsIsNotBegun() {
        refused(ENDLESS, "WITH declares nothing");
        refused("create table t as " + ENDLESS, "it makes a table of a query");
        refused("insert into godwit_policy " + ENDLESS, "else than literals");
        refused(
                "create trigger t after insert on task begin insert into task " + ENDLESS
                        + "; end;\ninsert into task values ('1', 'red')",
                "the file inserts rows into it");
    }

    @Test
    void noFileIsMade() {
        Path made = folder.resolve("made.db");
        refused("attach '" + made + "' as other; create table other.t (id)", "ATTACH declares nothing");
        refused("vacuum into '" + made + "'", "VACUUM declares nothing");
        assertThat(made).doesNotExist();
    }

    @Test
    void whatDeclaresIsAdmitted() {
        assertThat(new SchemaReader(new JdbcSqlite())
                        .read(
                                "app.sql",
                                TASK
                                        + "create view v as with x as (select 1) select * from x;"
                                        + "create trigger r after insert on task begin update task set team = 'select'; end;"
                                        + "create table \"select\" (id text primary key, \"values\" text);"
                                        + "insert or ignore into \"godwit_policy\" (on_table, on_column, policy, value)"
                                        + " values ('select', null, 'scope', 'shared');"
                                        + "alter table task add column note text; drop view v;")
                        .tables())
                .hasSize(3);
    }
}
