package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.LiveSync;
import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that jump, stand still, or are years apart: they change neither who wins nor how often a device asks. */
@Timeout(120)
class ClocksTest {
    private static final long DAY = 86_400_000L;
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text);";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void open() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into task values ('1', 'red', 'base')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void write(Fleet.Member member, String title) {
        member.run("update task set title = ? where id = '1'", title);
        fleet.pass(1_000);
    }

    private void everybodyHas(String title) {
        for (Fleet.Member member : List.of(a, b, a, b)) {
            member.synced();
        }
        for (Fleet.Member member : List.of(a, b)) {
            assertThat(member.one("select title from task")).isEqualTo(title);
        }
        assertThat(fleet.onServer("select title from task")).isEqualTo(List.of("['" + title + "']"));
    }

    private static void jump(Fleet.Member member, long days) {
        member.device.setWall(member.device.wallMillis() + days * DAY);
    }

    @Test
    void aJumpBetweenTwoWritesChangesNeitherTheirOrderNorWhoWasLastInTruth() {
        for (long days : new long[] {400, -800, 30_000, -60_000}) {
            jump(a, days);
            write(a, "a before " + days);
            jump(a, -days / 2);
            write(a, "a after " + days);
            everybodyHas("a after " + days);
            write(a, "a first " + days);
            jump(a, days);
            write(b, "b last " + days);
            everybodyHas("b last " + days);
            jump(b, days);
            write(b, "b first " + days);
            write(a, "a last " + days);
            everybodyHas("a last " + days);
        }
    }

    @Test
    void aServerWhoseClockIsSetBackStillLetsWhoHadSeenAWriteWriteOverIt() {
        write(a, "a first");
        everybodyHas("a first");
        fleet.server.pass(-DAY);
        write(b, "b last");
        everybodyHas("b last");
    }

    @Test
    void soDoesOneBehindWhichTheRowComesBackFromADelete() {
        String schema =
                "create table item (id text primary key, team text scope not null, n integer counter not null default 0,"
                        + " doc text merged_json);"
                        + "insert into godwit_policy (on_table, on_column, policy, value)"
                        + " values ('item', null, 'delete', 'update_wins');";
        try (Fleet keeping = new Fleet(folder.resolve("keeping"), schema)) {
            Fleet.Member first = keeping.device("first", "red");
            Fleet.Member last = keeping.device("last", "red");
            first.run("insert into item values ('i', 'red', 10, '{}'), ('j', 'red', 0, '{}')");
            first.db.write(tx -> tx.resetCounter("item", "n", 100, "i"));
            // so that what has seen the first one's count alone does not exceed its document
            keeping.pass(1_000);
            first.run("update item set doc = '{\"k\":\"first\"}' where id = 'j'");
            first.synced();
            last.synced();
            keeping.server.pass(-DAY);
            last.db.write(tx -> tx.resetCounter("item", "n", 50, "i"));
            last.run("update item set doc = '{\"k\":\"last\"}' where id = 'j'");
            first.run("delete from item");
            first.synced();
            last.synced();
            first.synced();
            for (Fleet.Member member : List.of(first, last)) {
                assertThat(member.all("select n, doc from item order by id"))
                        .containsExactly("[50, '{}']", "[0, '{\"k\":\"last\"}']");
            }
            assertThat(keeping.onServer("select rule from godwit_conflict"))
                    .as("only the deletes lose")
                    .containsExactly("['update_wins']", "['update_wins']");
        }
    }

    @Test
    void theClocksOfTwoDevicesMayBeACenturyApart() {
        a.device.setWall(-DAY);
        b.device.setWall(4_291_747_200_000L + DAY); // 2106
        for (int round = 0; round < 3; round++) {
            write(b, "b first " + round);
            write(a, "a last " + round);
            everybodyHas("a last " + round);
            write(a, "a first " + round);
            write(b, "b last " + round);
            everybodyHas("b last " + round);
        }
        assertThat(a.db.status().skewMillis().orElseThrow()).isLessThan(-50L * 365 * DAY);
        assertThat(b.db.status().skewMillis().orElseThrow()).isGreaterThan(70L * 365 * DAY);
    }

    @Test
    void clocksAtTheEndOfTheirRangeAreSurvived() {
        for (long wall : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, 0, Long.MAX_VALUE - 1, 1L << 48}) {
            a.device.setWall(wall);
            a.run("update task set title = ? where id = '1'", "at " + wall);
            a.device.setWall(fleet.server.wallMillis());
            fleet.pass(1_000);
            everybodyHas("at " + wall);
        }
    }

    @Test
    void aDeviceThatSleptForDaysIsKnownToHaveWrittenBeforeAndAsksOnce() {
        write(a, "a, then asleep");
        fleet.pass(5 * DAY);
        write(b, "b, while a slept");
        b.synced();
        int before = a.transport.exchanges();
        a.synced();
        assertThat(a.transport.exchanges() - before).as("no burst").isEqualTo(1);
        everybodyHas("b, while a slept");
    }

    @Test
    void aDeviceWhoseElapsedClockStoodStillWhileItSleptStillComesToTheCommonState() {
        write(a, "a, then asleep");
        fleet.server.pass(5 * DAY);
        b.device.pass(5 * DAY);
        jump(a, 5); // the wall clock is right again, the elapsed one stood still
        write(b, "b, while a slept");
        b.synced();
        everybodyHas(a.sync().isSynced() ? a.one("select title from task") : "");
        jump(b, -400);
        write(b, "b again");
        everybodyHas("b again");
    }

    @Test
    void aLiveSyncWaitsByElapsedTimeWhateverTheWallClockSays() throws InterruptedException {
        a.reopenWith(o -> o.withLimits(TestLimits.with("backoffMinMillis", 600_000, "backoffMaxMillis", 600_000))
                .withScopes("red"));
        int before = a.transport.exchanges();
        BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
        try (LiveSync live = a.db.goLive(results::add)) {
            assertThat(live).isNotNull();
            assertThat(results.poll(20, TimeUnit.SECONDS)).isNotNull();
            for (long days : new long[] {400, -800, 400, 30_000}) {
                jump(a, days);
                write(a, "live " + days);
                SyncResult woken = results.poll(20, TimeUnit.SECONDS);
                assertThat(woken).as("a sync after the write").isNotNull();
                assertThat(woken.sent()).isEqualTo(1);
            }
        }
        assertThat(results).as("no sync but those asked for").isEmpty();
        assertThat(a.transport.exchanges() - before).isEqualTo(5);
    }
}
