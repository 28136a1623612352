package dev.godwit.testing;

import static dev.godwit.testing.BackgroundRoom.DAY;
import static dev.godwit.testing.BackgroundRoom.HOUR;
import static dev.godwit.testing.BackgroundRoom.MINUTE;
import static dev.godwit.testing.BackgroundRoom.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.WorkState;
import dev.godwit.testing.FaultyTransport.Fault;
import dev.godwit.wire.Refusal;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server asks for, what the link can carry, and what is too large for the network that is there. */
class BackgroundPaceTest {
    private static final long ASKED = 20 * MINUTE;

    @TempDir
    Path folder;

    private BackgroundRoom room;

    @AfterEach
    void close() {
        room.close();
    }

    private void refuse(Refusal.Code code, String message, long retryAfterMillis) {
        room.a.transport.fail(new Fault.Refused(new Refusal(code, message, retryAfterMillis)));
    }

    @Test
    void thePauseThatTheServerAsksForIsKeptWhateverNewsThereIs() {
        room = new BackgroundRoom(folder).settled();
        refuse(Refusal.Code.LATER, "the server is busy", ASKED);
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(room.results).extracting(SyncResult::outcome).containsExactly(SyncResult.End.LATER);
        room.device.set(Fact.CHARGING, true);
        room.background.poke();
        room.background.foreground(true);
        room.write("2");
        room.driver.advance(ASKED - 2 * MINUTE);
        assertThat(room.results).hasSize(1);
        assertThat(room.background.explain(ZoneOffset.UTC)).contains("2 transactions are to be sent");
        room.driver.advance(ASKED);
        assertThat(room.results)
                .as("by then at the latest, the jitter being half of it")
                .hasSize(2);
        assertThat(room.onServer()).containsExactly("[2]");
    }

    @Test
    void aRefusedTokenWaitsForALoginAndNothingElse() {
        room = new BackgroundRoom(folder).settled();
        refuse(Refusal.Code.UNAUTHORISED, "the token has expired", 0);
        room.write("1");
        room.driver.advance(DAY);
        room.background.poke();
        room.device.set(Fact.CHARGING, true);
        room.driver.advance(DAY);
        assertThat(room.results).hasSize(1);
        assertThat(room.background.stopped().orElseThrow())
                .isEqualTo("syncing waits for a login: the token has expired; 1 transaction is kept");
        assertThat(room.a.db.status().parked()).isZero();
        room.background.loggedIn();
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
        assertThat(room.background.stopped()).isEmpty();
    }

    @Test
    void whatNoWaitingMendsStopsAtOnce() {
        room = new BackgroundRoom(folder).settled();
        refuse(Refusal.Code.UPGRADE, "this version is no longer served", 0);
        room.write("1");
        room.driver.advance(DAY);
        assertThat(room.results).hasSize(1);
        assertThat(room.background.stopped().orElseThrow()).contains("this version is no longer served");
    }

    @Test
    void aLinkThatCutsLargeRequestsGetsSmallerOnesUntilAllIsThrough() {
        room = new BackgroundRoom(folder, Limits.DEFAULT.with("pushBytesMin", 2_000));
        room.options = room.options.withSmall(SMALL.withAttempts(12));
        room.settled();
        for (int i = 0; i < 300; i++) {
            room.a.run("insert into task (id, team, title) values (?, 'red', ?)", "t" + i, "title ".repeat(30));
        }
        room.a.transport.cutRequestsAfter(9_000);
        room.driver.advance(DAY);
        assertThat(room.background.stopped()).isEmpty();
        assertThat(room.a.db.status().pending()).isZero();
        assertThat(room.onServer()).containsExactly("[300]");
        assertThat(room.results.get(0).outcome()).isEqualTo(SyncResult.End.OFFLINE);
        assertThat(room.results).as("attempts that only halved").hasSizeBetween(4, 12);
    }

    private void fillOthers(int rows) {
        Fleet.Member b = room.fleet.device("b", "red");
        b.db.write(tx -> {
            for (int i = 0; i < rows; i++) {
                tx.run("insert into task (id, team, title) values (?, 'red', ?)", "b" + i, "from b");
            }
        });
        b.synced();
    }

    private String rows() {
        return room.a.one("select count(*) from task");
    }

    /** With one write beside it. */
    private void aDownloadIsHeld() {
        room = new BackgroundRoom(folder);
        fillOthers(3_000);
        room.options = room.options.withLarge(room.options.large(), 1_000);
        room.device.set(Fact.UNMETERED, false);
        room.write("1");
        room.start();
        room.driver.advance(MINUTE);
    }

