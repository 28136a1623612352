package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of which the server has more to say than fits into a message: a device that cannot read it never syncs again. */
@Timeout(120)
class LargeOutcomesTest {
    private static final int COLUMNS = 100;
    /** Each value that loses takes 23 fields of a message, which holds a million: one, and two for each column of the key. */
    private static final int KEY = 10;
    /** Of one transaction. */
    private static final int ROWS = 105;

    private static final int TRANSACTIONS = 5;
    private static final int TOO_MANY = 270;

    @TempDir
    Path folder;

    private static String each(int count, String name, String piece) {
        return IntStream.range(0, count).mapToObj(i -> name + i + piece).collect(Collectors.joining(", "));
    }

    private static void insert(Fleet.Member member, String batch, int rows) {
        member.run(
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?1) insert into wide ("
                        + each(KEY, "k", "") + ", team, batch) select " + "i, ".repeat(KEY - 1)
                        + "?2, 'red', ?2 from n",
                rows,
                batch);
    }

    private static void writeAll(Fleet.Member member, String batch, String value) {
        member.run("update wide set " + each(COLUMNS, "c", " = '" + value + "'") + " where batch = ?", batch);
    }

    private static List<String> shown(Fleet.Member member) {
        return member.all("select batch, c0, c99, count(*) from wide group by 1, 2, 3 order by 1");
    }

    @Test
    void whatCannotBeToldAtOnceIsToldOneAfterTheOtherAndWhatCannotBeToldAtAllIsRefused() {
        String schema =
                "create table wide (" + each(KEY, "k", " text not null") + ", team text scope not null, batch text, "
                        + each(COLUMNS, "c", " text") + ", primary key (" + each(KEY, "k", "") + "));";
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), schema)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            IntStream.range(0, TRANSACTIONS).forEach(i -> insert(b, "b" + i, ROWS));
            insert(b, "all", TOO_MANY);
            b.synced();
            a.synced();
            IntStream.range(0, TRANSACTIONS).forEach(i -> writeAll(a, "b" + i, "earlier"));
            writeAll(a, "all", "earlier");
            fleet.pass(60_000);
            IntStream.range(0, TRANSACTIONS).forEach(i -> writeAll(b, "b" + i, "later"));
            writeAll(b, "all", "later");
            b.synced();
            int before = a.transport.exchanges();
            SyncResult result = a.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            assertThat(a.transport.exchanges() - before).as("requests").isEqualTo(3);
            assertThat(a.db.outbox())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.toString())
                            .contains("parked", TOO_MANY * COLUMNS + " of its values would lose"));
            assertThat(fleet.onServer("select distinct mine like '%all%' from godwit_conflict"))
                    .as("of what was refused nothing is in the inbox")
                    .doesNotContain("[1]");
            assertThat(shown(a))
                    .isEqualTo(shown(b))
                    .hasSize(TRANSACTIONS + 1)
                    .allMatch(row -> row.contains("'later', 'later'"));
        }
    }

    private static final String LONG_KEYS = "create table long (k text primary key, team text scope not null, "
            + each(10, "c", " text") + ", u integer unique);";

    /** A frame takes 36,000 bytes then. */
    private Fleet narrow(String schema) {
        return new Fleet(
                folder.resolve("fleet"), schema, TestLimits.with("transactionBytes", 20_000, "pageBytes", 1_000));
    }

    private static String longKey(int i) {
        return i + "x".repeat(500);
    }

    /** Makes rows that both devices have. */
    private static void bothHave(Fleet.Member a, Fleet.Member b, int rows) {
        for (int i = 0; i < rows; i++) {
            b.run("insert into long (k, team) values (?, 'red')", longKey(i));
        }
        b.synced();
        a.synced();
    }

    /** Writes over what the other device has written and not sent. */
    private static void laterByB(Fleet fleet, Fleet.Member b) {
        fleet.pass(60_000);
        b.run("update long set " + each(10, "c", " = 'later'"));
        b.synced();
    }

    @Test
    void whatTakesMoreBytesThanAFrameIsRefused() {
        try (Fleet fleet = narrow(LONG_KEYS)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            bothHave(a, b, 8);
            a.run("update long set " + each(10, "c", " = 'earlier'"));
            laterByB(fleet, b);
            a.synced();
            assertThat(a.db.outbox())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.toString()).contains("parked", "80 of its values would lose"));
            a.synced();
        }
    }

    @Test
    void manyThatTakeMoreBytesTogetherAreToldOneAfterTheOther() {
        try (Fleet fleet = narrow(LONG_KEYS)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            bothHave(a, b, 16);
            IntStream.range(0, 16)
                    .forEach(i ->
                            a.run("update long set " + each(10, "c", " = 'earlier'") + " where k = ?", longKey(i)));
            laterByB(fleet, b);
            int before = a.transport.exchanges();
            a.synced();
            assertThat(a.transport.exchanges() - before).as("requests").isGreaterThan(3);
            assertThat(a.db.outbox()).isEmpty();
            assertThat(a.one("select count(*) from long where c0 = 'later'")).isEqualTo("16");
        }
    }

    @Test
    void aRejectionPrintsTheBeginningOfALongKey() {
        try (Fleet fleet = narrow(LONG_KEYS)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            b.run("insert into long (k, team, u) values ('short', 'red', 7)");
            b.synced();
            a.run("insert into long (k, team, u) values (?, 'red', 7)", "😀".repeat(4_500));
            a.synced();
            assertThat(a.db.outbox()).singleElement().satisfies(entry -> {
                assertThat(entry.toString()).contains("parked");
                assertThat(entry.reason())
                        .hasSizeBetween(990, 1_000)
                        .startsWith("Row '😀")
                        .endsWith("😀…");
            });
        }
    }
}
