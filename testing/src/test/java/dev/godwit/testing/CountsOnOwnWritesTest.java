package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts that a device makes on top of changes of its own which then come to nothing (H11). */
class CountsOnOwnWritesTest {
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, title text,
              stock integer counter not null default 0, sold integer counter not null default 0);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void aKeyIsTakenAndNotYetKnownToBe() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, stock) values ('i', 'red', 10), ('j', 'red', 10)");
        a.synced();
        b.synced();
        b.run("insert into item (id, team, title) values ('taken', 'red', 'of b')");
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void count(long stock, String id) {
        a.db.write(tx -> tx.resetCounter("item", "stock", stock, id));
    }

    /** A transaction that will be refused. */
    private TransactionId refused(String more) {
        return a.db.write(tx -> {
                    tx.run("insert into item (id, team, title) values ('taken', 'red', 'of a')");
                    tx.run(more);
                })
                .id()
                .orElseThrow();
    }

    private void retry(TransactionId id) {
        a.db.retry(id, row -> {
            row.computeIfPresent("id", (name, key) -> key.equals(Value.of("taken")) ? Value.of("free") : key);
            return row;
        });
    }

    private String stock(String id) {
        return fleet.onServer("select stock from item where id = '" + id + "'").get(0);
    }

    private void everybodyHasTheSame() {
        a.synced();
        b.synced();
        String sql = "select * from item order by id";
        assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(b.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void aCountIsParkedWithTheRefusedChangeBelowItAndRetriedWithIt() {
        TransactionId below = refused("update item set stock = stock + 7 where id = 'i'");
        count(50, "i");
        assertThat(a.sync().parked()).isEqualTo(2);
        assertThat(stock("i")).isEqualTo("[10]");
        retry(below);
        everybodyHasTheSame();
        assertThat(stock("i")).isEqualTo("[50]");
    }

    @Test
    void aCountIsParkedWithTheRefusedCountBelowIt() {
        TransactionId below = a.db.write(tx -> {
                    tx.run("insert into item (id, team, title) values ('taken', 'red', 'of a')");
                    tx.resetCounter("item", "stock", 30, "i");
                })
                .id()
                .orElseThrow();
        count(40, "i");
        count(50, "i");
        assertThat(a.sync().parked()).isEqualTo(3);
        retry(below);
        everybodyHasTheSame();
        assertThat(stock("i")).isEqualTo("[50]");
    }

    @Test
    void aCountStandsOnItsOwnWhereNothingBelowItChangedThatCounter() {
        TransactionId below = refused("update item set title = 't', sold = sold + 1 where id = 'i'");
        a.run("update item set stock = stock + 7 where id = 'j'");
        count(50, "i");
        count(60, "j");
        assertThat(a.sync().parked()).isEqualTo(1);
        assertThat(a.db.outbox()).extracting(OutboxEntry::id).containsExactly(below);
        assertThat(stock("i")).isEqualTo("[50]");
        assertThat(stock("j")).isEqualTo("[60]");
    }

    @Test
    void aCountStandsOnItsOwnBehindARefusedChangeThatItsDeviceKnowsOf() {
        TransactionId below = refused("update item set stock = stock + 7 where id = 'i'");
        assertThat(a.sync().parked()).isEqualTo(1);
        count(50, "i");
        a.synced();
        assertThat(a.db.outbox()).extracting(OutboxEntry::id).containsExactly(below);
        assertThat(stock("i")).isEqualTo("[50]");
    }

    @Test
    void aCountIsParkedWhereTheChangeBelowItIsDiscarded() {
        a.run("update item set stock = stock + 2 where id = 'i'");
        TransactionId below = a.db.write(tx -> tx.run("update item set stock = stock + 7 where id = 'i'"))
                .id()
                .orElseThrow();
        a.run("update item set stock = stock + 1 where id = 'i'");
        count(50, "i");
        a.db.discard(below);
        assertThat(a.one("select stock from item where id = 'i'")).isEqualTo("13");
        OutboxEntry parked = a.db.outbox().stream()
                .filter(entry -> entry.status().equals("parked"))
                .findFirst()
                .orElseThrow();
        assertThat(parked.reason()).contains("builds on").contains("discarded");
        a.sync();
        assertThat(stock("i")).isEqualTo("[13]");
        a.db.retry(parked.id());
        everybodyHasTheSame();
        assertThat(stock("i")).isEqualTo("[50]");
    }
}
