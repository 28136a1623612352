package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes of a row that has moved to another scope: who has seen what does not change by the move (H1, H4). */
class MovedRowsTest {
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, stock integer counter not null default 0,
              tags text add_wins_set, extra text merged_json, status text not null default 'open', notes text merged_text);
            insert into godwit_policy values ('item', 'status', 'precedence', 'open,assigned,done');
            """;
    private static final long DAY = 86_400_000;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        fleet.server.restart(options -> options.withRetention(3 * DAY));
        a = fleet.device("a", "red", "blue", "green");
        b = fleet.device("b", "red", "blue", "green");
        a.run("insert into item (id, team, stock, tags, extra, status) values"
                + " ('i', 'red', 10, '[\"x\",\"y\"]', '{\"a\":1}', 'done')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static void count(Fleet.Member member, long stock) {
        member.db.write(tx -> tx.resetCounter("item", "stock", stock, "i"));
    }

    private void move(Fleet.Member member, String scope) {
        member.run("update item set team = ? where id = 'i'", scope);
    }

    private void write(Fleet.Member member, String column, String value) {
        fleet.pass(1_000);
        member.run("update item set " + column + " = ? where id = 'i'", value);
    }

    /** What the column holds everywhere once everybody has synced. */
    private String everywhere(String column) {
        for (Fleet.Member member : List.of(a, b, a, b)) {
            member.synced();
        }
        String sql = "select " + column + " from item where id = 'i'";
        assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(b.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(a.db.outbox()).isEmpty();
        return a.one(sql);
    }

    @Test
    void theLaterOfTwoCountsHoldsIfTheRowMovesBetweenThem() {
        count(b, 100);
        b.run("update item set stock = stock - 1");
        b.synced();
        fleet.pass(1_000);
        a.run("update item set stock = stock + 2");
        count(a, 50);
        move(b, "blue");
        b.synced();
        assertThat(everywhere("stock")).as("50, and what b took").isEqualTo("49");
        assertThat(a.all("select mine, theirs, winner from godwit_conflict")).hasSize(1);
    }

    @Test
    void theLaterOfTwoCountsHoldsIfItsTransactionMovesTheRow() {
        count(a, 50);
        fleet.pass(1_000);
        b.db.write(tx -> {
            tx.resetCounter("item", "stock", 100, "i");
            tx.run("update item set team = 'blue'");
        });
        b.synced();
        assertThat(everywhere("stock")).isEqualTo("100");
    }

    @Test
    void theLaterOfTwoCountsHoldsIfAnOperatorMovesTheRow() {
        count(b, 100);
        b.synced();
        fleet.pass(1_000);
        count(a, 50);
        fleet.operator("update item set team = 'blue', stock = stock + 3");
        assertThat(everywhere("stock")).as("50, and the operator's").isEqualTo("53");
    }

    @Test
    void aCountOfWhatWasSeenHoldsAlthoughTheMoveWasNot() {
        count(b, 100);
        b.synced();
        a.synced();
        count(a, 50);
        move(b, "blue");
        b.run("update item set stock = stock - 1");
        b.synced();
        assertThat(everywhere("stock")).isEqualTo("49");
        count(b, 7);
        assertThat(everywhere("stock")).as("behind the move").isEqualTo("7");
        assertThat(fleet.onServer("select * from godwit_conflict")).isEmpty();
    }

    @Test
    void whoMovesARowGoesOnWithWhatHeHasSeen() {
        write(b, "tags", "[\"x\",\"y\",\"z\"]");
        count(b, 100);
        b.synced();
        a.synced();
        move(a, "blue");
        write(a, "tags", "[\"x\",\"y\"]");
        count(a, 50);
        write(a, "status", "assigned");
        count(a, 40);
        assertThat(everywhere("tags")).isEqualTo("[\"x\",\"y\"]");
        assertThat(everywhere("stock")).isEqualTo("40");
        assertThat(everywhere("status")).isEqualTo("assigned");
        assertThat(fleet.onServer("select * from godwit_conflict")).isEmpty();
    }

    @Test
    void anElementThatWasAddedAnewStaysAndOneThatWasSeenGoes() {
        write(b, "tags", "[\"x\",\"y\",\"z\"]");
        b.synced();
        a.synced();
        write(a, "tags", "[\"y\"]");
        write(b, "tags", "[\"y\",\"z\"]");
        write(b, "tags", "[\"x\",\"y\",\"z\"]");
        b.synced();
        move(b, "blue");
        b.synced();
        assertThat(everywhere("tags")).isEqualTo("[\"x\",\"y\"]");
    }

    @Test
    void theLaterOfTwoWritesOfAPathHolds() {
        write(a, "extra", "{\"a\":7}");
        write(b, "extra", "{\"a\":2}");
        b.synced();
        move(b, "blue");
        b.synced();
        assertThat(everywhere("extra")).isEqualTo("{\"a\":2}");
    }

    @Test
    void aPlaceThatWasLeftSinceDoesNotLoseToOneBehindIt() {
        write(b, "status", "open");
        write(b, "status", "done");
        write(b, "status", "open");
        write(a, "status", "assigned");
        b.synced();
        fleet.operator("update item set team = 'blue'");
        assertThat(everywhere("status")).as("as without the move").isEqualTo("open");
    }

    @Test
    void anOperatorWhoMovesARowAndWritesItHasSeenWhatWasThere() {
        write(a, "tags", "[\"y\"]");
        fleet.operator("update item set team = 'blue', tags = '[\"y\"]'");
        b.synced();
        fleet.operator("update item set tags = '[\"x\",\"y\"]'");
        assertThat(everywhere("tags")).isEqualTo("[\"x\",\"y\"]");
    }

    @Test
    void aCountThatMissedTwoMovesIsParkedAndHoldsWhenItIsRetried() {
        count(b, 100);
        b.synced();
        fleet.pass(1_000);
        count(a, 50);
        move(b, "green");
        b.synced();
        move(b, "blue");
        b.synced();
        assertThat(a.sync().parked()).isEqualTo(1);
        OutboxEntry parked = a.db.outbox().get(0);
        assertThat(parked.reason()).contains("what this count had seen").contains("retry");
        assertThat(a.one("select stock from item")).isEqualTo("100");
        a.db.retry(parked.id());
        assertThat(everywhere("stock")).isEqualTo("50");
    }

    @Test
    void aRowThatIsBackWhereItWasHasNotBeenSeenThere() {
        write(b, "tags", "[\"y\"]");
        write(b, "tags", "[\"x\",\"y\"]");
        count(b, 100);
        b.synced();
        move(b, "blue");
        b.synced();
        move(b, "red");
        b.synced();
        fleet.pass(1_000);
        a.run("update item set tags = '[\"y\"]'");
        count(a, 50);
        assertThat(a.sync().parked()).isEqualTo(1);
        a.db.retry(a.db.outbox().get(0).id());
        assertThat(everywhere("stock")).isEqualTo("50");
        assertThat(everywhere("tags")).isEqualTo("[\"x\",\"y\"]");
    }

    @Test
    void aRowThatIsBackWhereItWasIsCountedByWhoMovedItThere() {
        count(a, 50);
        b.run("update item set stock = stock - 1");
        b.synced();
        move(a, "blue");
        a.synced();
        move(a, "red");
        count(a, 40);
        a.synced();
        count(a, 30);
        assertThat(everywhere("stock")).isEqualTo("30");
        count(b, 20);
        assertThat(everywhere("stock")).isEqualTo("20");
    }

    @Test
    void whatMovedIsForgottenWithTheHorizonOfTheNewScope() {
        for (int day = 0; day < 8; day++) {
            b.run("insert into item (id, team) values (?, 'blue')", "day" + day);
            b.synced();
            fleet.pass(DAY);
            fleet.server.engine().forget();
        }
        a.synced();
        count(b, 100);
        write(b, "tags", "[\"y\"]");
        write(b, "tags", "[\"x\",\"y\"]");
        count(a, 50);
        write(a, "tags", "[\"y\"]");
        fleet.pass(1_000);
        b.synced();
        move(b, "blue");
        b.synced();
        fleet.server.engine().forget();
        String sql = "select count(*) from godwit_memory";
        assertThat(fleet.onServer(sql)).as("a may come yet").isEqualTo(List.of("[2]"));
        assertThat(everywhere("stock")).isEqualTo("50");
    }
}
