package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Devices and a server whose schemas are of different ages: what fits is synced, what does not is refused by name, nothing is lost. */
@Timeout(120)
class VersionsTest {
    private static final String OLD =
            "create table item (id text primary key, team text scope not null, title text not null);";
    private static final String NEW = """
            create table item (id text primary key, team text scope not null, title text not null,
              size integer not null default 5);
            create table extra (id text primary key, team text scope not null, x text);
            """;

    @TempDir
    Path folder;

    @Test
    void anOlderDeviceGoesOnBesideNewerOnes() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OLD)) {
            Fleet.Member old = fleet.device("old", "red");
            Fleet.Member young = fleet.device("young", "red");
            old.run("insert into item values ('1', 'red', 'by the old one')");
            old.synced();
            young.synced();
            fleet.server.close();
            fleet.server.start(NEW);
            young.reopen(NEW);
            young.run("update item set size = 9 where id = '1'");
            young.run("insert into item values ('2', 'red', 'by the young one', 7)");
            young.run("insert into extra values ('e', 'red', 'unknown to the old one')");
            young.synced();
            old.run("update item set title = 'changed by the old one' where id = '1'");
            old.run("insert into item values ('3', 'red', 'also by the old one')");
            old.synced();
            young.synced();
            assertThat(old.all("select * from item order by id"))
                    .containsExactly(
                            "['1', 'red', 'changed by the old one']",
                            "['2', 'red', 'by the young one']",
                            "['3', 'red', 'also by the old one']");
            List<String> all = List.of(
                    "['1', 'red', 'changed by the old one', 9]",
                    "['2', 'red', 'by the young one', 7]",
                    "['3', 'red', 'also by the old one', 5]");
            assertThat(young.all("select * from item order by id")).isEqualTo(all);
            assertThat(fleet.onServer("select * from item order by id")).isEqualTo(all);
            old.run("update item set title = 'pending over the upgrade' where id = '3'");
            old.reopen(NEW);
            old.synced();
            assertThat(old.one("select x from extra")).isEqualTo("unknown to the old one");
            assertThat(old.all("select * from item order by id"))
                    .isEqualTo(fleet.onServer("select * from item order by id"));
        }
    }

    @Test
    void aNewerDevicesWorkIsParkedByNameUntilTheServerIsUpgraded() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OLD)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into item values ('1', 'red', 'x')");
            a.synced();
            a.reopen(NEW);
            a.run("update item set size = 9 where id = '1'");
            a.run("insert into extra values ('e', 'red', 'x')");
            a.run("update item set title = 'fits' where id = '1'");
            SyncResult result = a.sync();
            assertThat(fleet.onServer("select title from item")).isEqualTo(List.of("['fits']"));
            assertThat(result.parked()).isEqualTo(2);
            List<OutboxEntry> parked = a.db.outbox();
            assertThat(parked.get(0).reason()).contains("size").contains("Upgrade the server");
            assertThat(parked.get(1).reason()).contains("extra").contains("Upgrade the server");
            fleet.server.close();
            fleet.server.start(NEW);
            parked.forEach(entry -> a.db.retry(entry.id()));
            a.synced();
            assertThat(a.db.outbox()).isEmpty();
            assertThat(fleet.onServer("select title, size from item")).isEqualTo(List.of("['fits', 9]"));
            assertThat(fleet.onServer("select x from extra")).isEqualTo(List.of("['x']"));
        }
    }
}
