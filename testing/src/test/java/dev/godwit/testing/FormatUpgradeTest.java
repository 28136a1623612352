package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.GodwitException;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that an earlier release wrote: what it did not have is taken out, and the file is opened again. */
class FormatUpgradeTest {
    private static final String SCHEMA =
            "create table item (id text primary key, team text scope not null, title text, n integer counter not null default 0);";

    @TempDir
    Path folder;

    /** Brings a file back to format 1, which had no inbox. */
    static void downgrade(SqliteConnection connection, String formatTable, String more) {
        connection.execute("begin");
        for (Value[] row : Sql.rows(
                connection,
                "select type, name from sqlite_master where name like '%godwit_conflict%' and name not like 'sqlite_%'"
                        + " order by type = 'table'")) {
            connection.execute("drop " + row[0].asText() + " if exists " + Sql.name(row[1].asText()));
        }
        connection.execute(more);
        connection.execute("update " + formatTable + " set format = 1");
        connection.execute("commit");
    }

    static final String OLD_DEVICE =
            "drop table godwit_undo; drop table godwit_shown; alter table godwit_attempt drop column skew;"
                    + " alter table godwit_base_item drop column edited";

    /** What the formats 1 and 2 kept of a row: {@code item} i, its four columns written at once by the first device. */
    private static final String OLD_ROWS = """
            create table old (
              table_id integer not null, key blob not null, scope_id integer not null, commit_number integer not null,
              arrived integer not null, birth blob not null, deleted integer not null, cells blob not null,
              primary key (table_id, key)
            ) without rowid;
            insert into old select table_id, key, scope_id, commit_number, 0, x'', 0, x'040000000101a3185c50000000' from godwit_row;
            drop table godwit_row;
            alter table old rename to godwit_row;
            create index godwit_row_log on godwit_row (scope_id, commit_number);
            """;

    /** The same for a server whose only row was written at once by the first device. */
    static void downgradeServer(SqliteConnection file) {
        List<String> added = List.of(
                "memory", "image", "text", "text_block", "rekey", "fresh_key", "ring", "clock", "horizon", "former");
        assertThat(Sql.rows(file, "select key, commit_number from godwit_row")).hasSize(1);
        StringBuilder drops = new StringBuilder(OLD_ROWS + "delete from godwit_table where name = 'godwit_conflict'");
        added.forEach(name -> drops.append("; drop table godwit_").append(name));
        List.of("scope_id", "commit_number")
                .forEach(name -> drops.append("; alter table godwit_receipt drop column ")
                        .append(name));
        downgrade(file, "godwit_server", drops.toString());
    }

    @Test
    void filesOfFormatOneGoOnWithWhatTheyHeld() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run("insert into item (id, team, title) values ('i', 'red', 'base')");
            a.synced();
            b.synced();
            a.run("update item set title = 'by a', n = n + 1 where id = 'i'");
            a.db.close();
            try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                downgrade(file, "godwit_local", OLD_DEVICE);
            }
            fleet.server.close();
            try (SqliteConnection file = fleet.server.sql()) {
                downgradeServer(file);
            }
            fleet.server.start();
            a.reopen(null);
            fleet.pass(1_000);
            b.run("update item set title = 'by b', n = n + 1 where id = 'i'");
            for (Fleet.Member member : List.of(b, a, b, a)) {
                member.synced();
            }
            for (Fleet.Member member : List.of(a, b)) {
                assertThat(member.one("select title || n from item")).isEqualTo("by b2");
                assertThat(member.one("select mine from godwit_conflict")).isEqualTo("by a");
            }
            a.run("delete from item where id = 'i'");
            a.db.transactions().undo(a.db.transactions().list().get(0).id());
            assertThat(a.one("select title from item")).isEqualTo("by b");
        }
    }

    @Test
    void whatAnotherProgramWroteToAFileOfFormatOneIsSealedOnTheWay() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into item (id, team, title) values ('i', 'red', 'base')");
            a.synced();
            a.run("update item set n = n + 1 where id = 'i'");
            a.db.close();
            try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                downgrade(file, "godwit_local", OLD_DEVICE);
                file.execute("update item set n = n + 1 where id = 'i'");
            }
            a.reopenAfterCopy();
            assertThat(a.db.outbox()).hasSize(2);
            a.synced();
            assertThat(fleet.onServer("select n from item")).isEqualTo(List.of("[2]"));
        }
    }

    @Test
    void filesOfFormatThreeGoOnWithWhatTheyHeld() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into item (id, team, title) values ('i', 'red', 'pending')");
            a.db.close();
            try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                file.execute("drop table godwit_shown; update godwit_local set format = 3");
            }
            a.reopenAfterCopy();
            a.run("update item set title = 'written' where id = 'i'");
            a.synced();
            assertThat(fleet.onServer("select title from item")).containsExactly("['written']");
        }
    }

    @Test
    void filesOfANewerFormatAreRefused() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.db.close();
            try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                file.execute("update godwit_local set format = 99");
            }
            assertThatThrownBy(() -> a.reopen(null))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining("format 99");
            fleet.server.close();
            try (SqliteConnection file = fleet.server.sql()) {
                file.execute("update godwit_server set format = 99");
            }
            assertThatThrownBy(fleet.server::start).hasMessageContaining("format 99");
            try (SqliteConnection file = fleet.server.sql()) {
                file.execute("update godwit_server set format = 4");
            }
            try (SqliteConnection file = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                file.execute("update godwit_local set format = 4");
            }
            fleet.server.start();
            a.reopenAfterCopy();
        }
    }
}
