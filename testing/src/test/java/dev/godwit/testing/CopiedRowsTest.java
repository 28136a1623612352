package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Copies of a device whose new rows have got other keys, from the server or from the device itself, which makes room for one that
 * the server has given (H12): whatever a file calls a row by now, what it writes on it means that row.
 */
@Timeout(120)
class CopiedRowsTest {
    private static final String SCHEMA =
            "create table ticket (id integer primary key, team text scope not null, who text not null, note text);"
                    + "create table line (id text primary key, team text scope not null, ticket integer references ticket(id));";
    private static final String TICKETS = "select id, who, note from ticket order by id";
    private static final String LINES = "select id, ticket from line order by id";
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

    private static void write(Fleet.Member member, int id, String who) {
        member.run("insert into ticket (id, team, who) values (?, 'red', ?)", id, who);
    }

    private void note(Fleet.Member member, String who, String note) {
        fleet.pass(1_000);
        member.run("update ticket set note = coalesce(note || ', ', '') || ? where who = ?", note, who);
    }

    private static void inBatches(Fleet.Member member, int transactions) {
        member.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", transactions)));
    }

    /** Sends its first transaction and takes the answer; the next request does not arrive. */
    private static void sendsOne(Fleet.Member member) {
        inBatches(member, 1);
        sendsNext(member);
    }

    private static void sendsNext(Fleet.Member member) {
        member.transport.beforeNextAnswer(() -> member.transport.fail(new FaultyTransport.Fault.RequestLost()));
        assertThat(member.sync().isSynced()).isFalse();
    }

    private Path copyOf(Fleet.Member member, String name) throws IOException {
        member.db.close();
        Path copy = Files.copy(member.file, folder.resolve(name + ".db"));
        member.reopenAfterCopy();
        return copy;
    }

    private Fleet.Member opened(Path file, String name, int transactions) {
        fleet.pass(60_000);
        Fleet.Member copy = fleet.deviceOn(name, file, a, "red");
        inBatches(copy, transactions);
        return copy;
    }

    private void everywhere(List<Fleet.Member> members, String... rows) {
        for (int i = 0; i < 2; i++) {
            members.forEach(Fleet.Member::synced);
        }
        assertThat(fleet.onServer(TICKETS)).containsExactly(rows);
        for (Fleet.Member member : members) {
            assertThat(member.all(TICKETS)).as(member.name).containsExactly(rows);
            assertThat(member.all(LINES)).as(member.name).isEqualTo(fleet.onServer(LINES));
            assertThat(member.db.outbox()).as(member.name).isEmpty();
        }
    }

