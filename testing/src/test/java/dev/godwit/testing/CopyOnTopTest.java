package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The file of a device is copied while work waits in it, the original sends that, and the copy writes on: it had seen its own
 * earlier writes, though the server has them under the original's name.
 */
@Timeout(120)
class CopyOnTopTest {
    private static final String SCHEMA = "create table item (id text primary key, team text scope not null,"
            + " n integer counter not null default 0, tags text add_wins_set, extra text merged_json, title text,"
            + " notes text merged_text, poem text three_way, choice text manual,"
            + " step text); insert into godwit_policy values ('item', 'step', 'precedence', 'open,assigned,done');";
    private static final String ROWS =
            "select n, tags, extra, title, notes, poem, choice, step from item where id = 'i'";
    private static final String CONFLICTS = "select count(*) from godwit_conflict";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void aRowThatAllHave() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red", "blue");
        b = fleet.device("b", "red", "blue");
        a.run("insert into item values ('i', 'red', 10, '[]', '{}', 't', '', 'l1', 'm', 'open')");
        a.synced();
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** A column, what the device writes there before it is copied, and what the copy writes on top of that. */
    private enum Column {
        COUNTED(count(100), count(50), "50"),
        ADDED(set("n = n + 7"), count(50), "50"),
        SET(set("tags = '[\"x\"]'"), set("tags = '[]'"), "[]"),
        JSON(set("extra = '{\"a\":1}'"), set("extra = '{}'"), "{}"),
        VALUE(set("title = 'first'"), set("title = 'second'"), "second"),
        TEXT(set("notes = 'first'"), set("notes = 'first, second'"), "first, second"),
        LINES(set("poem = 'first'"), set("poem = 'second'"), "second"),
        CHOSEN(set("choice = 'first'"), set("choice = 'second'"), "second"),
        RANKED(set("step = 'done'"), set("step = 'open'"), "open");

        final Consumer<Fleet.Member> first;
        final Consumer<Fleet.Member> second;
        final String end;

        Column(Consumer<Fleet.Member> first, Consumer<Fleet.Member> second, String end) {
            this.first = first;
            this.second = second;
            this.end = end;
        }
    }

    private static Consumer<Fleet.Member> set(String what) {
        return member -> member.run("update item set " + what + " where id = 'i'");
    }

    private static Consumer<Fleet.Member> count(long n) {
        return member -> member.db.write(tx -> tx.resetCounter("item", "n", n, "i"));
    }

    private Path copied() throws IOException {
        a.db.close();
        Path copy = Files.copy(a.file, folder.resolve("copy" + System.identityHashCode(a.db) + ".db"));
        a.reopenAfterCopy();
        return copy;
    }

    private Fleet.Member copy(Path file) {
        return fleet.deviceOn(file.getFileName().toString(), file, a, "red", "blue");
    }

    /** Sends what waits, and something else, so that the copy's places are taken and the receipts are confirmed. */
    private void theOriginalGoesOn() {
        a.synced();
        a.run("insert into item (id, team) values ('z', 'red')");
        a.synced();
        fleet.pass(60_000);
    }

    /** All show the same, with this among it, and nothing was lost or asked. */
    private void allShow(String value, Fleet.Member... members) {
        for (int round = 0; round < 2; round++) {
            List.of(members).forEach(Fleet.Member::synced);
        }
        List<String> rows = fleet.onServer(ROWS);
        assertThat(rows.get(0).replace("'", "")).contains(value);
        for (Fleet.Member member : members) {
            assertThat(member.all(ROWS)).as(member.name).isEqualTo(rows);
            assertThat(member.db.outbox()).as(member.name).isEmpty();
        }
        assertThat(fleet.onServer(CONFLICTS)).isEqualTo(List.of("[0]"));
    }

    @ParameterizedTest
    @EnumSource(Column.class)
    void whatACopyWritesOnItsOwnUnsentWriteHadSeenThat(Column column) throws IOException {
        column.first.accept(a);
        Path file = copied();
        theOriginalGoesOn();
        Fleet.Member copy = copy(file);
        column.second.accept(copy);
        allShow(column.end, copy, a, b);
    }

    @ParameterizedTest
    @EnumSource(Column.class)
    void soDoesADeviceThatComesBackOlder(Column column) throws IOException {
        column.first.accept(a);
        Path file = copied();
        theOriginalGoesOn();
        a.db.close();
        Files.copy(file, a.file, StandardCopyOption.REPLACE_EXISTING);
        a.reopenAfterCopy();
        column.second.accept(a);
        allShow(column.end, a, b);
    }

