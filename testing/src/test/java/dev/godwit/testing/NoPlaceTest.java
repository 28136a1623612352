package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that have no place any more, or none that a number can say, are parked or find one; what is behind them goes on. */
class NoPlaceTest {
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, notes text merged_text, stock integer counter not null default 0);
            create table ticket (id integer primary key, team text scope not null, who text not null);
            create table revived (id text primary key, team text scope not null, notes text merged_text);
            insert into godwit_policy (on_table, on_column, policy, value) values ('revived', null, 'delete', 'update_wins');
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevices() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        b = fleet.device("b", "red", "blue");
        b.run("insert into item values ('i', 'red', 'note', 0)");
        b.run("insert into revived values ('r', 'red', 'note')");
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** One is parked for this reason, and what was written behind it has come to the server. */
    private void assertParkedAndTheRestSent(String reason) {
        a.run("insert into item (id, team) values ('independent', 'red')");
        a.synced();
        List<OutboxEntry> outbox = a.db.outbox();
        assertThat(outbox).hasSize(1);
        assertThat(outbox.get(0).status()).isEqualTo("parked");
        assertThat(outbox.get(0).reason()).contains(reason);
        assertThat(fleet.onServer("select id from item where id = 'independent'"))
                .hasSize(1);
    }

    @Test
    void anEditOfATextThatWentToAScopeWhichItsDeviceDoesNotSync() {
        a = fleet.device("a", "red");
        a.transport.grant(new Grant("user-a", Set.of("red", "blue", "shared"), false));
        a.synced();
        a.run("update item set notes = 'note, by a' where id = 'i'");
        b.run("update item set team = 'blue' where id = 'i'");
        b.synced();
        assertParkedAndTheRestSent("in a scope that this device does not sync");
    }

    @Test
    void anEditOfATextThatWentElsewhereAndWasDeletedThere() {
        a = fleet.device("a", "red", "blue");
        a.synced();
        a.run("update revived set notes = 'note, by a' where id = 'r'");
        b.run("update revived set team = 'blue' where id = 'r'");
        b.synced();
        b.run("delete from revived where id = 'r'");
        b.synced();
        assertParkedAndTheRestSent("the row is deleted");
    }

    @Test
    void anEditOfATextThatWentToAScopeWhichItsDeviceSyncsIsWrittenAnew() {
        a = fleet.device("a", "red", "blue");
        a.synced();
        a.run("update item set notes = 'note, by a' where id = 'i'");
        b.run("update item set team = 'blue', notes = 'A note' where id = 'i'");
        b.synced();
        a.synced();
        assertThat(a.db.outbox()).isEmpty();
        assertThat(fleet.onServer("select notes from item where id = 'i'")).isEqualTo(List.of("['A note, by a']"));
    }

    @Test
    void aCountFurtherFromWhatWasShownThanANumberCanSay() {
        a = fleet.device("a", "red");
        a.run("insert into item (id, team, stock) values ('deep', 'red', -9000000000000000000)");
        a.synced();
        a.db.write(tx -> tx.resetCounter("item", "stock", 9_000_000_000_000_000_000L, "deep"));
        a.run("update item set notes = 'more' where id = 'deep'");
        a.synced();
        b.synced();
        for (Fleet.Member member : List.of(a, b)) {
            assertThat(member.one("select stock || notes from item where id = 'deep'"))
                    .isEqualTo("9000000000000000000more");
        }
    }

    private static Map<String, Value> with(Map<String, Value> row, String column, Value value) {
        Map<String, Value> repaired = new LinkedHashMap<>(row);
        repaired.put(column, value);
        return repaired;
    }

    @Test
    void aKeyThatCannotBeMadeGreater() {
        a = fleet.device("a", "red");
        b.run("insert into ticket values (9223372036854775807, 'red', 'greatest')");
        b.run("insert into ticket values (1, 'red', 'b')");
        b.synced();
        a.run("insert into ticket values (1, 'red', 'a')");
        assertParkedAndTheRestSent("no greater one is left");
        a.db.retry(a.db.outbox().get(0).id(), row -> with(row, "id", Value.of(2)));
        a.synced();
        assertThat(fleet.onServer("select id, who from ticket order by id limit 2"))
                .isEqualTo(List.of("[1, 'b']", "[2, 'a']"));
    }
}