    @Test
    void aMeteredNetworkHoldsTheFirstDownloadAndNotTheWrites() {
        aDownloadIsHeld();
        assertThat(room.results).hasSize(1);
        assertThat(room.results.get(0).message()).contains("many rows wait");
        assertThat(room.onServer()).containsExactly("[3001]");
        assertThat(rows()).isEqualTo("1");
        assertThat(room.work(BackgroundSync.DOWNLOAD).state()).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.background.explain(ZoneOffset.UTC))
                .contains("a large download is waiting for an unmetered network");
        for (String id : new String[] {"2", "3"}) {
            room.write(id);
            room.driver.advance(MINUTE);
        }
        assertThat(room.onServer()).containsExactly("[3003]");
        SyncResult last = room.results.get(room.results.size() - 1);
        assertThat(last.bytesDown()).as("no rows are asked for").isLessThan(1_000);
        assertThat(rows()).isEqualTo("3");
        assertThat(room.background.stopped()).isEmpty();
        room.device.set(Fact.UNMETERED, true);
        room.driver.run();
        assertThat(rows()).isEqualTo("3003");
        assertThat(room.a.db.status().pending()).isZero();
        assertThat(room.work(BackgroundSync.DOWNLOAD).state()).isEqualTo(WorkState.SUCCEEDED);
    }

    @Test
    void aLargeDownloadThatHasStoppedSaysSoAndIsRetried() {
        aDownloadIsHeld();
        refuse(Refusal.Code.UPGRADE, "this version is no longer served", 0);
        room.device.set(Fact.UNMETERED, true);
        room.driver.run();
        assertThat(rows()).isEqualTo("1");
        assertThat(room.background.stopped().orElseThrow())
                .startsWith("a large download has stopped: this version is no longer served; 1 transaction is kept");
        assertThat(room.background.explain(ZoneOffset.UTC)).contains("this version is no longer served");
        room.background.retry();
        room.driver.run();
        assertThat(rows()).isEqualTo("3001");
        assertThat(room.background.stopped()).isEmpty();
    }

    @Test
    void aDownloadThatNobodyAnnouncedIsHeldWhenItHasBecomeLarge() {
        room = new BackgroundRoom(folder, Limits.DEFAULT.with("pageRows", 100));
        room.options = room.options.withLarge(room.options.large(), 1_000);
        room.device.set(Fact.UNMETERED, false);
        room.settled();
        fillOthers(3_000);
        room.background.poke();
        room.driver.run();
        assertThat(room.work(BackgroundSync.DOWNLOAD).state()).isEqualTo(WorkState.ENQUEUED);
        assertThat(rows()).isEqualTo("0");
        room.device.set(Fact.UNMETERED, true);
        room.driver.run();
        assertThat(rows()).isEqualTo("3000");
        long all = room.fleet.device("c", "red").sync().bytesDown();
        assertThat(room.results.get(1).bytesDown()).as("what had come was kept").isLessThan(all * 3 / 4);
    }

    @Test
    void moreThanOneRequestOfWritesPassesAHeldDownloadEachOnce() {
        room = new BackgroundRoom(folder, Limits.DEFAULT.with("pushTransactions", 10));
        fillOthers(3_000);
        room.options = room.options.withLarge(room.options.large(), 1_000);
        room.device.set(Fact.UNMETERED, false);
        for (int i = 0; i < 35; i++) {
            room.write("t" + i);
        }
        room.start();
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[3035]");
        assertThat(room.results.get(0).requests()).isEqualTo(4);
        int exchanges = room.a.transport.exchanges();
        room.background.poke();
        room.driver.advance(MINUTE);
        assertThat(room.a.transport.exchanges())
                .as("nothing new to send, too much to take")
                .isEqualTo(exchanges);
        room.a.synced();
        assertThat(rows()).isEqualTo("3035");
        room.driver.run();
        assertThat(room.work(BackgroundSync.DOWNLOAD).state()).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void whereNobodyKnowsTheNetworkNothingIsHeld() {
        room = new BackgroundRoom(folder);
        fillOthers(3_000);
        room.options = room.options.withLarge(room.options.large(), 1_000);
        room.start();
        room.driver.run();
        assertThat(rows()).isEqualTo("3000");
    }

    @Test
    void aLinkIsNotBlamedForWhatItCarriesLater() {
        // a seed decides where the link breaks; the outbox comes through each time, and each write once
        long seed = Long.getLong("seed", 21);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        room = new BackgroundRoom(folder, Limits.DEFAULT.with("pushBytesMin", 500));
        room.options = room.options.withSmall(SMALL.withAttempts(0));
        room.settled();
        int votes = 0;
        room.write("1");
        for (int round = 0; round < 10; round++) {
            room.a.transport.cutRequestsAfter(1_500 + random.nextInt(5_000));
            for (int i = 0; i < 30; i++) {
                room.a.run("update task set votes = votes + 1");
                votes++;
            }
            room.driver.advance(HOUR);
        }
        room.driver.advance(DAY);
        assertThat(room.a.db.status().pending()).isZero();
        assertThat(room.fleet.onServer("select votes from task")).containsExactly("[" + votes + "]");
    }
}