    @ParameterizedTest
    @EnumSource(Column.class)
    void soDoesASecondCopyBehindTheFirst(Column column) throws IOException {
        column.first.accept(a);
        Path one = copied();
        Path two = copied(one);
        theOriginalGoesOn();
        Fleet.Member first = copy(one);
        first.synced();
        Fleet.Member second = copy(two);
        column.second.accept(second);
        allShow(column.end, second, first, a, b);
    }

    @ParameterizedTest
    @EnumSource(Column.class)
    void soDoesTheOriginalIfItsCopyComesFirst(Column column) throws IOException {
        column.first.accept(a);
        Fleet.Member copy = copy(copied());
        copy.synced();
        copy.run("insert into item (id, team) values ('z', 'red')");
        copy.synced();
        fleet.pass(60_000);
        column.second.accept(a);
        allShow(column.end, a, copy, b);
    }

    private Path copied(Path file) throws IOException {
        return Files.copy(file, folder.resolve("another.db"));
    }

    @Test
    void aTransactionInTwoScopesIsRememberedInBoth() throws IOException {
        a.db.write(tx -> {
            tx.run("update item set tags = '[\"x\"]' where id = 'i'");
            tx.run("insert into item (id, team, tags) values ('k', 'blue', '[\"x\"]')");
        });
        Path file = copied();
        theOriginalGoesOn();
        Fleet.Member copy = copy(file);
        copy.run("update item set tags = '[]'");
        allShow("[]", copy, a, b);
        assertThat(fleet.onServer("select tags from item where id in ('i', 'k')"))
                .isEqualTo(List.of("['[]']", "['[]']"));
    }

    @Test
    void whatTheOriginalWroteAfterTheCopyWasMadeTheCopyHadNotSeen() throws IOException {
        a.run("update item set tags = '[\"x\"]', title = 'first'");
        Path file = copied();
        a.run("update item set tags = '[\"x\",\"y\"]', title = 'by the original'");
        theOriginalGoesOn();
        Fleet.Member copy = copy(file);
        copy.run("update item set tags = '[\"z\"]', title = 'by the copy' where id = 'i'");
        for (Fleet.Member member : List.of(copy, a, b, copy)) {
            member.synced();
            assertThat(member.one("select tags from item where id = 'i'")).isEqualTo("[\"y\",\"z\"]");
        }
        assertThat(fleet.onServer("select mine, theirs from godwit_conflict where col = 'title'"))
                .isEqualTo(List.of("['by the original', 'by the copy']"));
    }

    @Test
    void aRowThatWasMovedMeanwhileIsKnownInItsNewScope() throws IOException {
        a.run("update item set tags = '[\"x\"]'");
        count(100).accept(a);
        Path file = copied();
        theOriginalGoesOn();
        b.synced();
        b.run("update item set team = 'blue' where id = 'i'");
        b.synced();
        Fleet.Member copy = copy(file);
        copy.run("update item set tags = '[]' where id = 'i'");
        count(50).accept(copy);
        allShow("50, []", copy, a, b);
    }

    @Test
    void textsThatSeveralEditComeToOneWhoeverHasThem() throws IOException {
        a.run("update item set notes = 'one' where id = 'i'");
        a.run("update item set notes = 'one two' where id = 'i'");
        Path file = copied();
        b.run("update item set notes = 'by b. ' where id = 'i'");
        theOriginalGoesOn();
        a.run("update item set notes = 'one two three' where id = 'i'");
        Fleet.Member copy = copy(file);
        copy.run("update item set notes = 'one 2' where id = 'i'");
        copy.run("update item set notes = 'one 2 four' where id = 'i'");
        Fleet.Member late = fleet.device("late", "red");
        for (Fleet.Member member : List.of(copy, b, a, late, copy, b, a, late)) {
            member.synced();
        }
        String text = fleet.onServer("select notes from item where id = 'i'").get(0);
        assertThat(text).contains("one 2", "by b. ", "three", "four").doesNotContain("two");
        for (Fleet.Member member : List.of(copy, b, a, late)) {
            assertThat(member.all("select notes from item where id = 'i'"))
                    .as(member.name)
                    .containsExactly(text);
            assertThat(member.db.outbox()).isEmpty();
        }
    }
}
