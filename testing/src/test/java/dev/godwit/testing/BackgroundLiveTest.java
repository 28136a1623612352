package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.LiveSync;
import dev.godwit.client.SyncPolicy;
import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkEvent;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.scheduler.WorkNews;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The background with its threads, over HTTP; only its time is moved by hand. */
@Timeout(60)
class BackgroundLiveTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock(1_800_000_000_000L);
    private final BlockingQueue<SyncResult> ofBackground = new LinkedBlockingQueue<>();
    private final BlockingQueue<SyncResult> ofLive = new LinkedBlockingQueue<>();
    private OverHttp net;
    private OverHttp.Connected a;
    private OverHttp.Connected b;
    private Scheduler scheduler;
    private BackgroundSync background;

    @BeforeEach
    void open() {
        net = new OverHttp(folder, Limits.DEFAULT, null);
        a = net.device("a");
        b = net.device("b");
        scheduler = Scheduler.open(
                SchedulerOptions.of(new JdbcSqlite(), SqliteOptions.of(a.file().toString()), clock, () -> 0.5)
                        .withConditions(ManualConditions.allGood()));
        background = a.db().background(scheduler, BackgroundOptions.DEFAULT.withListener(ofBackground::add));
    }

    @AfterEach
    void close() {
        background.close();
        scheduler.close();
        a.close();
        b.close();
        net.close();
    }

    private static SyncResult next(BlockingQueue<SyncResult> results) throws InterruptedException {
        SyncResult next = results.poll(50, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private String rows() {
        return a.db().query("select count(*) from task").get(0).value(0).toString();
    }

    @Test
    void aLiveConnectionOnlyPokesTheBackground() throws InterruptedException {
        assertThat(next(ofBackground).isSynced()).as("at the start").isTrue();
        LiveSync live = a.db().goLive(ofLive::add);
        next(ofLive);
        b.write("1", "from b");
        b.db().sync();
        while (!rows().equals("1")) {
            assertThat(next(ofLive).isSynced()).isTrue();
        }
        a.write("2", "from a");
        clock.advance(SyncPolicy.SMALL.batchMillis());
        scheduler.poke();
        while (a.db().status().pending() > 0) {
            next(ofLive);
        }
        live.close();
        // waits for what runs
        scheduler.close();
        long attempts =
                a.db().query("select count(*) from godwit_attempt").get(0).integer("count(*)");
        assertThat(attempts).as("the live connection made none of its own").isEqualTo(1 + ofBackground.size());
        b.db().sync();
        assertThat(b.db().query("select * from task")).hasSize(2);
    }

    @Test
    void aWriteIsSentBehindItsBatchingDelay() throws InterruptedException {
        next(ofBackground);
        a.write("1", "x");
        assertThat(a.db().status().pending()).isEqualTo(1);
        clock.advance(SyncPolicy.SMALL.batchMillis());
        scheduler.poke();
        while (a.db().status().pending() > 0) {
            next(ofBackground);
        }
        b.db().sync();
        assertThat(b.db().query("select * from task")).hasSize(1);
    }

    @Test
    void aTokenThatTheServerRefusesWaitsForALogin() throws InterruptedException {
        AtomicReference<String> token = new AtomicReference<>("forged");
        BlockingQueue<WorkEvent> events = new LinkedBlockingQueue<>();
        Path file = folder.resolve("c.db");
        try (HttpTransport transport =
                        new HttpTransport(HttpTransportOptions.of(net.address(), token::get, Limits.DEFAULT));
                Godwit c = Godwit.open(GodwitOptions.of(file.toString(), new JdbcSqlite())
                        .withSchema(OverHttp.SCHEMA)
                        .withScopes("red")
                        .withTransport(transport));
                Scheduler work = Scheduler.open(
                        SchedulerOptions.of(new JdbcSqlite(), SqliteOptions.of(file.toString()), clock, () -> 0.5),
                        new WorkListener() {
                            @Override
                            public void happened(WorkNews news) {
                                events.add(news.event());
                            }
                        });
                BackgroundSync ofC = c.background(work, BackgroundOptions.DEFAULT.withListener(ofLive::add))) {
            assertThat(next(ofLive).outcome()).isEqualTo(SyncResult.End.FAILED);
            await(events, WorkEvent.PARKED);
            assertThat(ofC.stopped().orElseThrow()).startsWith("syncing waits for a login: ");
            token.set(net.token());
            ofC.loggedIn();
            assertThat(next(ofLive).isSynced()).isTrue();
            await(events, WorkEvent.SUCCEEDED);
            assertThat(ofC.stopped()).isEmpty();
        }
    }

    private static void await(BlockingQueue<WorkEvent> events, WorkEvent wanted) throws InterruptedException {
        for (WorkEvent event = null; event != wanted; ) {
            event = events.poll(50, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
        }
    }

    @Test
    void theDatabaseMayBeClosedFirst() throws InterruptedException {
        next(ofBackground);
        a.write("1", "x");
        a.db().close();
        background.poke();
        clock.advance(SyncPolicy.SMALL.batchMillis());
        scheduler.poke();
        scheduler.close();
        background.close();
        assertThat(ofBackground).isEmpty();
    }
}
