package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.merge.Splice;
import dev.godwit.server.Grant;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each merge word, on devices and a server: two devices change what they had both seen. */
class MergeWordsTest {
    static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null,
              plain text, arrival text server_order, stock integer counter not null default 0,
              best integer max, least integer min, tags text add_wins_set, notes text merged_text,
              extra text merged_json, closed integer first_write, poem text three_way, address text manual,
              price integer custom, rank integer read_only, status text not null default 'open');
            insert into godwit_policy values ('item', 'status', 'precedence', 'open,assigned,done');
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, plain, stock, best, least, tags, notes, extra, poem, address, price) values"
                + " ('i', 'red', 'p', 100, 5, 5, '[\"x\",\"y\"]', 'Hello world', '{\"a\":1,\"b\":{\"c\":2}}', 'l1\nl2',"
                + " 'here', 10)");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** A writes first and B arrives first; then all sync until nothing moves. */
    private void concurrently(String byA, String byB) {
        a.run(byA);
        fleet.pass(1_000);
        b.run(byB);
        fleet.pass(1_000);
        everybodySyncs();
    }

    private void everybodySyncs() {
        for (int i = 0; i < 2; i++) {
            b.synced();
            a.synced();
        }
        b.synced();
    }

    private String everywhere(String column) {
        String onServer = fleet.onServer("select " + column + " from item").toString();
        String stored = onServer.replaceAll("^\\[\\['?|'?\\]\\]$", "").replace("''", "'");
        assertThat(a.one("select " + column + " from item")).as("on a").isEqualTo(stored);
        assertThat(b.one("select " + column + " from item")).as("on b").isEqualTo(stored);
        return stored;
    }

    private static String set(String column, String value) {
        return "update item set " + column + " = " + value + " where id = 'i'";
    }

    @Test
    void lastWriterByTimeAndNotByArrival() {
        concurrently(set("plain", "'a'"), set("plain", "'b'"));
        assertThat(everywhere("plain")).isEqualTo("b");
        assertThat(
                        a.one(
                                "select mine || ' lost to ' || theirs || ' from ' || base || ' by ' || rule from godwit_conflict"))
                .isEqualTo("a lost to b from p by last_writer");
    }

    @Test
    void serverOrderByArrival() {
        concurrently(set("arrival", "'a'"), set("arrival", "'b'"));
        assertThat(everywhere("arrival")).isEqualTo("a");
        assertThat(b.one("select mine || ' lost to ' || theirs from godwit_conflict"))
                .isEqualTo("b lost to a");
    }

    @Test
    void countersAddUpAndACountSaysWhatItIs() {
        concurrently(set("stock", "stock - 7"), set("stock", "stock + 5"));
        assertThat(everywhere("stock")).isEqualTo("98");
        a.db.write(tx -> tx.resetCounter("item", "stock", 50, "i"));
        b.run(set("stock", "stock - 1"));
        everybodySyncs();
        assertThat(everywhere("stock")).as("b had not seen the count").isEqualTo("49");
        a.db.write(tx -> tx.resetCounter("item", "stock", 20, "i"));
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("item", "stock", 30, "i"));
        b.run(set("stock", "stock - 2"));
        everybodySyncs();
        assertThat(everywhere("stock")).as("the later count stays").isEqualTo("28");
    }

    @Test
    void aCountThatHadSeenAnotherFollowsItAlsoWhenTheServersClockWasSetBack() {
        a.db.write(tx -> tx.resetCounter("item", "stock", 50, "i"));
        a.synced();
        b.run(set("stock", "stock - 1"));
        fleet.server.pass(-24L * 3_600_000);
        b.synced();
        assertThat(b.one("select stock from item")).isEqualTo("49");
        b.db.write(tx -> tx.resetCounter("item", "stock", 30, "i"));
        everybodySyncs();
        assertThat(everywhere("stock")).isEqualTo("30");
    }

    @Test
    void aCountOfWhatIsThereIsACountToo() {
        a.db.write(tx -> tx.resetCounter("item", "stock", 100, "i"));
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("item", "stock", 90, "i"));
        b.synced();
        fleet.pass(1_000);
        everybodySyncs();
        assertThat(everywhere("stock")).isEqualTo("90");
        a.db.write(tx -> tx.resetCounter("item", "stock", 80, "i"));
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("item", "stock", 90, "i"));
        everybodySyncs();
        assertThat(everywhere("stock")).as("the later one").isEqualTo("90");
    }

    @Test
    void aCountThatIsRetriedIsStillACountAlsoWhereItComesToWhatIsThere() {
        a.transport.grant(new Grant("user-a", Set.of("red"), true));
        a.db.write(tx -> tx.resetCounter("item", "stock", 95, "i"));
        a.synced();
        b.run(set("stock", "stock - 5"));
        b.synced();
        a.transport.grant(new Grant("user-a", Set.of("red"), false));
        a.synced();
        assertThat(a.one("select stock from item")).isEqualTo("95");
        b.db.write(tx -> tx.resetCounter("item", "stock", 80, "i"));
        fleet.pass(1_000);
        OutboxEntry parked = a.db.outbox().get(0);
        a.db.retry(parked.id());
        everybodySyncs();
        assertThat(everywhere("stock")).as("the later count").isEqualTo("95");
    }

    @Test
    void aCountThatWasRolledBackToASavepointIsNone() {
        b.db.write(tx -> tx.resetCounter("item", "stock", 50, "i"));
        fleet.pass(1_000);
        a.db.write(tx -> {
            tx.run("savepoint s");
            tx.resetCounter("item", "stock", 5, "i");
            tx.run("rollback to s");
            tx.run(set("stock", "stock + 7"));
        });
        b.synced();
        everybodySyncs();
        assertThat(everywhere("stock")).isEqualTo("57");
        a.db.write(tx -> {
            tx.editText("item", "notes", List.of(new Splice(0, 0, "A ")), "i");
            tx.resetCounter("item", "stock", 40, "i");
            tx.run("savepoint s");
            tx.editText("item", "notes", List.of(new Splice(0, 0, "B ")), "i");
            tx.query("rollback to s");
            tx.editText("item", "notes", List.of(new Splice(0, 0, "C ")), "i");
        });
        fleet.pass(1_000);
        assertThatThrownBy(() -> a.db.write(tx -> {
                    tx.resetCounter("item", "stock", 1, "i");
                    throw new IllegalStateException("the application changed its mind");
                }))
                .isInstanceOf(IllegalStateException.class);
        a.run(set("stock", "stock + 1"));
        b.run(set("stock", "stock + 2"));
        everybodySyncs();
        assertThat(everywhere("stock"))
                .as("the count before the savepoint is one")
                .isEqualTo("43");
        assertThat(everywhere("notes")).isEqualTo("C A Hello world");
    }

    @Test
    void largestAndSmallestStay() {
        concurrently(set("best", "9") + ";", set("best", "7"));
        assertThat(everywhere("best")).isEqualTo("9");
        concurrently(set("least", "3"), set("least", "1"));
        assertThat(everywhere("least")).isEqualTo("1");
        a.run(set("best", "2"));
        assertThat(a.one("select best from item"))
                .as("shown at once as everybody will see it")
                .isEqualTo("9");
        assertThat(a.db.outbox()).as("and nothing is sent").isEmpty();
    }

    @Test
    void setsKeepWhatIsAddedAndOnlyForgetWhatWasSeen() {
        concurrently(set("tags", "'[\"y\",\"z\"]'"), set("tags", "'[\"x\",\"y\",\"w\"]'"));
        assertThat(everywhere("tags")).isEqualTo("[\"w\",\"y\",\"z\"]");
        // b removes x again and a adds it: the add wins
        a.run(set("tags", "'[\"w\",\"y\",\"z\",\"x\"]'"));
        b.run(set("tags", "'[\"w\",\"z\"]'"));
        everybodySyncs();
        assertThat(everywhere("tags")).isEqualTo("[\"w\",\"x\",\"z\"]");
    }

    @Test
    void textsKeepBothSidesEdits() {
        concurrently(set("notes", "'Hello brave world'"), set("notes", "'Hello world, and hello moon'"));
        assertThat(everywhere("notes")).isEqualTo("Hello brave world, and hello moon");
    }

    @Test
    void pendingEditsFollowTheTextBeneathThem() {
        a.run(set("notes", "'Hello world!'"));
        a.run(set("notes", "'Hello world!!'"));
        b.run(set("notes", "'Oh, Hello world'"));
        b.synced();
        a.synced();
        assertThat(a.one("select notes from item")).isEqualTo("Oh, Hello world!!");
        a.run(set("notes", "'Oh, Hello world!!?'"));
        everybodySyncs();
        assertThat(everywhere("notes")).isEqualTo("Oh, Hello world!!?");
    }

    @Test
    void exactEditsAreSentAsTheyWereMade() {
        a.db.write(tx -> tx.editText("item", "notes", List.of(new Splice(0, 0, "Hello ")), "i"));
        b.run(set("notes", "'Hallo world'"));
        everybodySyncs();
        assertThat(everywhere("notes")).isEqualTo("Hello Hallo world");
        assertThatThrownBy(() -> a.db.write(tx -> tx.editText("item", "notes", List.of(new Splice(99, 1, "")), "i")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("99");
        assertThatThrownBy(() -> a.run(set("notes", "x'00'"))).hasMessageContaining("merged_text");
    }

    @Test
    void jsonMergesPerPath() {
        concurrently(set("extra", "'{\"a\":1,\"b\":{\"c\":3}}'"), set("extra", "'{\"a\":1,\"b\":{\"c\":2,\"d\":4}}'"));
        assertThat(everywhere("extra")).isEqualTo("{\"a\":1,\"b\":{\"c\":3,\"d\":4}}");
        assertThatThrownBy(() -> a.run(set("extra", "'{broken'"))).hasMessageContaining("item.extra");
    }

    @Test
    void firstValueStays() {
        concurrently(set("closed", "1"), set("closed", "2"));
        assertThat(everywhere("closed")).isEqualTo("2");
        a.run(set("closed", "3"));
        assertThat(a.one("select closed from item")).isEqualTo("2");
    }

    @Test
    void h1ThreeWayMergesLinesAgainstWhatWasSeen() {
        a.run(set("poem", "'L1\nl2'"));
        a.run(set("poem", "'L1x\nl2'"));
        b.run(set("poem", "'l1\nL2'"));
        everybodySyncs();
        assertThat(everywhere("poem")).isEqualTo("L1x\nL2");
        assertThat(a.one("select count(*) from godwit_conflict")).isEqualTo("0");
        concurrently(set("poem", "'L1a\nL2'"), set("poem", "'L1b\nL2'"));
        assertThat(everywhere("poem")).isEqualTo("L1b\nL2");
        assertThat(a.one("select state || ': ' || mine from godwit_conflict")).isEqualTo("undecided: L1a\nL2");
    }

    @Test
    void manualWaitsForAPerson() {
        a.run(set("address", "'a'"));
        b.run(set("address", "'b'"));
        b.synced();
        SyncResult result = a.sync();
        assertThat(result.conflicts()).isEqualTo(1);
        everybodySyncs();
        assertThat(everywhere("address")).isEqualTo("b");
        assertThat(b.one("select state || ' ' || mine || ' ' || theirs || ' ' || base from godwit_conflict"))
                .isEqualTo("undecided a b here");
    }

    @Test
    void readOnlyIsTheServers() {
        assertThatThrownBy(() -> a.run(set("rank", "1"))).hasMessageContaining("read_only");
        fleet.operator("update item set rank = 7");
        everybodySyncs();
        assertThat(everywhere("rank")).isEqualTo("7");
    }

    @Test
    void precedenceBeatsTheClockAndWhoHasSeenMayGoBack() {
        concurrently(set("status", "'done'"), set("status", "'assigned'"));
        assertThat(everywhere("status")).isEqualTo("done");
        concurrently(set("status", "'open'"), set("plain", "'x'"));
        assertThat(everywhere("status")).as("opened again by who had seen it").isEqualTo("open");
    }

    @Test
    void customWithoutAResolverParksTheTransactionAndNothingElse() {
        b.run(set("price", "11"));
        b.synced();
        a.run(set("price", "12"));
        a.run(set("plain", "'after'"));
        a.sync();
        assertThat(a.db.outbox()).singleElement().satisfies(e -> {
            assertThat(e.status()).isEqualTo("parked");
            assertThat(e.reason()).contains("no resolver");
        });
        everybodySyncs0();
        assertThat(fleet.onServer("select plain, price from item")).hasToString("[['after', 11]]");
    }

    private void everybodySyncs0() {
        b.sync();
        a.sync();
    }
}
