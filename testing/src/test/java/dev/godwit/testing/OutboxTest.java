package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Commit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.OutboxEntry;
import dev.godwit.model.Value;
import dev.godwit.testing.FaultyTransport.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the outbox keeps about pending transactions, where rows come, go and come again, and numbers are given out. */
class OutboxTest {
    private static final String SCHEMA = """
            create table place (
              id text primary key, team text scope not null, code text unique, title text);
            create table thing (
              id text collate nocase primary key, team text scope not null, title text,
              place text references place (id) on delete cascade);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesWithTwoPlaces() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into place values ('p', 'red', null, 'first'), ('q', 'red', null, 'second')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** The server holds this row from now on, and nobody but B knows it. */
    private void takeTheCode() {
        write(b, "insert into place values ('other', 'red', 'taken', 'by b')");
        b.synced();
    }

    private static Commit write(Fleet.Member member, String sql) {
        return member.db.write(tx -> tx.run(sql));
    }

    private static List<String> statuses(Fleet.Member member) {
        return member.db.outbox().stream().map(OutboxEntry::status).toList();
    }

    /** Every device and the server show the same rows. */
    private void assertSame(String sql) {
        a.synced();
        b.synced();
        a.synced();
        assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        assertThat(b.all(sql)).isEqualTo(fleet.onServer(sql));
    }

    @Test
    void numbersOfForgottenVoidsAreNotGivenOutAgain() throws IOException {
        Commit unwanted = write(a, "insert into place values ('x', 'red', null, 'never sent')");
        a.db.discard(unwanted.id().orElseThrow());
        a.db.close();
        Path copy = Files.copy(a.file, folder.resolve("clone.db"));
        a.reopenAfterCopy();
        Fleet.Member clone = fleet.deviceOn("clone", copy, a, "red");
        a.synced();
        a.synced();
        clone.synced();
        assertThat(clone.db.status().device())
                .as("it took another identity and forgot its void")
                .isNotEqualTo(a.db.status().device());
        takeTheCode();
        write(clone, "insert into place values ('y', 'red', 'taken', 'clashes')");
        assertThat(clone.sync().parked()).isEqualTo(1);
        assertThat(clone.one("select count(*) from place where id = 'y'"))
                .as("a refused row is gone")
                .isEqualTo("0");
    }

    @Test
    void rowThatComesAgainBehindARefusedOneStandsOnItsOwn() {
        takeTheCode();
        write(a, "insert into place values ('x', 'red', 'taken', 'clashes')");
        write(a, "delete from place where id = 'x'");
        write(a, "insert into place values ('x', 'red', 'free', 'again')");
        write(a, "update place set title = 'changed' where id = 'x'");
        assertThat(a.sync().parked()).as("the first, and what deleted it").isEqualTo(2);
        assertThat(a.one("select title from place where id = 'x'")).isEqualTo("changed");
        a.db.outbox().forEach(entry -> a.db.discard(entry.id()));
        assertSame("select * from place order by id");
        assertThat(a.one("select title from place where id = 'x'")).isEqualTo("changed");
    }

    @Test
    void whatBuildsOnTheSecondComingIsParkedWithIt() {
        takeTheCode();
        write(a, "insert into place values ('x', 'red', 'free', 'first coming')");
        write(a, "delete from place where id = 'x'");
        write(a, "insert into place values ('x', 'red', 'taken', 'second coming')");
        a.transport.fail(new Fault.AnswerLost());
        a.sync();
        write(a, "update place set title = 'changed' where id = 'x'");
        a.sync();
        a.sync();
        assertThat(statuses(a)).containsExactly("parked", "parked");
        assertSame("select * from place order by id");
    }

    @Test
    void discardOfAPendingInsertTakesItAndItsFollowersAway() {
        Commit first = write(a, "insert into place values ('x', 'red', null, 'new')");
        write(a, "insert into thing values ('t', 'red', 'below it', 'x')");
        write(a, "insert into thing values ('u', 'red', 'elsewhere', 'q')");
        a.db.discard(first.id().orElseThrow());
        assertThat(statuses(a)).containsExactlyInAnyOrder("parked", "pending");
        assertThat(a.all("select id from place order by id")).containsExactly("['p']", "['q']");
        assertThat(a.all("select id from thing order by id")).containsExactly("['u']");
        a.synced();
        assertThat(fleet.onServer("select id from thing")).isEqualTo(List.of("['u']"));
    }

    @Test
    void discardWaitsWhileTheServersRowsAreReadAgain() throws IOException {
        takeTheCode();
        a.synced();
        Path backup = fleet.backup();
        write(a, "update place set title = 'accepted' where id = 'p'");
        a.synced();
        a.synced();
        fleet.restore(backup);
        a.transport.beforeNextAnswer(() -> a.transport.fail(new Fault.RequestLost()));
        assertThat(a.sync().isSynced()).isFalse();
        Commit unwanted = write(a, "insert into place values ('z', 'red', null, 'unwanted')");
        assertThatThrownBy(() -> a.db.discard(unwanted.id().orElseThrow()))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("sync first");
        assertThat(a.all("select id, title from place where id <> 'z' order by id"))
                .containsExactly("['other', 'by b']", "['p', 'accepted']", "['q', 'second']");
        assertSame("select * from place order by id");
    }

    @Test
    void childThatMovesAwayFromADeletedParentStaysOverARebase() {
        write(a, "insert into thing values ('t', 'red', 'wanders', 'p')");
        assertSame("select * from thing");
        a.db.write(tx -> {
            tx.run("update thing set place = 'q' where id = 't'");
            tx.run("delete from place where id = 'p'");
        });
        Commit unsent = write(a, "insert into place values ('y', 'red', null, 'discarded')");
        a.db.discard(unsent.id().orElseThrow());
        assertThat(a.all("select id, place from thing")).containsExactly("['t', 'q']");
        assertSame("select * from thing");
        assertThat(a.all("select id, place from thing")).containsExactly("['t', 'q']");
    }

    @Test
    void retryKeepsAChildThatMovesAwayFromADeletedParent() {
        write(a, "insert into thing values ('t', 'red', 'wanders', 'p')");
        assertSame("select * from thing");
        Commit refused = a.db.write(tx -> {
            tx.run("update thing set place = 'q' where id = 't'");
            tx.run("delete from place where id = 'p'");
            tx.run("insert into place values ('z', 'red', 'taken', 'clashes')");
        });
        takeTheCode();
        assertThat(a.sync().parked()).isEqualTo(1);
        a.db.retry(refused.id().orElseThrow(), row -> {
            row.computeIfPresent("code", (name, code) -> Value.of("another"));
            return row;
        });
        assertThat(a.all("select id, place from thing")).containsExactly("['t', 'q']");
        assertSame("select * from thing");
        assertThat(a.all("select id, place from thing")).containsExactly("['t', 'q']");
    }

    @Test
    void respelledKeySurvivesARebase() {
        write(a, "insert into thing values ('t', 'red', 'small', null)");
        assertSame("select * from thing");
        a.db.write(tx -> {
            tx.run("insert into thing values ('first', 'red', 'so that inserts come before deletes', null)");
            tx.run("update thing set id = 'T' where id = 't'");
        });
        Commit unsent = write(a, "insert into place values ('y', 'red', null, 'discarded')");
        a.db.discard(unsent.id().orElseThrow());
        assertThat(statuses(a)).containsExactly("pending");
        assertThat(a.all("select id from thing order by id")).containsExactly("['first']", "['T']");
        takeTheCode();
        write(a, "insert into place values ('w', 'red', 'taken', 'refused, so that the plain way is taken')");
        a.sync();
        assertThat(a.all("select id from thing order by id")).containsExactly("['first']", "['T']");
        assertSame("select id, title from thing order by id");
    }

    @Test
    void retryKeepsARowWhoseKeyIsSpelledOtherwise() {
        write(a, "insert into thing values ('t', 'red', 'small', null)");
        assertSame("select * from thing");
        takeTheCode();
        Commit refused = a.db.write(tx -> {
            tx.run("update thing set id = 'T' where id = 't'");
            tx.run("insert into place values ('z', 'red', 'taken', 'clashes')");
        });
        assertThat(a.sync().parked()).isEqualTo(1);
        assertThat(a.all("select id from thing")).containsExactly("['t']");
        a.db.retry(refused.id().orElseThrow(), row -> {
            row.computeIfPresent("code", (name, code) -> Value.of("another"));
            return row;
        });
        assertThat(a.all("select id, title from thing")).containsExactly("['T', 'small']");
        assertSame("select id, title from thing");
    }

    @Test
    void retryOfAChangeWhoseRowIsGoneIsRefusedAndWritesNothing() {
        takeTheCode();
        Commit refused = a.db.write(tx -> {
            tx.run("update place set title = 'by a' where id = 'p'");
            tx.run("update place set title = 'by a' where id = 'q'");
            tx.run("insert into place values ('z', 'red', 'taken', 'clashes')");
        });
        assertThat(a.sync().parked()).isEqualTo(1);
        write(b, "delete from place where id = 'q'");
        b.synced();
        a.sync();
        assertThatThrownBy(() -> a.db.retry(refused.id().orElseThrow(), row -> {
                    row.replace("code", Value.of("taken"), Value.of("another"));
                    return row;
                }))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("does not fit the rows as they are now (row 'q' of place is gone)")
                .hasMessageContaining("discard it");
        assertThat(statuses(a)).containsExactly("parked");
        assertThat(a.all("select id, title from place order by id"))
                .containsExactly("['other', 'by b']", "['p', 'first']");
    }
}
