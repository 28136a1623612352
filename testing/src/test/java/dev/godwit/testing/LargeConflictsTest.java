package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Conflicts of which the inbox would hold more than a device takes: the write is refused, is not lost, and all go on. */
@Timeout(60)
class LargeConflictsTest {
    private static final String SCHEMA =
            "create table file (k text primary key, team text scope not null, x text, y text);";
    private static final String LARGE = "z".repeat(3_000);

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevices() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, TestLimits.with("valueBytes", 5_000));
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
    }

    @AfterEach
    void allGoOn() {
        a.run("insert into file (k, team) values ('later', 'red')");
        a.synced();
        b.synced();
        Fleet.Member late = fleet.device("late", "red");
        late.synced();
        assertThat(late.one("select count(*) from file where k = 'later'")).isEqualTo("1");
        fleet.close();
    }

    private void bothHave(String key) {
        a.run("insert into file (k, team) values (?, 'red')", key);
        a.synced();
        b.synced();
    }

    private static void parked(Fleet.Member member, String... words) {
        member.synced();
        assertThat(member.db.outbox()).singleElement().satisfies(entry -> {
            assertThat(entry.status()).isEqualTo("parked");
            assertThat(entry.reason()).contains(words);
        });
    }

    @Test
    void aDeleteThatWouldTakeALargeRowWithItUnseenIsRefusedAndTakenOnceItsDeviceHasSeenTheRow() {
        bothHave("1");
        b.run("update file set x = ?, y = ?", LARGE, LARGE);
        fleet.pass(1_000);
        a.run("delete from file");
        b.synced();
        parked(a, "Row '1' of file met what others wrote", "valueBytes = 5000", "then retry");
        assertThat(fleet.onServer("select length(x) from file")).containsExactly("[3000]");
        a.db.retry(a.db.outbox().get(0).id());
        a.synced();
        assertThat(fleet.onServer("select * from file")).isEmpty();
    }

    @Test
    void aLargeWriteOfARowThatIsGoneIsRefusedAndStaysWithItsDevice() {
        bothHave("1");
        a.run("delete from file");
        fleet.pass(1_000);
        b.run("update file set x = ?, y = ?", LARGE, LARGE);
        a.synced();
        parked(b, "Row '1' of file met what others wrote", "valueBytes = 5000");
    }

    @Test
    void theInboxPrintsTheBeginningOfALongKey() {
        // printed, each of them is two
        bothHave("'".repeat(3_000));
        a.run("update file set x = 'a'");
        fleet.pass(1_000);
        b.run("update file set x = 'b'");
        a.synced();
        b.synced();
        a.synced();
        assertThat(fleet.onServer("select length(row), length(row_key) > 3000, mine from godwit_conflict"))
                .containsExactly("[1000, 1, 'a']");
        assertThat(a.db.inbox().conflicts())
                .singleElement()
                .satisfies(conflict -> assertThat(conflict.key().toString()).hasSize(6_002));
    }
}
