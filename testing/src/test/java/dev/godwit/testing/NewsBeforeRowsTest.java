package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.GodwitException;
import dev.godwit.model.Limits;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where transactions are sent again, the server first says what became of each, and the rows come in another answer. A sync that
 * breaks off in between leaves the application with the rows as they were, and it goes on to write.
 */
@Timeout(120)
class NewsBeforeRowsTest {
    private static final String SCHEMA =
            "create table ticket (id integer primary key, team text scope not null, who text not null, note text,"
                    + " code text unique, body text merged_text, n integer counter not null default 0);"
                    + "create table line (id text primary key, team text scope not null, ticket integer references ticket(id));";
    private static final String TICKETS = "select id, who, note from ticket order by id";
    private static final int ALL = 1_000;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member other;
    private Fleet.Member a;

    /** Another device has made ticket 1, of which a knows nothing. */
    @BeforeEach
    void anotherHasTheFirstKey() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        other = fleet.device("other", "red");
        a = fleet.device("a", "red");
        write(other, 1, "other");
        other.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private static TransactionId write(Fleet.Member member, int id, String who) {
        return member.db
                .write(tx -> tx.run("insert into ticket (id, team, who) values (?, 'red', ?)", id, who))
                .id()
                .orElseThrow();
    }

    private void note(Fleet.Member member, String who, String note) {
        fleet.pass(1_000);
        member.run("update ticket set note = coalesce(note || ', ', '') || ? where who = ?", note, who);
    }

    /** A copy of a's file as it is now, and its device's next life, which sends so many transactions at a time. */
    private Fleet.Member copy(Path file, int transactions) {
        fleet.pass(60_000);
        Fleet.Member copy = fleet.deviceOn("copy", file, a, "red");
        inBatches(copy, transactions);
        return copy;
    }

    private Path copied() throws IOException {
        a.db.close();
        Path copy = Files.copy(a.file, folder.resolve("older.db"));
        a.reopenAfterCopy();
        return copy;
    }

    private static void inBatches(Fleet.Member member, int transactions) {
        member.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", transactions)));
    }

    /** The first exchange says that all is to be sent again, the second what became of it, and the third does not arrive. */
    private static void hearsTheNewsOnly(Fleet.Member member) {
        breaksOffBehind(member, 2);
    }

    /** Of a's file as it is now; a goes on and sends what is in it. */
    private Fleet.Member copyThatHearsTheNewsOnly(int transactions) throws IOException {
        Path older = copied();
        a.synced();
        // what it has confirmed the server does not tell one that has its name
        a.synced();
        Fleet.Member copy = copy(older, transactions);
        hearsTheNewsOnly(copy);
        return copy;
    }

    private static void breaksOffBehind(Fleet.Member member, int answers) {
        int[] came = {0};
        member.transport.watchAnswers(answer -> {
            if (++came[0] == answers) {
                member.transport.beforeNextAnswer(() -> member.transport.fail(new FaultyTransport.Fault.RequestLost()));
            }
        });
        assertThat(member.sync().isSynced()).isFalse();
        member.transport.watchAnswers(answer -> {});
        assertThat(came[0]).as("answers that came").isEqualTo(answers);
    }

    private void everywhere(List<Fleet.Member> members, String... rows) {
        for (int i = 0; i < 2; i++) {
            members.forEach(Fleet.Member::synced);
        }
        assertThat(fleet.onServer(TICKETS)).containsExactly(rows);
        for (Fleet.Member member : members) {
            assertThat(member.all(TICKETS)).as(member.name).containsExactly(rows);
            assertThat(member.db.outbox()).as(member.name).isEmpty();
        }
    }

