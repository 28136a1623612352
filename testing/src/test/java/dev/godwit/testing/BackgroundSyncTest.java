package dev.godwit.testing;

import static dev.godwit.testing.BackgroundRoom.DAY;
import static dev.godwit.testing.BackgroundRoom.HOUR;
import static dev.godwit.testing.BackgroundRoom.MINUTE;
import static dev.godwit.testing.BackgroundRoom.SMALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.GodwitException;
import dev.godwit.client.SyncResult;
import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.WorkId;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.WorkState;
import dev.godwit.server.Grant;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sync as work of the scheduler: when it begins, when it ends, and what is kept. */
class BackgroundSyncTest {
    @TempDir
    Path folder;

    private BackgroundRoom room;

    @BeforeEach
    void open() {
        room = new BackgroundRoom(folder);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private void lose() {
        room.fleet.server.close();
    }

    private void find() {
        room.fleet.server.start();
    }

    @Test
    void aThousandWritesMakeOneSync() {
        room.settled();
        int before = room.a.transport.exchanges();
        for (int i = 0; i < 1_000; i++) {
            room.write("t" + i);
        }
        assertThat(room.driver.run()).as("it waits for more").isZero();
        room.driver.advance(SMALL.batchMillis());
        assertThat(room.results).hasSize(1);
        assertThat(room.results.get(0).sent()).isEqualTo(1_000);
        assertThat(room.a.transport.exchanges() - before).isEqualTo(1);
        room.driver.advance(DAY);
        assertThat(room.results).hasSize(1);
    }

    @Test
    void whatIsWrittenWhileItSyncsIsSentOnceMore() {
        room.settled();
        room.a.transport.beforeNextAnswer(() -> {
            room.write("2");
            room.write("3");
        });
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[3]");
        assertThat(room.a.db.status().pending()).isZero();
    }

    @Test
    void backAtTheNetworkItSyncsAtOnceThoughAnHourOfBackoffIsLeft() {
        room.settled();
        lose();
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(room.results).hasSize(1);
        room.device.set(Fact.CONNECTED, false);
        room.driver.advance(MINUTE);
        find();
        room.driver.advance(MINUTE);
        assertThat(room.results).hasSize(1);
        room.device.set(Fact.CONNECTED, true);
        room.driver.run();
        assertThat(room.results).hasSize(2);
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void theChargerIsGoodNewsToo() {
        room.settled();
        lose();
        room.write("1");
        room.driver.advance(MINUTE);
        find();
        room.device.set(Fact.CHARGING, true);
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void usedUpAttemptsEndTheWorkAndNothingElse() {
        room.settled();
        lose();
        room.write("1");
        room.driver.advance(4 * HOUR);
        assertThat(room.results).hasSize(3);
        assertThat(room.background.stopped().orElseThrow())
                .startsWith("syncing has stopped: all 3 attempts failed, the last: ")
                .contains("the request was lost")
                .contains("1 transaction is kept")
                .contains("retried");
        assertThat(room.background.explain(ZoneOffset.UTC))
                .isEqualTo(room.background.stopped().orElseThrow());
        assertThat(room.a.db.outbox()).hasSize(1);
        assertThat(room.a.db.status().parked()).isZero();
        room.write("2");
        room.driver.advance(DAY);
        assertThat(room.results).as("a write is no news of the network").hasSize(3);
        find();
        room.background.retry();
        room.driver.run();
        assertThat(room.background.stopped()).isEmpty();
        assertThat(room.onServer()).containsExactly("[2]");
        assertThat(room.background.explain(ZoneOffset.UTC)).isEqualTo("nothing waits to be sent");
    }

    @Test
    void afterUsedUpAttemptsAnyGoodNewsBeginsAgain() {
        room.settled();
        Map<String, Runnable> all = new LinkedHashMap<>();
        all.put("network", () -> {
            room.device.set(Fact.CONNECTED, false);
            room.driver.look();
            room.device.set(Fact.CONNECTED, true);
        });
        all.put("charger", () -> room.device.set(Fact.CHARGING, true));
        all.put("opened", () -> room.background.foreground(true));
        all.put("poke", room.background::poke);
        all.put("by hand", room.a::synced);
        all.put("started again", () -> {
            room.kill();
            room.a.reopenAfterCopy();
            room.start();
        });
        all.forEach((name, news) -> {
            room.background.foreground(false);
            lose();
            room.write(name);
            room.driver.advance(4 * HOUR);
            assertThat(room.background.stopped()).as(name).isPresent();
            find();
            room.driver.advance(DAY);
            assertThat(room.background.stopped()).as(name).isPresent();
            news.run();
            room.driver.run();
            assertThat(room.background.stopped()).as(name).isEmpty();
            assertThat(room.a.db.status().pending()).as(name).isZero();
        });
    }

    @Test
    void aPeriodTriesOnceWhereItHasStoppedAndBeginsAgainIfItGetsThrough() {
        room.options = room.options.withEvery(DAY);
        room.settled();
        lose();
        room.write("1");
        room.driver.advance(4 * HOUR);
        room.driver.advance(DAY);
        assertThat(room.results).as("one attempt a period").hasSize(4);
        assertThat(room.background.stopped()).isPresent();
        find();
        room.driver.advance(DAY);
        assertThat(room.background.stopped()).isEmpty();
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void killedBetweenCommitAndSyncTheWorkIsThereAfterwards() {
        room.settled();
        room.write("1");
        room.kill();
        assertThat(room.number("select count(*) from godwit_work where name = 'godwit.sync' and state = 0"))
                .isEqualTo(1);
        room.a.reopenAfterCopy();
        room.start();
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void aRolledBackTransactionSchedulesNothing() {
        room.settled();
        assertThatThrownBy(() -> room.a.db.write(tx -> {
                    tx.run("insert into task (id, team) values ('1', 'red')");
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");
        room.a.db.write(tx -> tx.query("select 1"));
        assertThat(room.work(BackgroundSync.SYNC).state()).isEqualTo(WorkState.SUCCEEDED);
        room.driver.advance(DAY);
        assertThat(room.results).isEmpty();
    }

    @Test
    void inUseItTriesAtOnceWhateverTheConstraintAndThenKeepsToIt() {
        room.options = room.options.withSmall(SMALL.withConstraint(Constraint.custom("office")));
        room.start();
        room.write("1");
        room.driver.advance(HOUR);
        assertThat(room.results).isEmpty();
        room.background.foreground(true);
        room.driver.run();
        assertThat(room.results).hasSize(1);
        assertThat(room.onServer()).containsExactly("[1]");
        lose();
        room.write("2");
        room.driver.advance(MINUTE);
        assertThat(room.results).as("at once").hasSize(2);
        find();
        room.driver.advance(DAY);
        assertThat(room.results).as("then under its constraint").hasSize(2);
        assertThat(room.background.explain(ZoneOffset.UTC))
                .contains("1 transaction is to be sent")
                .contains("office");
        room.device.custom("office", true);
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[2]");
    }

    @Test
    void aManualSyncHasTheSameResultAndLeavesTheWorkNothingToDo() {
        room.settled();
        room.write("1");
        SyncResult byHand = room.a.sync();
        assertThat(byHand.sent()).isEqualTo(1);
        int exchanges = room.a.transport.exchanges();
        room.driver.advance(MINUTE);
        assertThat(room.a.transport.exchanges())
                .as("nothing to send: no request")
                .isEqualTo(exchanges);
        assertThat(room.work(BackgroundSync.SYNC).state()).isEqualTo(WorkState.SUCCEEDED);
        room.write("2");
        room.driver.advance(MINUTE);
        SyncResult automatic = room.background.last().orElseThrow();
        assertThat(automatic.sent()).isEqualTo(1);
        assertThat(automatic.outcome()).isEqualTo(byHand.outcome());
        assertThat(automatic.requests()).isEqualTo(byHand.requests());
    }

    @Test
    void brokenTablesOfTheSchedulerKeepNobodyFromWriting() {
        room.settled();
        room.sql("drop table godwit_work");
        room.write("1");
        assertThat(room.a.db.status().pending()).isEqualTo(1);
        assertThat(room.troubles).hasSize(1);
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[1]");
        assertThat(room.scheduler().named(BackgroundSync.PERIODIC))
                .as("what is periodic is back")
                .hasSize(1);
        room.write("2");
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[2]");
    }

    @Test
    void tablesThatTakeNoRowKeepNobodyFromWriting() {
        room.settled();
        room.sql("create trigger no_more before insert on godwit_work begin select raise(abort, 'no more'); end");
        room.write("1");
        assertThat(room.a.db.status().pending()).isEqualTo(1);
        room.sql("drop trigger if exists no_more");
        room.background.poke();
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void tablesThatAreMadeAnewAreFilledFromTheOutbox() {
        room.settled();
        lose();
        room.write("1");
        room.driver.advance(MINUTE);
        find();
        room.sql("drop table godwit_work");
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void aSchedulerThatIsFullKeepsNobodyFromWriting() {
        room.change = options -> options.asOnlyProcess().withLimits(WorkLimits.DEFAULT.with("pendingWorks", 3));
        room.settled();
        WorkId other = room.scheduler()
                .enqueue(WorkRequest.of("of the application").withDelay(DAY))
                .id();
        room.write("1");
        assertThat(room.a.db.status().pending()).isEqualTo(1);
        room.driver.advance(HOUR);
        assertThat(room.results).isEmpty();
        room.scheduler().cancel(other);
        room.background.poke();
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void aSchedulerOnAnotherFileIsRefused() {
        room.settled();
        room.background.close();
        Fleet.Member b = room.fleet.device("b", "red");
        assertThatThrownBy(() -> b.db.background(room.scheduler(), room.options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b.db")
                .hasMessageContaining("committed together");
    }

    @Test
    void optionsThatTheSchedulerRefusesLeaveNoBackgroundBehind() {
        room.settled();
        room.background.close();
        Backoff endless = new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, 10_000 * DAY);
        assertThatThrownBy(() ->
                        room.a.db.background(room.scheduler(), room.options.withSmall(SMALL.withBackoff(endless))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("backoffMaxMillis");
        room.write("1");
        assertThat(room.a.db.status().pending()).isEqualTo(1);
        room.background = room.a.db.background(room.scheduler(), room.options);
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void whoWaitsForAnotherSyncCanBeInterrupted() {
        room.settled();
        FutureTask<SyncResult> second = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            return room.a.sync();
        });
        room.write("1");
        room.a.transport.beforeNextAnswer(() -> {
            new Thread(second).start();
            assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(GodwitException.class)
                    .hasMessageContaining("interrupted while waiting");
        });
        assertThat(room.a.sync().isSynced()).isTrue();
    }

    @Test
    void anotherPersonsScopeIsNoReasonToStop() {
        room.settled();
        room.a.transport.grant(new Grant("user-a", Set.of("shared"), false));
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(room.a.db.status().parked())
                .as("the server's verdict parks a transaction")
                .isEqualTo(1);
        assertThat(room.background.stopped()).isEmpty();
    }
}
