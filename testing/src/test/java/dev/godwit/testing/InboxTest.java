package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Conflict;
import dev.godwit.client.GodwitException;
import dev.godwit.client.Inbox;
import dev.godwit.model.Value;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lost a merge is kept where its loser sees it, and a person's decision is a write like any other. */
class InboxTest {
    static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null,
              plain text, silent text, address text manual, poem text three_way, closed integer first_write);
            create table kept (id text primary key, team text scope not null, plain text, n integer counter not null default 0);
            create table asked (id text primary key, team text scope not null, plain text, n integer counter not null default 0);
            insert into godwit_policy values
              ('item', 'silent', 'quiet', '1'),
              ('kept', null, 'delete', 'update_wins'),
              ('asked', null, 'delete', 'manual');
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void begin() {
        twoDevices("fleet");
    }

    private void twoDevices(String name, Object... limits) {
        fleet = new Fleet(folder.resolve(name), SCHEMA, TestLimits.with(limits));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, plain, silent, address, poem) values"
                + " ('i', 'red', 'base', 'base', 'base', 'l1\nl2')");
        a.run("insert into kept (id, team, plain, n) values ('i', 'red', 'base', 3)");
        a.run("insert into asked (id, team, plain, n) values ('i', 'red', 'base', 3)");
        everybodySyncs();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void everybodySyncs() {
        for (int i = 0; i < 2; i++) {
            b.synced();
            a.synced();
        }
        b.synced();
    }

    /** A writes first and B arrives first; then all sync until nothing moves. */
    private void concurrently(String byA, String byB) {
        a.run(byA);
        fleet.pass(1_000);
        b.run(byB);
        fleet.pass(1_000);
        everybodySyncs();
    }

    private String everywhere(String sql) {
        everybodySyncs();
        assertThat(a.all(sql)).as("on a").isEqualTo(b.all(sql));
        assertThat(fleet.onServer(sql)).as("on the server").isEqualTo(a.all(sql));
        return a.one(sql);
    }

    /** The one entry that there is, the same on both devices. */
    private Conflict only() {
        assertThat(a.db.inbox().conflicts()).hasSize(1).isEqualTo(b.db.inbox().conflicts());
        return a.db.inbox().conflicts().get(0);
    }

    private static String set(String column, String value) {
        return "update item set " + column + " = " + value + " where id = 'i'";
    }

    private void settled(String choice) {
        everybodySyncs();
        assertThat(only().undecided()).isFalse();
        assertThat(only().choice()).contains(choice);
        assertThat(a.db.inbox().undecided()).isEmpty();
    }

    @Test
    void eachDecisionAboutAManualColumnReachesEverybody() {
        concurrently(set("address", "'a'"), set("address", "'b'"));
        Conflict entry = only();
        assertThat(entry.undecided()).isTrue();
        assertThat(List.of(entry.base(), entry.mine(), entry.theirs(), entry.winner()))
                .containsExactly(Value.of("base"), Value.of("a"), Value.of("b"), Value.of("b"));
        assertThat(entry.loser().subject() + entry.other().subject()).isEqualTo("user-auser-b");
        b.db.inbox().takeMine(entry.id());
        assertThat(everywhere("select address from item")).isEqualTo("a");
        settled("mine");
        a.db.inbox().takeTheirs(entry.id());
        assertThat(everywhere("select address from item")).isEqualTo("b");
        settled("theirs");
        a.db.inbox().write(entry.id(), Value.of("c"));
        assertThat(everywhere("select address from item")).isEqualTo("c");
        settled("other");
        a.db.inbox().dismiss(entry.id());
        assertThat(everywhere("select address from item")).isEqualTo("c");
        settled("dismissed");
    }

    @Test
    void linesThatClashWaitAndAreTakenWhole() {
        concurrently(set("poem", "'A\nl2'"), set("poem", "'B\nl2'"));
        Conflict entry = only();
        assertThat(entry.undecided()).isTrue();
        assertThat(entry.rule()).isEqualTo("three_way");
        a.db.inbox().takeMine(entry.id());
        assertThat(everywhere("select poem from item")).isEqualTo("A\nl2");
        settled("mine");
    }

    @Test
    void h13TheLoserLearnsOfItThoughTheWinnerCameLater() {
        fleet.pass(1_000);
        b.run(set("plain", "'b'"));
        b.synced();
        assertThat(b.db.inbox().conflicts()).isEmpty();
        fleet.pass(1_000);
        a.run(set("plain", "'a'"));
        a.synced();
        b.synced();
        Conflict entry = b.db.inbox().conflicts().get(0);
        assertThat(entry.mine()).isEqualTo(Value.of("b"));
        assertThat(entry.winner()).isEqualTo(Value.of("a"));
        assertThat(entry.loser().subject()).isEqualTo("user-b");
        assertThat(entry.undecided()).isFalse();
        b.db.inbox().takeMine(entry.id());
        assertThat(everywhere("select plain from item")).isEqualTo("b");
        settled("mine");
    }

    @Test
    void aQuietColumnLeavesNothingBehind() {
        concurrently(set("silent", "'a'"), set("silent", "'b'"));
        assertThat(everywhere("select silent from item")).isEqualTo("b");
        assertThat(a.db.inbox().conflicts()).isEmpty();
    }

    @Test
    void aDeleteThatMetAnUpdateWaitsWhereThePolicySaysSo() {
        concurrently("delete from asked", "update asked set plain = 'b'");
        assertThat(everywhere("select plain from asked"))
                .as("what is there stays")
                .isEqualTo("b");
        Conflict entry = only();
        assertThat(entry.undecided()).isTrue();
        assertThat(entry.column()).isNull();
        assertThat(entry.mine()).isEqualTo(Value.NULL);
        assertThatThrownBy(() -> a.db.inbox().write(entry.id(), Value.of("x"))).hasMessageContaining("a whole row");
        assertThat(only().undecided()).as("still").isTrue();
        b.db.inbox().takeMine(entry.id());
        assertThat(everywhere("select count(*) from asked")).isEqualTo("0");
        settled("mine");
    }

    @Test
    void anUpdateOfARowThatIsGoneWaitsWholeSoThatItCanBeTaken() {
        concurrently("update asked set plain = 'a', n = n + 4", "delete from asked");
        assertThat(everywhere("select count(*) from asked")).isEqualTo("0");
        Conflict entry = only();
        assertThat(entry.undecided()).isTrue();
        assertThat(a.db.inbox().lines(entry.mine())).contains("plain = 'a'", "n = 7");
        a.db.inbox().takeMine(entry.id());
        assertThat(everywhere("select plain || n from asked")).isEqualTo("a7");
        settled("mine");
        assertThatThrownBy(() -> a.db.inbox().takeMine(entry.id())).hasMessageContaining("is there again");
        b.db.inbox().dismiss(entry.id());
        settled("dismissed");
    }

    @Test
    void aDeleteThatLostToAnUpdateIsInTheHistoryWhicheverCameFirst() {
        concurrently("delete from kept", "update kept set plain = 'b'");
        assertThat(everywhere("select plain from kept")).isEqualTo("b");
        assertThat(only().rule()).isEqualTo("update_wins");
        assertThat(only().mine()).isEqualTo(Value.NULL);
        assertThat(only().loser().subject()).isEqualTo("user-a");
        a.db.inbox().dismiss(only().id());
        concurrently("update kept set plain = 'a'", "delete from kept");
        assertThat(everywhere("select plain || n from kept")).isEqualTo("a3");
        assertThat(a.db.inbox().conflicts()).hasSize(2).anySatisfy(entry -> {
            assertThat(entry.loser().subject()).as("who deleted").isEqualTo("user-b");
            assertThat(entry.mine()).isEqualTo(Value.NULL);
            assertThat(entry.rule()).isEqualTo("update_wins");
            assertThat(entry.undecided()).isFalse();
        });
    }

    @Test
    void theHistoryIsARingOfTheNewest() {
        fleet.close();
        twoDevices("ring", "conflictsKept", 3);
        for (int i = 0; i < 8; i++) {
            concurrently(set("plain", "'a" + i + "'"), set("plain", "'b" + i + "'"));
        }
        assertThat(everywhere("select count(*) from godwit_conflict")).isEqualTo("3");
        assertThat(b.db.inbox().conflicts().stream().map(c -> c.mine().asText()))
                .containsExactly("a7", "a6", "a5");
        assertThat(b.db.inbox().conflicts()).allMatch(c -> c.choice().isEmpty());
    }

    @Test
    void whatPeopleHaveDecidedIsBoundedToo() {
        fleet.close();
        twoDevices("decided", "conflictsKept", 3);
        for (int i = 0; i < 8; i++) {
            concurrently(set("address", "'a" + i + "'"), set("address", "'b" + i + "'"));
            b.db.inbox().dismiss(b.db.inbox().undecided().get(0).id());
            fleet.pass(1_000);
        }
        concurrently(set("address", "'a8'"), set("address", "'b8'"));
        assertThat(everywhere(
                        "select group_concat(mine) from (select mine from godwit_conflict order by commit_number)"))
                .isEqualTo("a5,a6,a7,a8");
        assertThat(a.db.inbox().undecided())
                .singleElement()
                .satisfies(c -> assertThat(c.mine()).isEqualTo(Value.of("a8")));
    }

    @Test
    void moreThanAPersonCanDecideIsRefusedAndNothingElse() {
        fleet.close();
        twoDevices("full", "conflictsUndecided", 1);
        concurrently(set("address", "'a'"), set("address", "'b'"));
        a.run(set("address", "'a2'"));
        a.run(set("plain", "'goes on'"));
        b.run(set("address", "'b2'"));
        b.synced();
        a.sync();
        assertThat(a.db.outbox()).singleElement().satisfies(e -> {
            assertThat(e.status()).isEqualTo("parked");
            assertThat(e.reason()).contains("conflictsUndecided = 1");
        });
        assertThat(fleet.onServer("select plain, address from item")).hasToString("[['goes on', 'b2']]");
        b.synced();
        b.db.inbox().dismiss(only().id());
        everybodySyncs();
        a.db.retry(a.db.outbox().get(0).id());
        assertThat(everywhere("select address from item")).isEqualTo("a2");
    }

    @Test
    void theLimitCountsEachScopeForItself() {
        fleet.close();
        fleet = new Fleet(folder.resolve("scopes"), SCHEMA, TestLimits.with("conflictsUndecided", 1));
        a = fleet.device("a", "red", "blue");
        b = fleet.device("b", "red", "blue");
        a.run("insert into item (id, team, address) values ('r', 'red', 'base'), ('b', 'blue', 'base')");
        everybodySyncs();
        concurrently("update item set address = 'a'", "update item set address = 'b'");
        assertThat(a.db.outbox()).isEmpty();
        assertThat(a.db.inbox().undecided()).as("one in each").hasSize(2);
    }

    @Test
    void aValueThatTheRuleWouldNotKeepIsRefusedAndTheEntryStays() {
        concurrently(set("closed", "1"), set("closed", "2"));
        Conflict entry = only();
        assertThatThrownBy(() -> a.db.inbox().takeMine(entry.id()))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("first_write and keeps 2 over 1");
        assertThat(only()).isEqualTo(entry);
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void aDecisionAboutARowThatIsGoneIsRefusedWithTheMend() {
        concurrently(set("address", "'a'"), set("address", "'b'"));
        Inbox inbox = a.db.inbox();
        String id = only().id();
        a.run("delete from item");
        for (Runnable decision : List.<Runnable>of(
                () -> inbox.takeMine(id), () -> inbox.takeTheirs(id), () -> inbox.write(id, Value.of("x")))) {
            assertThatThrownBy(decision::run).hasMessageContaining("is gone: dismiss the entry");
        }
        assertThat(inbox.undecided()).hasSize(1);
        inbox.dismiss(id);
        settled("dismissed");
        assertThatThrownBy(() -> inbox.dismiss("red/none")).hasMessageContaining("there is no entry red/none");
    }

    @Test
    void whoDecidesFirstHasDecidedAndThereIsNoConflictAboutTheInboxItself() {
        concurrently(set("address", "'a'"), set("address", "'b'"));
        String id = only().id();
        a.db.inbox().dismiss(id);
        fleet.pass(1_000);
        b.db.inbox().write(id, Value.of("c"));
        a.synced();
        everybodySyncs();
        assertThat(everywhere("select choice from godwit_conflict")).isEqualTo("dismissed");
        assertThat(everywhere("select address from item"))
                .as("a write is a write")
                .isEqualTo("c");
        assertThat(everywhere("select count(*) from godwit_conflict")).isEqualTo("1");
    }

    @Test
    void onlyDecisionsAreTakenFromDevices() {
        concurrently(set("address", "'a'"), set("address", "'b'"));
        b.run("delete from godwit_conflict");
        a.run("update godwit_conflict set mine = 'forged'");
        assertThat(b.sync().parked()).isEqualTo(1);
        assertThat(a.sync().parked()).isEqualTo(1);
        assertThat(a.db.outbox().get(0).reason()).contains("only state and choice");
        assertThat(everywhere("select mine from godwit_conflict")).isEqualTo("a");
    }

    @Test
    void aCountThatIsChosenIsACountAndNoDifference() {
        Conflict lost = aCountOf50LostTo100();
        a.db.inbox().takeMine(lost.id());
        b.db.inbox().takeMine(lost.id());
        assertThat(everywhere("select n from kept"))
                .as("both took the count of 50")
                .isEqualTo("50");
        fleet.pass(1_000);
        a.db.inbox().write(lost.id(), Value.of(60L));
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("kept", "n", 80, "i"));
        assertThat(everywhere("select n from kept")).as("the later count").isEqualTo("80");
    }

    @Test
    void theCountThatItMetIsWrittenOnlyWhereAnotherValueIs() {
        Conflict lost = aCountOf50LostTo100();
        b.db.write(tx -> tx.resetCounter("kept", "n", 70, "i"));
        fleet.pass(1_000);
        a.db.inbox().takeTheirs(lost.id());
        assertThat(everywhere("select n from kept")).as("it was there").isEqualTo("70");
        fleet.pass(1_000);
        a.db.inbox().takeTheirs(lost.id());
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("kept", "n", 80, "i"));
        assertThat(everywhere("select n from kept")).as("the later count").isEqualTo("80");
    }

    private Conflict aCountOf50LostTo100() {
        a.db.write(tx -> tx.resetCounter("kept", "n", 50, "i"));
        fleet.pass(1_000);
        b.db.write(tx -> tx.resetCounter("kept", "n", 100, "i"));
        fleet.pass(1_000);
        everybodySyncs();
        Conflict lost = a.db.inbox().conflicts().get(0);
        assertThat(lost.toString()).contains("50", "100");
        return lost;
    }
}
