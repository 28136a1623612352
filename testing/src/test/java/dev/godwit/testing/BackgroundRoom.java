package dev.godwit.testing;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.SyncPolicy;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkDriver;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A device with a background that is driven by hand, and a server. */
final class BackgroundRoom implements AutoCloseable {
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;
    static final String SCHEMA = """
            create table task (id text primary key, team text scope not null, title text, votes integer counter not null default 0);
            """;

    /** An hour between attempts, and nothing periodic within a test. */
    static final SyncPolicy SMALL = SyncPolicy.SMALL
            .withBackoff(new Backoff(Backoff.Kind.LINEAR, HOUR, HOUR, HOUR))
            .withAttempts(3);

    final Fleet fleet;
    final Fleet.Member a;
    final ManualClock clock = new ManualClock(1_800_000_000_000L);
    final ManualConditions device = new ManualConditions();
    final List<SyncResult> results = new ArrayList<>();
    final List<String> troubles = new ArrayList<>();
    BackgroundOptions options =
            BackgroundOptions.DEFAULT.withSmall(SMALL).withEvery(30 * DAY).withListener(results::add);
    UnaryOperator<SchedulerOptions> change = SchedulerOptions::asOnlyProcess;
    WorkDriver driver;
    BackgroundSync background;
    private final Random random;

    BackgroundRoom(Path folder) {
        this(folder, Limits.DEFAULT);
    }

    BackgroundRoom(Path folder, Limits limits) {
        long seed = Long.getLong("seed", 8);
        System.out.println("seed " + seed);
        random = new Random(seed);
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA, limits);
        a = fleet.device("a", "red");
        device.set(Fact.CONNECTED, true);
    }

    /** Starts the scheduler and the background on the device's file. */
    BackgroundRoom start() {
        SchedulerOptions work = SchedulerOptions.of(
                        Fleet.DRIVER, SqliteOptions.of(a.file.toString()), clock, random::nextDouble)
                .withConditions(device);
        driver = WorkDriver.open(change.apply(work), new WorkListener() {
            @Override
            public void trouble(String message) {
                troubles.add(message);
            }
        });
        background = a.db.background(driver.scheduler(), options);
        return this;
    }

    /** Starts, and lets the first sync through. */
    BackgroundRoom settled() {
        start();
        driver.advance(1_000);
        results.clear();
        return this;
    }

    /** The process dies; what is committed stays. */
    void kill() {
        driver.kill();
        a.db.close();
    }

    Scheduler scheduler() {
        return driver.scheduler();
    }

    Work work(String name) {
        List<Work> works = driver.scheduler().named(name);
        return works.get(works.size() - 1);
    }

    void write(String id) {
        a.run("insert into task (id, team, title) values (?, 'red', 'x')", id);
    }

    /** Runs a script on the device's file, as another program would. */
    void sql(String script) {
        try (SqliteConnection connection = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
            connection.execute(script);
        }
    }

    long number(String sql) {
        try (SqliteConnection connection = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
            return Sql.number(connection, sql);
        }
    }

    List<String> onServer() {
        return fleet.onServer("select count(*) from task");
    }

    @Override
    public void close() {
        driver.close();
        fleet.close();
    }
}
