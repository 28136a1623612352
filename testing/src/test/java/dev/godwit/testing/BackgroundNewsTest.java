package dev.godwit.testing;

import static dev.godwit.testing.BackgroundRoom.DAY;
import static dev.godwit.testing.BackgroundRoom.HOUR;
import static dev.godwit.testing.BackgroundRoom.MINUTE;
import static dev.godwit.testing.BackgroundRoom.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Fact;
import dev.godwit.testing.FaultyTransport.Fault;
import dev.godwit.wire.Refusal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** News at a bad moment: while a sync runs that is about to fail, or between two of its attempts. */
class BackgroundNewsTest {
    private static final long ASKED = 20 * MINUTE;

    @TempDir
    Path folder;

    private BackgroundRoom room;
    private final AtomicReference<Runnable> duringTheNext = new AtomicReference<>(() -> {});

    @BeforeEach
    void open() {
        room = new BackgroundRoom(folder);
        // the listener is told when a sync is over, and the scheduler has not taken that in
        room.options = room.options.withSmall(SMALL.withAttempts(1)).withListener(result -> {
            room.results.add(result);
            duringTheNext.getAndSet(() -> {}).run();
        });
    }

    @AfterEach
    void close() {
        room.close();
    }

    private void refuse(Refusal.Code code, String message, long retryAfterMillis) {
        room.a.transport.fail(new Fault.Refused(new Refusal(code, message, retryAfterMillis)));
    }

    @Test
    void goodNewsWhileTheLastAttemptFailsIsNotLost() {
        room.settled();
        Map<String, Runnable> all = new LinkedHashMap<>();
        all.put("charger", () -> {
            room.device.set(Fact.CHARGING, true);
            room.driver.look();
        });
        all.put("poke", room.background::poke);
        all.put("opened", () -> room.background.foreground(true));
        all.put("button", room.background::retry);
        all.put("login", room.background::loggedIn);
        all.forEach((name, news) -> {
            room.results.clear();
            room.background.foreground(false);
            room.fleet.server.close();
            duringTheNext.set(() -> {
                room.fleet.server.start();
                news.run();
            });
            room.write(name);
            room.driver.advance(MINUTE);
            assertThat(room.results.get(0).outcome()).as(name).isEqualTo(SyncResult.End.OFFLINE);
            assertThat(room.background.stopped()).as(name).isEmpty();
            assertThat(room.a.db.status().pending()).as(name).isZero();
        });
    }

    @Test
    void newsThatCameBeforeTheAttemptDoesNotCountTwice() {
        room.settled();
        room.fleet.server.close();
        room.write("1");
        room.background.poke();
        room.background.retry();
        room.driver.advance(MINUTE);
        assertThat(room.results).hasSize(1);
        assertThat(room.background.stopped()).isPresent();
        duringTheNext.set(room.background::poke);
        room.background.retry();
        room.driver.advance(DAY);
        assertThat(room.results).as("one for the button, one for the poke").hasSize(3);
    }

    @Test
    void newsEndsTheBackoffOfAnAttemptThatIsUnderWay() {
        room.options = room.options.withSmall(SMALL);
        room.settled();
        room.fleet.server.close();
        duringTheNext.set(() -> {
            room.fleet.server.start();
            room.background.poke();
        });
        room.write("1");
        room.driver.advance(MINUTE);
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void aLoginWhileTheOldTokenIsRefusedIsNotLostAndOtherNewsIsNoLogin() {
        room.settled();
        refuse(Refusal.Code.UNAUTHORISED, "the token has expired", 0);
        duringTheNext.set(room.background::poke);
        room.write("1");
        room.driver.advance(DAY);
        assertThat(room.background.stopped().orElseThrow()).startsWith("syncing waits for a login");
        refuse(Refusal.Code.UNAUTHORISED, "the token has expired", 0);
        duringTheNext.set(room.background::loggedIn);
        room.background.loggedIn();
        room.driver.advance(MINUTE);
        assertThat(room.results).hasSize(3);
        assertThat(room.onServer()).containsExactly("[1]");
        assertThat(room.background.stopped()).isEmpty();
    }

    @Test
    void aPeriodIsNoLogin() {
        room.options = room.options.withEvery(HOUR);
        room.settled();
        refuse(Refusal.Code.UNAUTHORISED, "the token has expired", 0);
        room.write("1");
        room.driver.advance(DAY);
        assertThat(room.results).hasSize(1);
        assertThat(room.background.stopped().orElseThrow()).startsWith("syncing waits for a login");
    }

    @Test
    void aSyncThatThrowsIsRepeatedWithTheRowsThatItWasToAskFor() {
        room.options = room.options.withSmall(SMALL);
        room.settled();
        Fleet.Member b = room.fleet.device("b", "red");
        b.run("insert into task (id, team, title) values ('b', 'red', 'x')");
        b.synced();
        room.a.transport.beforeNextAnswer(() -> {
            throw new IllegalStateException("a defect");
        });
        room.background.poke();
        room.driver.advance(MINUTE);
        assertThat(room.results).isEmpty();
        room.driver.advance(2 * HOUR);
        assertThat(room.a.one("select count(*) from task")).isEqualTo("1");
    }

    @Test
    void thePauseThatASyncByHandIsAskedForIsKeptByTheBackground() {
        room.settled();
        for (String id : new String[] {"waits", "has stopped"}) {
            room.results.clear();
            room.write(id);
            if (id.equals("has stopped")) {
                room.fleet.server.close();
                room.driver.advance(HOUR);
                assertThat(room.background.stopped()).isPresent();
                room.fleet.server.start();
                room.results.clear();
            }
            refuse(Refusal.Code.LATER, "the server is busy", ASKED);
            assertThat(room.a.sync().outcome()).isEqualTo(SyncResult.End.LATER);
            room.background.poke();
            room.driver.advance(ASKED - MINUTE);
            assertThat(room.results).as(id).isEmpty();
            room.driver.advance(ASKED);
            assertThat(room.results).as(id).hasSize(1);
            assertThat(room.a.db.status().pending()).as(id).isZero();
        }
    }

    @Test
    void noServerKeepsTheBackgroundAwayForEverThroughASyncByHand() {
        room.settled();
        refuse(Refusal.Code.LATER, "the server is busy", Long.MAX_VALUE);
        room.write("1");
        room.a.sync();
        room.driver.advance(DAY - HOUR);
        assertThat(room.results).isEmpty();
        room.driver.advance(DAY);
        assertThat(room.onServer()).containsExactly("[1]");
    }

    @Test
    void noLongerInUseItKeepsToTheConstraintAgain() {
        room.options = room.options.withSmall(SMALL.withConstraint(Constraint.custom("office")));
        room.device.custom("office", true);
        room.settled();
        refuse(Refusal.Code.LATER, "the server is busy", ASKED);
        room.write("1");
        room.driver.advance(MINUTE);
        room.device.custom("office", false);
        room.background.foreground(true);
        room.background.foreground(false);
        room.driver.advance(DAY);
        assertThat(room.results).hasSize(1);
        room.device.custom("office", true);
        room.driver.run();
        assertThat(room.onServer()).containsExactly("[1]");
    }
}
