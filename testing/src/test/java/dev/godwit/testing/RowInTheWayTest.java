package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import dev.godwit.model.TransactionId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another's row comes under the key of one that is pending here: the pending one does not fit beside it, and is in no view until the
 * server has given it another key. What is written meanwhile means the row that is shown (H6 with H12).
 */
@Timeout(120)
class RowInTheWayTest {
    private static final String SCHEMA =
            "create table ticket (id integer primary key, team text scope not null, who text not null, note text);"
                    + "create table line (id text primary key, team text scope not null, ticket integer references ticket(id));";
    private static final String TICKETS = "select id, who, note from ticket order by id";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member other;
    private Fleet.Member a;

    /** The first of a's two transactions is decided, and the rows come with it. */
    @BeforeEach
    void anothersRowHasComeBeforeTheOwnIsSent() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        other = fleet.device("other", "red");
        a = fleet.device("a", "red");
        List.of(other, a).forEach(Fleet.Member::synced);
        other.run("insert into ticket values (1, 'red', 'other', null)");
        other.synced();
        a.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", 1)));
        a.run("insert into ticket values (2, 'red', 'first', null)");
        a.run("insert into ticket values (1, 'red', 'second', null)");
        a.run("update ticket set note = 'own' where id = 1");
        a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
        a.sync();
        assertThat(a.all(TICKETS)).containsExactly("[1, 'other', NULL]", "[2, 'first', NULL]");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void everywhere(String... rows) {
        List.of(a, other, a).forEach(Fleet.Member::synced);
        assertThat(fleet.onServer(TICKETS)).containsExactly(rows);
        for (Fleet.Member member : List.of(a, other)) {
            assertThat(member.all(TICKETS)).as(member.name).containsExactly(rows);
            assertThat(member.db.outbox()).as(member.name).isEmpty();
        }
    }

    @Test
    void anUpdateIsOfTheRowThatIsShown() {
        a.run("update ticket set note = 'seen' where id = 1");
        everywhere("[1, 'other', 'seen']", "[2, 'first', NULL]", "[3, 'second', 'own']");
    }

    @Test
    void aDeleteTakesTheRowThatIsShown() {
        a.run("delete from ticket where id = 1");
        everywhere("[2, 'first', NULL]", "[3, 'second', 'own']");
    }

    @Test
    void aChildBelongsToTheRowThatIsShown() {
        a.run("insert into line values ('l', 'red', 1)");
        everywhere("[1, 'other', NULL]", "[2, 'first', NULL]", "[3, 'second', 'own']");
        assertThat(fleet.onServer("select ticket from line")).containsExactly("[1]");
    }

    @Test
    void aChildThatIsTakenBackBelongsToTheRowThatWasShown() {
        a.run("insert into line values ('l', 'red', 1)");
        TransactionId gone =
                a.db.write(tx -> tx.run("delete from line where id = 'l'")).id().orElseThrow();
        everywhere("[1, 'other', NULL]", "[2, 'first', NULL]", "[3, 'second', 'own']");
        a.db.transactions().undo(gone);
        everywhere("[1, 'other', NULL]", "[2, 'first', NULL]", "[3, 'second', 'own']");
        assertThat(fleet.onServer("select ticket from line")).containsExactly("[1]");
    }

    @Test
    void whatIsWrittenOnAnotherRowOfTheSameKeyFollowsThatOne() {
        Fleet.Member b = fleet.device("b", "red");
        b.reopenWith(options -> options.withLimits(Limits.DEFAULT.with("pushTransactions", 1)));
        b.run("insert into ticket values (1, 'red', 'gone', null)");
        b.run("delete from ticket where id = 1");
        b.run("insert into ticket values (1, 'red', 'b', null)");
        b.run("update ticket set note = 'too' where id = 1");
        b.synced();
        assertThat(fleet.onServer("select who, note from ticket where note is not null or who = 'other'"))
                .containsExactly("['other', NULL]", "['b', 'too']");
    }

    @Test
    void theKeyIsFreeForAnotherOnceTheRowIsDeleted() {
        a.run("delete from ticket where id = 1");
        a.run("insert into ticket values (7, 'red', 'third', null)");
        a.run("update ticket set note = 'new' where who = 'third'");
        everywhere("[2, 'first', NULL]", "[3, 'second', 'own']", "[7, 'third', 'new']");
    }
}
