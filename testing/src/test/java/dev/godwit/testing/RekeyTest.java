package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.TransactionId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that were given other keys one after the other (H12): what a device wrote about one is never taken for another. */
class RekeyTest {
    private static final String SCHEMA = """
            create table visit (
              id integer primary key, team text scope not null, what text, before integer references visit(id));
            create table line (
              id integer primary key, team text scope not null, visit integer not null references visit(id), note text);
            """;
    private static final String JOINED =
            "select v.what, l.note, b.what from visit v left join line l on l.visit = v.id left join visit b on b.id = v.before"
                    + " order by v.what, l.note";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    private void twoDevices(int transactionsInARequest) {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("pushTransactions", transactionsInARequest));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        b.run("insert into visit values (1, 'red', 'by b', null)");
        b.synced();
    }

    /** What is remembered to take a transaction back means the rows that it meant, whatever they are called by now. */
    @Test
    void whatIsTakenBackRefersToTheRowsThatItReferredTo() {
        twoDevices(1_000);
        a.run("insert into visit values (1, 'red', 'first', null)");
        a.run("insert into visit values (2, 'red', 'second', 1)");
        a.run("insert into line values (1, 'red', 1, 'deleted')");
        a.run("insert into line values (2, 'red', 1, 'turned')");
        TransactionId deleted = written("delete from line where id = 1");
        TransactionId turned = written("update line set visit = 2 where id = 2");
        TransactionId parted = written("update visit set before = null where what = 'second'");
        a.synced();
        assertThat(a.all("select id, what from visit order by id"))
                .containsExactly("[1, 'by b']", "[2, 'first']", "[3, 'second']");
        for (TransactionId id : List.of(deleted, turned, parted)) {
            assertThat(a.db.transactions().undo(id).leftAlone()).isEmpty();
        }
        all(
                "['by b', NULL, NULL]",
                "['first', 'deleted', NULL]",
                "['first', 'turned', NULL]",
                "['second', NULL, 'first']");
    }

    private TransactionId written(String sql) {
        return a.db.write(tx -> tx.run(sql)).id().orElseThrow();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void all(String... rows) {
        for (int i = 0; i < 2; i++) {
            a.sync();
            b.sync();
        }
        assertThat(a.db.outbox()).isEmpty();
        for (List<String> shown : List.of(a.all(JOINED), b.all(JOINED), fleet.onServer(JOINED))) {
            assertThat(shown).containsExactly(rows);
        }
        for (String table : List.of("visit", "line")) {
            List<String> stored = fleet.onServer("select * from " + table + " order by 1");
            assertThat(a.all("select * from " + table + " order by 1")).isEqualTo(stored);
            assertThat(b.all("select * from " + table + " order by 1")).isEqualTo(stored);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100})
    void aRowThatGotTheKeyOfAnotherStaysApartFromIt(int transactionsInARequest) {
        twoDevices(transactionsInARequest);
        // the first becomes 2, which the second has: that becomes 3, which the third has
        a.run("insert into visit values (1, 'red', 'first', null)");
        a.run("insert into visit values (2, 'red', 'second', 1)");
        a.run("insert into visit values (3, 'red', 'third', 2)");
        a.run("insert into line values (1, 'red', 1, 'of first')");
        a.run("insert into line values (2, 'red', 2, 'of second')");
        a.run("insert into line values (3, 'red', 3, 'of third')");
        a.run("update visit set what = 'first, later' where id = 1");
        a.run("update visit set what = 'second, later' where id = 2");
        all(
                "['by b', NULL, NULL]",
                "['first, later', 'of first', NULL]",
                "['second, later', 'of second', 'first, later']",
                "['third', 'of third', 'second, later']");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void soDoesARowThatWasWrittenBeforeTheNewKeyWasKnown(int transactionsInARequest) {
        twoDevices(transactionsInARequest);
        a.run("insert into visit values (1, 'red', 'first', null)");
        a.transport.fail(new FaultyTransport.Fault.AnswerLost());
        assertThat(a.sync().isSynced()).isFalse();
        // the first is 2 on the server by now
        a.run("insert into visit values (2, 'red', 'second', 1)");
        a.run("insert into line values (1, 'red', 1, 'of first')");
        a.run("insert into line values (2, 'red', 2, 'of second')");
        all("['by b', NULL, NULL]", "['first', 'of first', NULL]", "['second', 'of second', 'first']");
    }

    @Test
    void soDoesARowThatIsWrittenWhileTheAnswerIsOnItsWay() {
        twoDevices(100);
        a.run("insert into visit values (1, 'red', 'first', null)");
        a.transport.beforeNextAnswer(() -> {
            a.run("insert into visit values (2, 'red', 'second', 1)");
            a.run("insert into line values (2, 'red', 2, 'of second')");
        });
        a.sync();
        all("['by b', NULL, NULL]", "['first', NULL, NULL]", "['second', 'of second', 'first']");
    }
}
