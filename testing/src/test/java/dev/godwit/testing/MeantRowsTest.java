package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two rows under one key, of which a device shows the other's, since its own waits and does not fit beside it: what is written then
 * means the row that is shown, whatever becomes of that before the write arrives (H6 with H12), and after a restore of the server (H5).
 */
@Timeout(120)
class MeantRowsTest {
    private static final String SCHEMA =
            "create table ticket (id integer primary key, team text scope not null, who text not null, note text);"
                    + "create table line (id text primary key, team text scope not null, ticket integer references ticket(id));"
                    + "create table claim (id text primary key, team text scope not null, who text not null, note text);"
                    + "create table stock (id text primary key, team text scope not null,"
                    + " n integer counter not null default 0 check (n <= 10));"
                    + "create table memo (id integer primary key, team text scope not null, who text not null, body text merged_text);";
    private static final String TICKETS = "select id, team, who, note from ticket order by id";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member other;
    private Fleet.Member a;

    private void begin(String... scopes) {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        other = fleet.device("other", scopes);
        a = fleet.device("a", scopes);
        List.of(other, a).forEach(Fleet.Member::synced);
    }

    private void inTheWay() {
        othersRow();
        ownRowBehindIt();
    }

    private void othersRow() {
        other.run("insert into ticket values (1, 'red', 'other', null)");
        other.synced();
    }

    private void ownRowBehindIt() {
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", 1)));
        a.run("insert into ticket values (2, 'red', 'first', null)");
        a.run("insert into ticket values (1, 'red', 'second', null)");
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        a.sync();
        assertThat(a.all(TICKETS)).containsExactly("[1, 'red', 'other', NULL]", "[2, 'red', 'first', NULL]");
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT));
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void settle() {
        for (int i = 0; i < 3; i++) {
            a.sync();
            other.sync();
        }
        assertThat(a.all(TICKETS)).isEqualTo(fleet.onServer(TICKETS));
        assertThat(other.all(TICKETS)).isEqualTo(fleet.onServer(TICKETS));
    }

    private void secondIsUntouched() {
        assertThat(fleet.onServer("select note from ticket where who = 'second'"))
                .containsExactly("[NULL]");
    }

    @Test
    void anUpdateIsNotOfTheOwnRowWhereTheOtherIsMadeAnew() {
        begin("red");
        inTheWay();
        a.run("update ticket set note = 'seen' where id = 1");
        other.run("delete from ticket where id = 1");
        other.run("insert into ticket values (1, 'red', 'again', null)");
        other.synced();
        settle();
        secondIsUntouched();
    }

    @Test
    void aDeleteIsNotOfTheOwnRowWhereTheOtherIsMadeAnew() {
        begin("red");
        inTheWay();
        a.run("delete from ticket where id = 1");
        other.run("delete from ticket where id = 1");
        other.run("insert into ticket values (1, 'red', 'again', null)");
        other.synced();
        settle();
        secondIsUntouched();
    }

    @Test
    void anUpdateIsNotOfTheOwnRowWhereTheOtherMoves() {
        begin("red", "blue");
        inTheWay();
        a.run("update ticket set note = 'seen' where id = 1");
        other.run("update ticket set team = 'blue' where id = 1");
        other.synced();
        settle();
        secondIsUntouched();
    }

    @Test
    void aDeleteIsNotOfTheOwnRowWhereTheOtherMoves() {
        begin("red", "blue");
        inTheWay();
        a.run("delete from ticket where id = 1");
        other.run("update ticket set team = 'blue' where id = 1");
        other.synced();
        settle();
        secondIsUntouched();
    }

    private Path backupBetweenTheTwo() throws IOException {
        othersRow();
        Path backup = fleet.backup();
        ownRowBehindIt();
        return backup;
    }

    @Test
    void anUpdateIsOfTheShownRowThatARestoredServerHadLostAndHasAgain() throws IOException {
        begin("red");
        Path backup = fleet.backup();
        inTheWay();
        a.run("update ticket set note = 'seen' where id = 1");
        fleet.restore(backup);
        other.synced();
        settle();
        assertThat(fleet.onServer("select who, note from ticket order by who"))
                .containsExactly("['first', NULL]", "['other', 'seen']", "['second', NULL]");
    }

    @Test
    void anUpdateIsOfTheShownRowBehindARestore() throws IOException {
        begin("red");
        Path backup = backupBetweenTheTwo();
        a.run("update ticket set note = 'seen' where id = 1");
        fleet.restore(backup);
        settle();
        assertThat(fleet.onServer("select who, note from ticket order by who"))
                .containsExactly("['first', NULL]", "['other', 'seen']", "['second', NULL]");
    }

    @Test
    void aDeleteIsOfTheShownRowBehindARestore() throws IOException {
        begin("red");
        Path backup = backupBetweenTheTwo();
        a.run("delete from ticket where id = 1");
        fleet.restore(backup);
        settle();
        assertThat(fleet.onServer("select who, note from ticket order by who"))
                .containsExactly("['first', NULL]", "['second', NULL]");
    }

    @Test
    void aChildIsOfTheShownRowBehindARestore() throws IOException {
        begin("red");
        Path backup = backupBetweenTheTwo();
        a.run("insert into line values ('l', 'red', 1)");
        fleet.restore(backup);
        settle();
        assertThat(fleet.onServer("select t.who from line l join ticket t on t.id = l.ticket"))
                .containsExactly("['other']");
    }

    /** A delete that does not fit is in no view, and the row that it would take is. */
    @Test
    void anUpdateIsOfTheOwnRowWhoseDeleteDoesNotFit() throws IOException {
        begin("red");
        other.run("insert into stock (id, team) values ('s', 'red')");
        List.of(other, a).forEach(Fleet.Member::synced);
        Path backup = fleet.backup();
        other.run("update stock set n = n + 8");
        other.synced();
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", 1)));
        a.run("insert into ticket values (2, 'red', 'first', null)");
        a.run("insert into claim values ('c', 'red', 'a', null)");
        a.db.write(tx -> {
            tx.run("update stock set n = n + 5");
            tx.run("delete from claim where id = 'c'");
        });
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        a.sync();
        assertThat(a.all("select who from claim")).containsExactly("['a']");
        fleet.restore(backup);
        other.run("insert into claim values ('c', 'red', 'other', null)");
        other.synced();
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        a.sync();
        assertThat(a.all("select who from claim")).containsExactly("['a']");
        a.run("update claim set note = 'by a' where id = 'c'");
        settle();
        assertThat(fleet.onServer("select who, note from claim")).containsExactly("['other', NULL]");
    }

    @Test
    void editsOfARowThatTwoMadeAlikeFollowTheOwnOne() {
        begin("red");
        other.run("insert into memo values (1, 'red', 'x', 'one two')");
        other.synced();
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", 1)));
        a.run("insert into ticket values (2, 'red', 'first', null)");
        a.run("insert into memo values (1, 'red', 'x', 'one two')");
        a.run("update memo set body = 'one three two' where id = 1");
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        a.sync();
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT));
        a.run("update memo set body = 'one three four two' where id = 1");
        other.run("update memo set who = 'changed' where id = 1");
        other.synced();
        settle();
        assertThat(a.db.outbox()).isEmpty();
        assertThat(fleet.onServer("select who, body from memo order by id"))
                .containsExactly("['changed', 'one two']", "['x', 'one three four two']");
    }
}
