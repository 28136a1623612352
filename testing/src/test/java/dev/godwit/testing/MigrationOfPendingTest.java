package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that wait in the outbox while the schema grows. */
class MigrationOfPendingTest {
    private static final String SCHEMA = """
            create table item (id text primary key, team text scope not null, code text unique);
            """;
    private static final String GROWN = """
            create table item (id text primary key, team text scope not null, code text unique,
              size integer not null default 5, colour text default 'grey');
            """;

    @TempDir
    Path folder;

    @Test
    void pendingInsertsGetTheDefaultsOfNewColumnsWhicheverWayTheyAreConfirmed() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            b.run("insert into item values ('b', 'red', 'taken')");
            b.synced();
            a.run("insert into item values ('x', 'red', null)");
            a.run("insert into item values ('refused', 'red', 'taken')");
            a.run("insert into item values ('y', 'red', null)");
            fleet.server.close();
            fleet.server.start(GROWN);
            a.reopen(GROWN);
            String rows = "select id, size, colour from item order by id";
            assertThat(a.all(rows)).hasSize(3);
            a.sync();
            assertThat(a.db.outbox()).extracting(OutboxEntry::status).containsExactly("parked");
            assertThat(a.all(rows)).isEqualTo(List.of("['b', 5, 'grey']", "['x', 5, 'grey']", "['y', 5, 'grey']"));
            assertThat(fleet.onServer(rows)).isEqualTo(a.all(rows));
        }
    }

    @Test
    void pendingInsertsAreShownWithTheDefaultsOfNewColumnsAfterARebase() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into item values ('x', 'red', null)");
            fleet.server.close();
            fleet.server.start(GROWN);
            a.reopen(GROWN);
            a.run("update item set size = 7 where id = 'x'");
            var unsent = a.db.write(tx -> tx.run("insert into item (id, team) values ('y', 'red')"));
            a.db.discard(unsent.id().orElseThrow());
            assertThat(a.all("select id, size, colour from item")).containsExactly("['x', 7, 'grey']");
            assertThat(a.db.status().blocked()).isZero();
            a.synced();
            assertThat(fleet.onServer("select id, size, colour from item")).isEqualTo(List.of("['x', 7, 'grey']"));
        }
    }
}