    /** Rows that the server has given other keys. */
    @ParameterizedTest(name = "the copy sends {0} at a time")
    @ValueSource(ints = {1, ALL})
    void whatACopyWritesMeansTheRowThatItShows(int transactions) throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        Fleet.Member copy = copyThatHearsTheNewsOnly(transactions);
        assertThat(copy.all(TICKETS)).containsExactly("[1, 'first', NULL]", "[2, 'second', NULL]");
        note(copy, "first", "by the copy");
        copy.run("insert into line values ('l', 'red', 1)");
        copy.reopen(null);
        // their keys are taken by now: by the second, and by that for which the first of them makes room
        write(copy, 3, "third");
        write(copy, 4, "fourth");
        note(copy, "third", "new");
        copy.run("update line set ticket = (select id from ticket where who = 'third') where id = 'l'");
        copy.run("delete from ticket where who = 'second'");
        everywhere(
                List.of(copy, a, other, copy),
                "[1, 'other', NULL]",
                "[2, 'first', 'by the copy']",
                "[4, 'third', 'new']",
                "[5, 'fourth', NULL]");
        assertThat(fleet.onServer("select id, ticket from line")).containsExactly("['l', 4]");
    }

    /** A row that the server had given another key already, and gives still another once it has been restored. */
    @ParameterizedTest(name = "it sends {0} at a time")
    @ValueSource(ints = {1, ALL})
    void whatADeviceWritesBehindARestoredServerMeansTheRowThatItShows(int transactions) throws IOException {
        Path backup = fleet.backup();
        inBatches(a, transactions);
        write(a, 1, "first");
        write(a, 2, "second");
        a.synced();
        assertThat(a.all(TICKETS)).containsExactly("[1, 'other', NULL]", "[2, 'first', NULL]", "[3, 'second', NULL]");
        fleet.restore(backup);
        write(other, 2, "other, later");
        other.synced();
        hearsTheNewsOnly(a);
        note(a, "first", "by a");
        note(a, "second", "too");
        note(a, "other", "seen by a");
        fleet.restore(backup);
        // decided once more while the rows of the last time have not come
        write(other, 3, "other, at last");
        other.synced();
        hearsTheNewsOnly(a);
        note(a, "first", "again");
        for (int i = 0; i < 2; i++) {
            List.of(a, other).forEach(Fleet.Member::synced);
        }
        String named = "select who, note from ticket order by who";
        assertThat(fleet.onServer(named))
                .containsExactly(
                        "['first', 'by a, again']",
                        "['other', 'seen by a']",
                        "['other, at last', NULL]",
                        "['other, later', NULL]",
                        "['second', 'too']");
        everywhere(List.of(a, other), fleet.onServer(TICKETS).toArray(new String[0]));
    }

    /** What the server has taken is in no list of pending changes, and in no row either. */
    @Test
    void nothingIsDiscardedMeanwhileAndNothingGoesOutOfView() throws IOException {
        write(a, 1, "first");
        TransactionId second = write(a, 2, "second");
        Fleet.Member copy = copyThatHearsTheNewsOnly(1);
        TransactionId third = write(copy, 9, "third");
        for (TransactionId id : List.of(second, third)) {
            assertThatThrownBy(() -> copy.db.discard(id))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.getMessage()).contains(id.toString(), "sync first"));
        }
        assertThat(copy.all(TICKETS))
                .containsExactly("[1, 'first', NULL]", "[2, 'second', NULL]", "[9, 'third', NULL]");
        copy.synced();
        everywhere(
                List.of(copy, a, other),
                "[1, 'other', NULL]",
                "[2, 'first', NULL]",
                "[3, 'second', NULL]",
                "[9, 'third', NULL]");
    }

    /** They would find the rows that are shown under the keys which theirs have got. */
    @Test
    void takingBackAndRetryingWaitForTheRows() throws IOException {
        TransactionId first = write(a, 1, "first");
        write(a, 2, "second");
        Fleet.Member copy = copyThatHearsTheNewsOnly(ALL);
        assertThatThrownBy(() -> copy.db.transactions().undo(first)).hasMessageContaining("sync first");
        copy.synced();
        copy.db.transactions().undo(first);
        everywhere(List.of(copy, a, other), "[1, 'other', NULL]", "[3, 'second', NULL]");
    }

    @Test
    void retryingWaitsForTheRowsToo() throws IOException {
        Path backup = fleet.backup();
        write(a, 1, "first");
        write(a, 2, "second");
        a.synced();
        other.run("update ticket set code = 'X' where id = 1");
        other.synced();
        TransactionId refused = a.db.write(tx -> tx.run("update ticket set code = 'X' where who = 'first'"))
                .id()
                .orElseThrow();
        assertThat(a.sync().parked()).isEqualTo(1);
        fleet.restore(backup);
        Fleet.Member late = fleet.device("late", "red");
        late.synced();
        write(late, 2, "late");
        late.synced();
        hearsTheNewsOnly(a);
        UnaryOperator<Map<String, Value>> repair = row -> {
            row.replace("code", Value.of("Y"));
            return row;
        };
        assertThatThrownBy(() -> a.db.retry(refused, repair)).hasMessageContaining("sync first");
        a.synced();
        a.db.retry(refused, repair);
        a.synced();
        assertThat(fleet.onServer("select who from ticket where code = 'Y'")).containsExactly("['first']");
    }

    @Test
    void editsOfTextsAreMadeOnTheTextThatIsShown() throws IOException {
        Path backup = fleet.backup();
        write(a, 1, "first");
        write(a, 2, "second");
        a.run("update ticket set body = 'of ' || who where who <> 'other'");
        a.synced();
        a.synced();
        fleet.restore(backup);
        write(other, 2, "other, later");
        other.synced();
        inBatches(a, 1);
        breaksOffBehind(a, 4);
        note(a, "other", "so that the first request decides no edit");
        a.run("update ticket set body = body || ', edited' where who = 'first'");
        a.run("update ticket set body = body || ', too' where who = 'second'");
        a.run("update ticket set body = body || '!' where who in ('first', 'second')");
        List.of(a, other, a).forEach(Fleet.Member::synced);
        assertThat(a.db.outbox()).isEmpty();
        assertThat(fleet.onServer("select who, body from ticket where body is not null order by who"))
                .containsExactly("['first', 'of first, edited!']", "['second', 'of second, too!']");
    }

    @Test
    void aCountBuildsOnTheCountsOfItsOwnRow() throws IOException {
        other.run("update ticket set code = 'X'");
        other.synced();
        write(a, 1, "first");
        write(a, 2, "second");
        Fleet.Member copy = copyThatHearsTheNewsOnly(ALL);
        copy.run("update ticket set n = n + 10, code = 'X' where who = 'first'");
        copy.db.write(tx -> tx.resetCounter("ticket", "n", 50, 2));
        copy.db.write(tx -> tx.resetCounter("ticket", "n", 60, 1));
        assertThat(copy.sync().parked())
                .as("the refused one, and the count upon it")
                .isEqualTo(2);
        assertThat(fleet.onServer("select who, n from ticket order by id"))
                .containsExactly("['other', 0]", "['first', 0]", "['second', 50]");
    }

    /** Its own scope is not granted, and what it may write to it does not sync: no rows ever come. */
    @Test
    void soDoesADeviceOfWhichNoScopeIsGranted() throws IOException {
        Grant writing = new Grant("user-n", Set.of("red", "shared"), false);
        a = fleet.device("n", "green");
        a.transport.grant(writing);
        a.sync();
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copied();
        a.sync();
        a.sync();
        fleet.pass(60_000);
        Fleet.Member copy = fleet.deviceOn("copy", older, a, "green");
        copy.transport.grant(writing);
        hearsTheNewsOnly(copy);
        note(copy, "first", "by the copy");
        copy.sync();
        assertThat(fleet.onServer(TICKETS))
                .containsExactly("[1, 'other', NULL]", "[2, 'first', 'by the copy']", "[3, 'second', NULL]");
    }
}
