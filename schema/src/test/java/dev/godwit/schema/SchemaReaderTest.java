package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the schema reader accepts, and what it makes of it. */
class SchemaReaderTest {
    private static Schema read(String schema) {
        return new SchemaReader(new JdbcSqlite()).read("app.sql", schema);
    }

    private static Table table(String schema) {
        List<Table> tables = own(read(schema));
        assertThat(tables).hasSize(1);
        return tables.get(0);
    }

    /** The file's own tables, without the engine's. */
    private static List<Table> own(Schema schema) {
        return schema.tables().stream().filter(t -> t != ConflictTable.TABLE).toList();
    }

    private static Table with(String column) {
        return table("create table task (id text primary key, team text scope not null, " + column + ");");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "NVARCHAR(160)",
                "DATETIME",
                "DOUBLE PRECISION",
                "VARCHAR(20)",
                "NUMERIC(10,2)",
                "NUMERIC(10, 20000)",
                "INT",
                "INT8",
                "BIGINT",
                "UNSIGNED BIG INT",
                "CHARACTER(20)",
                "VARYING CHARACTER(255)",
                "NATIVE CHARACTER(70)",
                "CLOB",
                "BLOB",
                "BOOLEAN",
                "DATE",
                "TIME",
                "TIMESTAMP WITH TIME ZONE",
                "JSON",
                "JSONB",
                "UUID",
                "POINT",
                "BIT",
                "LONGTEXT",
                "MEDIUMTEXT",
                "YEAR",
                "MONEY",
                "FLOAT4",
                "ANY",
                "STRING",
                "mac(17)",
                "country(2)"
            })
    void everyTypeThatEndsInNoMergeWordIsAPlainColumn(String type) {
        assertThat(with("x " + type).columns().get(2))
                .isEqualTo(new Column("x", type, MergeWord.LAST_WRITER, "BINARY", false));
    }

    @Test
    void constraintsBehindTheTypeAreNoPartOfIt() {
        assertThat(with("x VARCHAR(20) COLLATE NOCASE NOT NULL DEFAULT 'max' CHECK (x <> 'counter')")
                        .columns()
                        .get(2))
                .extracting(Column::type, Column::merge, Column::notNull)
                .containsExactly("VARCHAR(20)", MergeWord.LAST_WRITER, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "integer counter",
                "INTEGER COUNTER",
                "integer\tcounter",
                "integer\n    counter",
                "integer /* the sum */ counter",
                "integer -- the sum\n counter",
                "integer counter /* it adds up */"
            })
    void mergeWordIsFoundWhateverStandsAroundIt(String type) {
        assertThat(with("votes " + type + " not null default 0").columns().get(2))
                .extracting(column -> column.type().toLowerCase(java.util.Locale.ROOT), Column::merge)
                .containsExactly("integer", MergeWord.COUNTER);
    }

    @ParameterizedTest
    @EnumSource(value = MergeWord.class, mode = EnumSource.Mode.EXCLUDE, names = "LAST_WRITER")
    void everyMergeWordMayStandInATypeOrInAPolicyRow(MergeWord word) {
        boolean isScope = word == MergeWord.SCOPE;
        boolean isCounter = word == MergeWord.COUNTER;
        String type = isCounter ? "INTEGER" : "TEXT";
        Column expected = new Column("x", type, word, "BINARY", isScope || isCounter);
        String table = "create table task (id text primary key, x " + type + " WORD "
                + (expected.notNull() ? "not null" : "") + (isScope ? "" : ", team text scope not null") + ");";
        String insert = "insert into godwit_policy values ('TASK', 'X', 'merge', '";
        for (String written : List.of(word.word(), word.name())) {
            assertThat(table(table.replace("WORD", written)).columns().get(1)).isEqualTo(expected);
            String policy = table.replace("WORD", "") + insert + written + "');";
            assertThat(table(policy).columns().get(1)).isEqualTo(expected);
            String both = table.replace("WORD", written) + insert + word.word() + "');";
            assertThat(table(both).columns().get(1)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = MergeWord.class,
            names = {"SERVER_ORDER", "MAX", "MIN", "FIRST_WRITE", "THREE_WAY", "MANUAL", "CUSTOM", "READ_ONLY"})
    void wordsThatAreNotAboutTextsStandOnAnyType(MergeWord word) {
        for (String type : List.of("INTEGER", "REAL", "BLOB", "numeric", "NVARCHAR", "date", "double precision")) {
            assertThat(with("x " + type + " " + word.word()).columns().get(2))
                    .isEqualTo(new Column("x", type, word, "BINARY", false));
        }
    }

    @Test
    void mergeWordsMayStandInPolicyRows() {
        Table table = table("""
                create table Task (id text primary key, team text not null, votes int not null) strict;
                insert into godwit_policy (on_table, on_column, policy, value) values
                  ('task', 'TEAM', 'Merge', 'Scope'), ('Task', 'votes', 'merge', 'counter'), ('task', null, 'delete', 'delete_wins');
                """);
        assertThat(table.columns())
                .extracting(Column::merge)
                .containsExactly(MergeWord.LAST_WRITER, MergeWord.SCOPE, MergeWord.COUNTER);
        assertThat(table.scopeColumn()).isEqualTo(1);
        assertThat(table.constantScope()).isNull();
    }

    @Test
    void constantScopeStandsForTheScopeColumn() {
        Schema schema = read("""
                create table b (id text primary key);
                create table a (id text primary key, b text references b);
                insert into godwit_policy values ('a', null, 'scope', 'shared'), ('b', null, 'scope', 'all');
                """);
        assertThat(own(schema))
                .extracting(Table::name, Table::scopeColumn, Table::constantScope)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("b", -1, "all"),
                        org.assertj.core.groups.Tuple.tuple("a", -1, "shared"));
        assertThat(schema.constantScopes()).containsExactly("all", "shared");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    id text primary key                              | id   | false
                    id blob primary key                              | id   | false
                    id primary key                                   | id   | false
                    id integer primary key                           | id   | true
                    id INTEGER primary key autoincrement             | id   | true
                    id int primary key                               | id   | false
                    id integer primary key desc                      | id   | false
                    id integer, primary key (id)                     | id   | true
                    a text, b integer, primary key (b, a)            | b, a | false
                    a text, b blob, c text, primary key (a, c)       | a, c | false
                    """)
    void keysOfEveryKind(String definitions, String key, boolean rowidAlias) {
        String[] parts = definitions.split(", primary", 2);
        Table table = table("create table t (" + parts[0] + ", team text scope not null"
                + (parts.length > 1 ? ", primary" + parts[1] : "") + ")");
        assertThat(table.key().stream().map(i -> table.columns().get(i).name())).containsExactly(key.split(", "));
        assertThat(table.rowidAlias()).isEqualTo(rowidAlias);
    }

    @Test
    void tableWithoutRowidHasNoAlias() {
        Table table = table("create table t (id integer primary key, team text scope not null) without rowid");
        assertThat(table.rowidAlias()).isFalse();
        assertThat(table.key()).containsExactly(0);
    }

    @Test
    void keysCollationIsThatOfTheKeyAndNotOfAnotherIndex() {
        Table table = table("""
                create table t (
                  a text collate NOCASE, b text, team text scope not null,
                  unique (b collate rtrim, a collate rtrim), primary key (a, b));
                """);
        assertThat(table.columns()).extracting(Column::collation).containsExactly("NOCASE", "BINARY", "BINARY");
    }

    @Test
    void generatedColumnsAreLeftOut() {
        Table table = table("""
                create table t (
                  twice integer generated always as (n * 2) stored, id text primary key, half integer as (n / 2), n integer,
                  team text scope not null, unique (half));
                """);
        assertThat(table.columns()).extracting(Column::name).containsExactly("id", "n", "team");
        assertThat(table.key()).containsExactly(0);
        assertThat(table.scopeColumn()).isEqualTo(2);
        assertThat(table.uniques()).isEmpty();
    }

    @Test
    void namesOfAnyKindAreReadAsTheyAre() {
        Schema schema = read("""
                create table "the ""odd"" one" (
                  "primary key" text primary key, [select] text, `a``b` text, 'single' text, "naïve \uD83D\uDC26" text, ünï text,
                  "order by" text scope not null);
                create table [group] (id text primary key, "from" text references "the ""odd"" one" ("primary key"),
                  team text scope not null);
                create index "an index" on [group] ("from");
                """);
        assertThat(own(schema)).extracting(Table::name).containsExactly("the \"odd\" one", "group");
        assertThat(schema.tables().get(0).columns())
                .extracting(Column::name)
                .containsExactly("primary key", "select", "a`b", "single", "naïve \uD83D\uDC26", "ünï", "order by");
        assertThat(schema.tables().get(1).foreignKeys())
                .containsExactly(
                        new ForeignKey(List.of(1), "the \"odd\" one", List.of(0), ForeignKey.Action.NO_ACTION));
    }

    @Test
    void referencesOfEveryKind() {
        Schema schema = read("""
                create table parent (x text, y text, z text unique, team text scope not null, primary key (y, x));
                create table child (
                  id integer primary key, team text scope not null, px text, py text, up integer references child on delete cascade,
                  z text references PARENT (Z) on delete set null,
                  foreign key (py, px) references parent on delete set default,
                  foreign key (px, py) references parent (x, y) on delete restrict);
                """);
        assertThat(schema.tables().get(1).foreignKeys())
                .containsExactlyInAnyOrder(
                        new ForeignKey(List.of(4), "child", List.of(0), ForeignKey.Action.CASCADE),
                        new ForeignKey(List.of(5), "PARENT", List.of(2), ForeignKey.Action.SET_NULL),
                        new ForeignKey(List.of(3, 2), "parent", List.of(1, 0), ForeignKey.Action.SET_DEFAULT),
                        new ForeignKey(List.of(2, 3), "parent", List.of(0, 1), ForeignKey.Action.NO_ACTION));
    }

    @Test
    void uniqueKeysAreThoseOverWholeColumnsAndRows() {
        Table table = table("""
                create table t (id text primary key, team text scope not null, a text unique, b text, c text, unique (c, b));
                create unique index bc on t (b, team);
                create unique index part on t (b) where c is null;
                create unique index expression on t (lower(b));
                create index plain on t (c);
                """);
        assertThat(table.uniques()).containsExactlyInAnyOrder(List.of(2), List.of(4, 3), List.of(3, 1));
    }

    @Test
    void viewsTriggersAndIndexesAreKeptAsTheyStand() {
        String trigger = """
                CREATE TRIGGER shift AFTER UPDATE OF "end" ON event BEGIN
                  UPDATE event SET end = CASE WHEN new.end < new.begin THEN new.begin ELSE new.end END WHERE id = new.id;
                  SELECT 'end;', 1; -- end;
                END""";
        Schema schema = read("""
                create table event (id text primary key, team text scope not null, begin integer, end integer, trigger text);
                create index event_end on event (end);
                """ + trigger + ";\ncreate view open as select * from event where end is null;\n");
        assertThat(schema.statements())
                .extracting(Schema.Statement::type, Schema.Statement::name, Schema.Statement::table)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("table", "event", "event"),
                        org.assertj.core.groups.Tuple.tuple("index", "event_end", "event"),
                        org.assertj.core.groups.Tuple.tuple("trigger", "shift", "event"),
                        org.assertj.core.groups.Tuple.tuple("view", "open", "open"),
                        org.assertj.core.groups.Tuple.tuple("table", "godwit_conflict", "godwit_conflict"));
        assertThat(schema.statements().get(2).sql()).isEqualTo(trigger);
    }

    @Test
    void policyTableMayBeCreatedByTheFileSoThatOtherToolsReadIt() {
        assertThat(table("create table if not exists godwit_policy (on_table, on_column, policy, value);"
                                + "create table t (id text primary key);"
                                + "insert into godwit_policy values ('t', '', 'scope', 'shared');")
                        .constantScope())
                .isEqualTo("shared");
    }
}
