package dev.godwit.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Column;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The starting file for a database that exists is a schema, and describes that database. */
class StartingSchemaTest {
    private static final JdbcSqlite DRIVER = new JdbcSqlite();

    private static String startingSchema(String sql) {
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(":memory:"))) {
            connection.execute(sql);
            return StartingSchema.of(connection);
        }
    }

    private static Schema read(String text) {
        return new SchemaReader(DRIVER).read("starting.sql", text);
    }

    /** The file's own tables, without the engine's. */
    private static List<Table> own(Schema schema) {
        return schema.tables().stream().filter(t -> t != ConflictTable.TABLE).toList();
    }

    private static List<String> rows(SqliteConnection connection, String sql) {
        List<String> rows = new ArrayList<>();
        try (SqliteStatement statement = connection.prepare(sql)) {
            while (statement.step()) {
                List<String> row = new ArrayList<>();
                for (int i = 0; i < statement.columnCount(); i++) {
                    row.add(statement.columnText(i));
                }
                rows.add(String.join("|", row));
            }
        }
        return rows;
    }

    @Test
    void sampleDatabaseIsDescribedWhole() {
        Path sample =
                Path.of("../../shared/data/chinook.sqlite").toAbsolutePath().normalize();
        if (!Files.exists(sample)) {
            System.out.println(
                    "SKIPPED: StartingSchemaTest needs shared/data/chinook.sqlite beside the project, and it is not there");
        }
        assumeTrue(Files.exists(sample), "no sample database");
        try (SqliteConnection database =
                        DRIVER.open(SqliteOptions.of(sample.toString()).reading());
                SqliteConnection made = DRIVER.open(SqliteOptions.of(":memory:"))) {
            Schema schema = read(StartingSchema.of(database));
            assertThat(own(schema)).hasSize(11).allSatisfy(table -> {
                assertThat(table.constantScope()).isEqualTo("shared");
                assertThat(table.columns()).extracting(Column::merge).containsOnly(MergeWord.LAST_WRITER);
            });
            assertThat(schema.table("PlaylistTrack").orElseThrow().key()).containsExactly(0, 1);
            assertThat(schema.table("Employee").orElseThrow().foreignKeys())
                    .hasSize(1)
                    .allSatisfy(clause -> assertThat(clause.parent()).isEqualTo("Employee"));
            schema.statements().stream()
                    .filter(statement -> statement != ConflictTable.STATEMENT)
                    .forEach(statement -> made.execute(statement.sql()));
            for (String described : List.of(
                    "select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite\\_%' escape '\\' order by name",
                    "select m.name, c.* from sqlite_master m, pragma_table_xinfo(m.name) c where m.type = 'table' order by 1, 2",
                    "select m.name, f.* from sqlite_master m, pragma_foreign_key_list(m.name) f order by 1, 2, 3")) {
                assertThat(rows(made, described)).as(described).isNotEmpty().isEqualTo(rows(database, described));
            }
        }
    }

    @Test
    void whatCannotBeSyncedIsLeftOutWithTheReason() {
        String text = startingSchema("""
                create table kept (id text primary key, other text);
                create table log (line text);
                create index log_line on log (line);
                create table logged (id text primary key, line integer references log (line));
                create table twice (id text primary key, logged text references LOGGED);
                create table lost (id text primary key, parent text references nowhere);
                create table mine (id text primary key, conflict text references GODWIT_conflict);
                create virtual table page using fts5 (body);
                create index kept_other on kept (other);
                """);
        assertThat(text.lines().filter(line -> line.contains("left out")))
                .containsExactlyInAnyOrder(
                        "-- log is left out: it has no primary key; give it one and add it here.",
                        "-- logged is left out: it refers to log, which is left out.",
                        "-- twice is left out: it refers to LOGGED, which is left out.",
                        "-- lost is left out: it refers to nowhere, which is no table of the application.",
                        "-- mine is left out: it refers to GODWIT_conflict, which is no table of the application.",
                        "-- page is left out: virtual tables are not synced.");
        assertThat(read(text).statements())
                .extracting(Schema.Statement::name)
                .containsExactly("kept", "kept_other", "godwit_conflict");
    }

    @Test
    void oddNamesAndCommentsComeBackAsTheyWere() {
        String text = startingSchema("""
                create table "it's; ""odd\""" (id text primary key /* ; */, "order" text -- the ; order
                );
                create view v as select 1 -- no more
                ;create trigger r after insert on "it's; ""odd\""" begin select ';'; select case 1 when 1 then 2 end; end;
                """);
        Schema schema = read(text);
        assertThat(own(schema)).extracting(Table::name).containsExactly("it's; \"odd\"");
        assertThat(schema.statements())
                .extracting(Schema.Statement::type)
                .containsExactlyInAnyOrder("table", "view", "trigger", "table");
    }

    /** A database that a device or a server already uses, or into which somebody has run a schema file. */
    @Test
    void whatTheEngineMadeIsLeftOutWithoutAWord() {
        String application = """
                create table task (id text primary key, title text);
                create table note (id text primary key, team text\tSCOPE not null);
                create table part (id text primary key, team text /* the */SCOPE not null);
                create view undecided as select * from godwit_conflict where state = 'undecided';
                create index task_title on task (title);
                """;
        String engine = ConflictTable.STATEMENT.sql() + "; " + SchemaReader.POLICY_TABLE + ";" + """
                create index godwit_conflict_state on godwit_conflict (state);
                create index state on godwit_conflict (state);
                create table GODWIT_base_1 (c0, c1);
                create view godwit_outbox as select 1;
                create trigger godwit_task_insert after insert on task begin select 1; end;
                create trigger bookkeeping after insert on godwit_conflict begin select 1; end;
                create index godwit_task on task (id, title);
                insert into godwit_policy values ('task', 'title', 'merge', 'manual');
                insert into godwit_conflict (id, scope, state, tbl, row_key, row, rule, commit_number)
                  values ('1', 'red', 'undecided', 'task', x'01', '1', 'manual', 1);
                """;
        String text = startingSchema(application + engine);
        assertThat(text).isEqualTo(startingSchema(application)).doesNotContain("left out");
        assertThat(read(text).statements())
                .extracting(Schema.Statement::name)
                .containsExactly("task", "note", "part", "undecided", "task_title", "godwit_conflict");
        assertThat(own(read(text))).extracting(Table::constantScope).containsExactly("shared", null, null);
    }

    @Test
    void emptyDatabaseGivesAFileThatSaysWhatIsMissing() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(startingSchema("select 1")))
                .hasMessageContaining("starting.sql: it creates no table; add a CREATE TABLE statement");
    }
}
