package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.OutboxEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A restored server has lost a row, and has another's under its key by the time its device sends it again. It is refused, and so is
 * what its device wrote on it while the server had it (H5 with H11).
 */
@Timeout(120)
class LostGroundTest {
    private static final String SCHEMA =
            "create table claim (id text primary key, team text scope not null, who text not null, note text,"
                    + " body text merged_text);"
                    + "create table line (id text primary key, team text scope not null, claim text references claim(id));"
                    + "create table stock (id text primary key, team text scope not null,"
                    + " n integer counter not null default 0 check (n <= 10));"
                    + "create table job (id text primary key, team text scope not null, code text unique);";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member other;
    private Fleet.Member a;
    private Path backup;

    @BeforeEach
    void serverIsBackedUp() throws IOException {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        other = fleet.device("other", "red");
        a = fleet.device("a", "red");
        other.run("insert into claim values ('text', 'red', 'other', null, 'one two')");
        other.run("insert into stock (id, team) values ('s', 'red')");
        List.of(other, a).forEach(Fleet.Member::synced);
        backup = fleet.backup();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void theServerLosesIt(String others) throws IOException {
        fleet.restore(backup);
        other.run(others);
        other.synced();
    }

    private void itsKeyIsTakenMeanwhile() throws IOException {
        a.run("insert into claim (id, team, who) values ('c', 'red', 'a')");
        a.synced();
        theServerLosesIt("insert into claim (id, team, who) values ('c', 'red', 'other')");
    }

    /** All answers, or only so many: that it is all sent again, and what became of it. */
    private void hears(int answers) {
        int[] came = {0};
        a.transport.watchAnswers(answer -> {
            if (++came[0] == answers) {
                a.transport.beforeNextAnswer(() -> a.transport.fail(new FaultyTransport.Fault.RequestLost()));
            }
        });
        assertThat(a.sync().isSynced()).isFalse();
        a.transport.watchAnswers(answer -> {});
    }

    private void areParked(int count) {
        a.sync();
        assertThat(a.db.outbox()).extracting(OutboxEntry::status).hasSize(count).containsOnly("parked");
    }

    @ParameterizedTest(name = "and heard {0} answers before")
    @ValueSource(ints = {0, 1, 2})
    void aWriteOnTheLostRowIsNoWriteOnAnothers(int answers) throws IOException {
        itsKeyIsTakenMeanwhile();
        if (answers > 0) {
            hears(answers);
        }
        a.run("update claim set note = 'by a' where id = 'c'");
        a.run("insert into line values ('l', 'red', 'c')");
        areParked(3);
        assertThat(fleet.onServer("select who, note from claim where id = 'c'")).containsExactly("['other', NULL]");
        assertThat(fleet.onServer("select * from line")).isEmpty();
    }

    @Test
    void norIsADeleteThatTheServerHadTaken() throws IOException {
        a.run("insert into claim (id, team, who) values ('c', 'red', 'a')");
        a.synced();
        a.run("delete from claim where id = 'c'");
        a.synced();
        theServerLosesIt("insert into claim (id, team, who) values ('c', 'red', 'other')");
        areParked(2);
        assertThat(fleet.onServer("select who from claim where id = 'c'")).containsExactly("['other']");
    }

    @Test
    void anEditOfATextIsNotMadeOnOneWithoutTheRefusedEdit() throws IOException {
        a.db.write(tx -> {
            tx.run("update claim set body = 'two one' where id = 'text'");
            tx.run("insert into job values ('a', 'red', 'X')");
        });
        a.synced();
        theServerLosesIt("insert into job values ('other', 'red', 'X')");
        a.run("update claim set body = 'two, one' where id = 'text'");
        areParked(2);
        assertThat(fleet.onServer("select body from claim where id = 'text'")).containsExactly("['one two']");
    }

    @Test
    void aCountTakesNothingAwayForARefusedAddition() throws IOException {
        a.run("update stock set n = n + 5");
        a.synced();
        a.synced();
        theServerLosesIt("update stock set n = n + 8");
        a.db.write(tx -> tx.resetCounter("stock", "n", 2, "s"));
        areParked(2);
        assertThat(fleet.onServer("select n from stock")).containsExactly("[8]");
    }

    @Test
    void whatIsTakenAgainHoldsNothingUp() throws IOException {
        a.run("insert into claim (id, team, who) values ('c', 'red', 'a')");
        a.synced();
        theServerLosesIt("insert into claim (id, team, who) values ('d', 'red', 'other')");
        hears(2);
        a.run("update claim set note = 'by a' where id = 'c'");
        a.run("insert into line values ('l', 'red', 'c')");
        List.of(a, other).forEach(Fleet.Member::synced);
        assertThat(a.db.outbox()).isEmpty();
        assertThat(other.all("select who, note from claim where id = 'c'")).containsExactly("['a', 'by a']");
        assertThat(other.all("select claim from line")).containsExactly("['c']");
    }
}