    @ParameterizedTest(name = "the original sends {0} at a time, the copy {1}")
    @CsvSource({"1, 1000", "1, 1", "1000, 1", "1000, 1000"})
    void whatACopyWritesOnARowMeansThatRowThoughItsDeviceGaveItAnotherKey(int original, int copied) throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        a.run("insert into line values ('l', 'red', 2)");
        Path older = copyOf(a, "older");
        inBatches(a, original);
        a.synced();
        // what it has confirmed the server does not tell it, nor one that has its name
        a.synced();
        Fleet.Member copy = opened(older, "copy", copied);
        note(copy, "second", "by the copy");
        copy.run("insert into line values ('of the copy', 'red', 2)");
        write(copy, 3, "third");
        copy.synced();
        note(copy, "second", "again");
        note(copy, "first", "too");
        List.of(copy, a).forEach(Fleet.Member::synced);
        note(a, "second", "by a");
        everywhere(
                List.of(copy, a, other, copy),
                "[1, 'other', NULL]",
                "[2, 'first', 'too']",
                "[3, 'second', 'by the copy, again, by a']",
                "[4, 'third', NULL]");
        assertThat(fleet.onServer(LINES)).containsExactly("['l', 3]", "['of the copy', 3]");
    }

    @ParameterizedTest(name = "the copy sends {0} at a time")
    @ValueSource(ints = {1, ALL})
    void soItDoesIfTheServerThenGaveItAnotherKeyStill(int copied) throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copyOf(a, "older");
        sendsOne(a);
        assertThat(a.all(TICKETS)).contains("[2, 'first', NULL]", "[3, 'second', NULL]");
        Path between = copyOf(a, "between");
        write(other, 3, "other, later");
        other.synced();
        a.synced();
        Fleet.Member first = opened(older, "first", copied);
        Fleet.Member second = opened(between, "second", copied);
        note(first, "second", "of 2");
        note(second, "second", "of 3");
        note(second, "first", "mine");
        everywhere(
                List.of(first, second, a, other),
                "[1, 'other', NULL]",
                "[2, 'first', 'mine']",
                "[3, 'other, later', NULL]",
                "[4, 'second', 'of 3']");
    }

    @ParameterizedTest(name = "the copies send {0} at a time")
    @ValueSource(ints = {1, ALL})
    void aRowThatMadeRoomTwiceIsFoundUnderEachOfItsKeys(int copied) throws IOException {
        write(a, 1, "first");
        write(a, 9, "second");
        write(a, 2, "third");
        Path older = copyOf(a, "older");
        sendsOne(a);
        assertThat(a.all("select id, who from ticket where who <> 'other' order by id"))
                .containsExactly("[2, 'first']", "[9, 'second']", "[10, 'third']");
        Path between = copyOf(a, "between");
        write(other, 9, "other, later");
        other.synced();
        sendsNext(a);
        assertThat(a.all("select id, who from ticket where who in ('second', 'third') order by id"))
                .containsExactly("[10, 'second']", "[11, 'third']");
        Path newer = copyOf(a, "newer");
        a.synced();
        String[] notes = {"of 2", "of 10", "of 11"};
        List<Path> files = List.of(older, between, newer);
        for (int i = 0; i < files.size(); i++) {
            Fleet.Member copy = opened(files.get(i), notes[i], copied);
            fleet.pass(1_000);
            copy.run("update ticket set note = ? where who = 'third'", notes[i]);
            write(copy, 20 + i, notes[i]);
            everywhere(List.of(copy, a, other), rowsAfter(notes, i));
        }
    }

    private static String[] rowsAfter(String[] notes, int copies) {
        List<String> rows = new java.util.ArrayList<>(List.of(
                "[1, 'other', NULL]",
                "[2, 'first', NULL]",
                "[9, 'other, later', NULL]",
                "[10, 'second', NULL]",
                "[11, 'third', '" + notes[copies] + "']"));
        for (int i = 0; i <= copies; i++) {
            rows.add("[" + (20 + i) + ", '" + notes[i] + "', NULL]");
        }
        return rows.toArray(new String[0]);
    }

    /** Its last transaction says 1 and means 2, which the server knows without being told. */
    @ParameterizedTest(name = "the copy sends {0} at a time")
    @ValueSource(ints = {1, ALL})
    void soItDoesOnARowThatWasMadeAgainUnderItsKey(int copied) throws IOException {
        write(a, 1, "deleted");
        a.run("delete from ticket where who = 'deleted'");
        write(a, 1, "made again");
        Path older = copyOf(a, "older");
        a.synced();
        a.synced();
        Fleet.Member copy = opened(older, "copy", copied);
        copy.run("insert into line select 'l', 'red', id from ticket where who = 'made again'");
        copy.synced();
        note(copy, "made again", "by the copy");
        everywhere(List.of(copy, a, other), "[1, 'other', NULL]", "[2, 'made again', 'by the copy']");
        assertThat(fleet.onServer(LINES)).containsExactly("['l', 2]");
    }

    @Test
    void aRowForWhichItMadeRoomHasTheDefaultOfAColumnThatIsAddedMeanwhile() {
        write(a, 1, "first");
        write(a, 2, "second");
        sendsOne(a);
        String grown = SCHEMA.replace("note text)", "note text, extra text default 'usual')");
        fleet.server.close();
        fleet.server.start(grown);
        a.reopen(grown);
        // the outbox is put on top of the rows again when something of it goes
        a.db.discard(a.db.write(tx -> tx.run("insert into line values ('l', 'red', 3)"))
                .id()
                .orElseThrow());
        String rows = "select id, who, extra from ticket where who = 'second'";
        assertThat(a.all(rows)).containsExactly("[3, 'second', 'usual']");
        a.synced();
        assertThat(a.all(rows)).containsExactly("[3, 'second', 'usual']");
        assertThat(fleet.onServer(rows)).containsExactly("[3, 'second', 'usual']");
    }

    @Test
    void theDeviceItselfHearsNothingNewAlsoWhereTheAnswerIsLost() {
        write(a, 1, "first");
        write(a, 2, "second");
        sendsOne(a);
        a.transport.fail(new FaultyTransport.Fault.AnswerLost());
        assertThat(a.sync().isSynced()).isFalse();
        note(a, "first", "by a");
        note(a, "second", "by a");
        a.transport.fail(new FaultyTransport.Fault.AnswerCut(900));
        assertThat(a.sync().isSynced()).isFalse();
        everywhere(List.of(a, other), "[1, 'other', NULL]", "[2, 'first', 'by a']", "[3, 'second', 'by a']");
        a.run("update ticket set note = 'of row ' || id");
        everywhere(
                List.of(a, other), "[1, 'other', 'of row 1']", "[2, 'first', 'of row 2']", "[3, 'second', 'of row 3']");
    }

    @Test
    void theDeviceLearnsWhatACopyMadeOfTheRowForWhichItHadMadeRoom() throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copyOf(a, "older");
        sendsOne(a);
        write(other, 3, "other, later");
        other.synced();
        Fleet.Member copy = opened(older, "copy", ALL);
        note(copy, "second", "by the copy");
        copy.synced();
        note(a, "second", "by a");
        note(a, "first", "by a");
        everywhere(
                List.of(a, copy, other),
                "[1, 'other', NULL]",
                "[2, 'first', 'by a']",
                "[3, 'other, later', NULL]",
                "[4, 'second', 'by a']");
    }

    @ParameterizedTest(name = "the copies send {0} at a time")
    @ValueSource(ints = {1, ALL})
    void aCopyOfACopyLearnsIt(int copied) throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copyOf(a, "older");
        inBatches(a, 1);
        a.synced();
        Fleet.Member copy = opened(older, "copy", copied);
        copy.run("update ticket set who = 'renamed' where who = 'second'");
        Path unsent = copyOf(copy, "unsent");
        sendsOneOf(copy);
        Path halfway = copyOf(copy, "halfway");
        copy.synced();
        Fleet.Member second = opened(unsent, "of the copy", copied);
        note(second, "renamed", "unsent");
        everywhere(
                List.of(second, copy, a, other),
                "[1, 'other', NULL]",
                "[2, 'first', NULL]",
                "[3, 'renamed', 'unsent']");
        Fleet.Member third = opened(halfway, "of the copy, later", copied);
        third.synced();
        note(third, "renamed", "halfway");
        note(third, "first", "too");
        everywhere(
                List.of(third, second, copy, a, other),
                "[1, 'other', NULL]",
                "[2, 'first', 'too']",
                "[3, 'renamed', 'unsent, halfway']");
    }

    /** Its first exchange is the refusal of its identity. */
    private static void sendsOneOf(Fleet.Member copy) {
        int[] answers = {0};
        copy.transport.watchAnswers(answer -> {
            if (++answers[0] == 2) {
                copy.transport.beforeNextAnswer(() -> copy.transport.fail(new FaultyTransport.Fault.RequestLost()));
            }
        });
        copy.sync();
        copy.transport.watchAnswers(answer -> {});
    }

    @Test
    void whoHasLearnedItIsNotTurnedToAnotherRowByARestoredServerThatTellsItAgain() throws IOException {
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copyOf(a, "older");
        inBatches(a, 1);
        a.synced();
        Fleet.Member copy = opened(older, "copy", ALL);
        copy.synced();
        a.synced();
        Path backup = fleet.backup();
        write(other, 9, "lost");
        write(a, 10, "a, later");
        write(copy, 11, "copy, later");
        List.of(other, a, copy).forEach(Fleet.Member::synced);
        fleet.restore(backup);
        for (Fleet.Member member : List.of(a, copy)) {
            member.run("update ticket set note = coalesce(note, 'of') || ' ' || id where id in (2, 3)");
            member.synced();
        }
        everywhere(
                List.of(a, copy, other, a),
                "[1, 'other', NULL]",
                "[2, 'first', 'of 2']",
                "[3, 'second', 'of 3']",
                "[9, 'lost', NULL]",
                "[10, 'a, later', NULL]",
                "[11, 'copy, later', NULL]");
    }

    @ParameterizedTest(name = "who has made room brings it first: {0}")
    @ValueSource(booleans = {true, false})
    void aServerThatHasForgottenItDecidesAnewAndTellsBoth(boolean isOriginalFirst) throws IOException {
        Path backup = fleet.backup();
        write(a, 1, "first");
        write(a, 2, "second");
        Path older = copyOf(a, "older");
        inBatches(a, 1);
        a.synced();
        a.synced();
        Fleet.Member copy = opened(older, "copy", ALL);
        // it hears that it needs another name, and no more
        sendsNext(copy);
        fleet.restore(backup);
        // the first row is not 2 this time, so whoever has made room there has made it in vain
        write(other, 4, "other");
        other.synced();
        note(copy, "second", "by the copy");
        note(copy, "first", "by the copy");
        note(a, "first", "by a");
        note(a, "second", "by a");
        List<Fleet.Member> members = isOriginalFirst ? List.of(a, copy, other) : List.of(copy, a, other);
        for (int i = 0; i < 3; i++) {
            members.forEach(Fleet.Member::synced);
        }
        assertThat(fleet.onServer("select who, note from ticket where who <> 'other' order by who"))
                .containsExactly("['first', 'by a']", "['second', 'by a']");
        a.run("update ticket set note = 'a: ' || who where who <> 'other'");
        a.synced();
        copy.synced();
        copy.run("update ticket set note = note || ', copy: ' || who where who <> 'other'");
        copy.synced();
        everywhere(members, fleet.onServer(TICKETS).toArray(new String[0]));
        assertThat(fleet.onServer("select who, note from ticket where who <> 'other' order by who"))
                .containsExactly("['first', 'a: first, copy: first']", "['second', 'a: second, copy: second']");
    }
}
