package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import dev.godwit.server.Grant;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that were away for longer than the server remembers: they get a snapshot, and nothing unsent is lost. */
class ExpiredTest {
    private static final long DAY = 24L * 3600 * 1000;
    private static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, title text, stock integer counter not null default 0,
              tags text add_wins_set, notes text merged_text, poem text three_way, extra text merged_json);
            create table visit (id integer primary key, team text scope not null, what text);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void serverThatForgetsAfterThreeDays() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        fleet.server.restart(options -> options.withRetention(3 * DAY));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run(
                "insert into item values ('i', 'red', 'base', 100, '[\"x\",\"y\"]', 'Hello world', 'l1\nl2', '{\"a\":1}')");
        a.run("insert into item (id, team, title) values ('doomed', 'red', 'd'), ('other', 'red', 'o')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void daysPass(int days) {
        for (int i = 0; i < days; i++) {
            fleet.pass(DAY);
            fleet.server.engine().forget();
        }
    }

    private String onServer(String sql) {
        return fleet.onServer(sql).toString();
    }

    @Test
    void deviceThatWasAwayGetsASnapshotAndKeepsItsWork() {
        a.run("update item set title = 'by a', stock = stock - 7, tags = '[\"x\",\"z\"]', notes = 'Hello brave world',"
                + " poem = 'L1\nl2', extra = '{\"a\":1,\"by\":\"a\"}' where id = 'i'");
        a.run("update item set title = 'of the doomed' where id = 'doomed'");
        a.run("insert into item (id, team, title) values ('new', 'red', 'n')");
        b.run("update item set stock = stock + 1, tags = '[\"x\",\"y\",\"w\"]', notes = 'Hello world, hello moon',"
                + " poem = 'l1\nL2', extra = '{\"a\":2}' where id = 'i'");
        b.run("delete from item where id in ('doomed', 'other')");
        b.synced();
        daysPass(8);
        b.run("insert into item (id, team, title) values ('late', 'red', 'l')");
        b.synced();
        assertThat(onServer("select count(*) from godwit_row where deleted"))
                .as("forgotten")
                .isEqualTo("[[0]]");
        a.synced();
        assertThat(a.one("select count(*) from item where id in ('doomed', 'other')"))
                .isEqualTo("0");
        assertThat(a.all("select id from item order by id")).containsExactly("['i']", "['late']", "['new']");
        for (String column : new String[] {"title", "stock", "tags", "notes", "poem", "extra"}) {
            String sql = "select quote(" + column + ") from item where id = 'i'";
            assertThat(a.all(sql)).as(column).isEqualTo(fleet.onServer(sql));
        }
        assertThat(a.one("select stock from item where id = 'i'")).isEqualTo("94");
        assertThat(a.one("select tags from item where id = 'i'")).isEqualTo("[\"w\",\"x\",\"z\"]");
        assertThat(a.one("select notes from item where id = 'i'")).isEqualTo("Hello brave world, hello moon");
        assertThat(a.one("select poem from item where id = 'i'")).isEqualTo("L1\nL2");
        assertThat(a.one("select extra from item where id = 'i'")).isEqualTo("{\"a\":2,\"by\":\"a\"}");
        assertThat(a.db.outbox()).isEmpty();
        assertThat(a.all("select rule, row from godwit_conflict where tbl = 'item' and col is null"))
                .as("what was written to a row that is gone is in the inbox")
                .containsExactly("['delete_wins', '''doomed''']");
    }

    @Test
    void forgettingChangesNothingForDevicesThatComeInTime() {
        for (int day = 0; day < 10; day++) {
            a.run(
                    "update item set stock = stock + 1, tags = json_insert(tags, '$[#]', ?), notes = notes || ? where id = 'i'",
                    "a" + day,
                    " a" + day);
            b.run(
                    "update item set stock = stock + 1, tags = json_insert(tags, '$[#]', ?), notes = ? || notes where id = 'i'",
                    "b" + day,
                    "b" + day + " ");
            a.run("insert into item (id, team) values (?, 'red')", "day" + day);
            a.synced();
            b.synced();
            daysPass(1);
            b.run("delete from item where id = ?", "day" + day);
            b.synced();
            a.synced();
        }
        assertThat(a.one("select stock from item where id = 'i'")).isEqualTo("120");
        assertThat(a.all("select * from item order by id")).isEqualTo(b.all("select * from item order by id"));
        assertThat(a.all("select * from item order by id")).isEqualTo(fleet.onServer("select * from item order by id"));
        assertThat(a.one("select notes from item where id = 'i'"))
                .startsWith("b9 b8 b7 b6 b5 b4 b3 b2 b1 b0 Hello world")
                .endsWith(" a0 a1 a2 a3 a4 a5 a6 a7 a8 a9");
        assertThat(onServer("select count(*) < 20 from godwit_text")).isEqualTo("[[1]]");
        assertThat(onServer("select count(*) <= 4 from godwit_row where deleted"))
                .isEqualTo("[[1]]");
    }

    private static void count(Fleet.Member member, long stock) {
        member.db.write(tx -> tx.resetCounter("item", "stock", stock, "i"));
    }

    @Test
    void aCountOfADeviceThatWasAwayKeepsWhatItHadNotSeen() {
        b.run("update item set stock = stock + 5 where id = 'i'");
        count(b, 50);
        b.run("update item set stock = stock - 1 where id = 'i'");
        b.synced();
        fleet.pass(DAY);
        a.run("update item set stock = stock + 2 where id = 'i'");
        count(a, 70);
        daysPass(8);
        a.synced();
        b.synced();
        assertThat(b.one("select stock from item where id = 'i'"))
                .as("70 and what b had added and taken")
                .isEqualTo("74");
        showsWhatTheServerHas(a);
    }

    @Test
    void aCountOfADeviceThatWasAwayForSeveralCountsIsParkedAndHoldsWhenItIsRetried() {
        count(b, 50);
        b.synced();
        count(b, 60);
        b.run("update item set stock = stock - 1 where id = 'i'");
        b.synced();
        fleet.pass(DAY);
        count(a, 70);
        daysPass(8);
        assertThat(a.sync().parked()).isEqualTo(1);
        OutboxEntry parked = a.db.outbox().get(0);
        assertThat(parked.reason()).contains("what this count had seen").contains("retry");
        assertThat(a.one("select stock from item where id = 'i'")).isEqualTo("59");
        a.db.retry(parked.id());
        a.synced();
        b.synced();
        assertThat(b.one("select stock from item where id = 'i'")).isEqualTo("70");
        showsWhatTheServerHas(a);
    }

    private void acceptedWithoutAnAnswer(Fleet.Member member) {
        member.transport.fail(new FaultyTransport.Fault.AnswerLost());
        assertThat(member.sync().isSynced()).isFalse();
    }

    private void showsWhatTheServerHas(Fleet.Member member) {
        String sql = "select * from item order by id";
        assertThat(member.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(member.db.outbox()).isEmpty();
    }

    @Test
    void ownRowWhoseDeleteIsForgottenBeforeItsReceiptCameStaysAway() {
        a.run("insert into item (id, team, title) values ('mine', 'red', 'm')");
        a.run("update item set stock = stock - 7 where id = 'i'");
        acceptedWithoutAnAnswer(a);
        b.synced();
        b.run("delete from item where id = 'mine'");
        b.synced();
        daysPass(8);
        a.run("insert into item (id, team, title) values ('unsent', 'red', 'u')");
        a.synced();
        showsWhatTheServerHas(a);
        assertThat(a.all("select id from item order by id"))
                .containsExactly("['doomed']", "['i']", "['other']", "['unsent']");
        assertThat(a.one("select stock from item where id = 'i'")).isEqualTo("93");
    }

    @Test
    void ownRowOfADeviceThatNeverHadARowStaysAwayToo() {
        Fleet.Member c = fleet.device("c", "red");
        c.run("insert into item (id, team, title) values ('first', 'red', 'f'), ('second', 'red', 's')");
        acceptedWithoutAnAnswer(c);
        b.synced();
        b.run("delete from item where id = 'first'");
        b.synced();
        daysPass(8);
        c.synced();
        showsWhatTheServerHas(c);
        assertThat(c.all("select id from item order by id"))
                .containsExactly("['doomed']", "['i']", "['other']", "['second']");
    }

    @Test
    void whatIsWrittenUnderAKeyThatWasReplacedMeansTheOwnRowHoweverLateTheReceiptComes() {
        b.run("insert into visit values (1, 'red', 'of b')");
        b.synced();
        a.run("insert into visit values (1, 'red', 'of a')");
        acceptedWithoutAnAnswer(a);
        a.run("update visit set what = 'more of a' where id = 1");
        b.run("insert into visit values (3, 'red', 'later')");
        b.synced();
        daysPass(8);
        a.synced();
        assertThat(fleet.onServer("select what from visit order by id"))
                .isEqualTo(List.of("['of b']", "['more of a']", "['later']"));
        assertThat(a.all("select what from visit order by id"))
                .containsExactly("['of b']", "['more of a']", "['later']");
        a.synced();
        assertThat(onServer("select count(*) from godwit_rekey"))
                .as("of no use any more")
                .isEqualTo("[[0]]");
    }

    /** A device of two scopes, of which the first has moved on for too long, and the second not at all. */
    private Fleet.Member deviceWithOneScopeExpired() {
        Fleet.Member both = fleet.device("both", "red", "blue");
        both.run("insert into item (id, team, title) values ('blue', 'blue', 'before')");
        both.synced();
        b.run("delete from item where id = 'doomed'");
        b.synced();
        daysPass(8);
        return both;
    }

    @Test
    void whatIsAcceptedAsOneScopeExpiresIsShownInTheOtherToo() {
        Fleet.Member both = deviceWithOneScopeExpired();
        both.run("update item set title = 'by both' where id in ('blue', 'i')");
        both.synced();
        showsWhatTheServerHas(both);
        assertThat(both.all("select title from item order by id"))
                .containsExactly("['by both']", "['by both']", "['o']");
    }

    @Test
    void whatIsRefusedAsOneScopeExpiresGoesFromTheOtherToo() {
        Fleet.Member both = deviceWithOneScopeExpired();
        both.transport.grant(new Grant("user-both", Set.of("red", "blue", "shared"), true));
        both.run("insert into item (id, team) values ('refused', 'blue')");
        both.synced();
        assertThat(both.db.outbox()).as("parked").hasSize(1);
        assertThat(both.all("select id from item order by id")).containsExactly("['blue']", "['i']", "['other']");
    }

    @Test
    void firstSyncThatWasInterruptedForTooLongBeginsAnew() {
        Fleet.Member c = fleet.device("c", "red");
        for (int i = 0; i < 9_000; i += 1_000) {
            int from = i;
            a.db.write(tx -> {
                for (int k = from; k < from + 1_000; k++) {
                    tx.run(
                            "insert into item (id, team, title) values (?, 'red', ?)",
                            String.format("r%05d", k),
                            "x".repeat(300));
                }
            });
        }
        a.synced();
        c.transport.fail(new FaultyTransport.Fault.AnswerCut(700));
        assertThat(c.sync().isSynced()).isFalse();
        a.run("delete from item where id like 'r00%'");
        a.synced();
        daysPass(8);
        a.run("update item set title = 'end' where id = 'i'");
        a.synced();
        c.synced();
        assertThat(c.one("select count(*) from item")).isEqualTo(a.one("select count(*) from item"));
    }
}
