package dev.godwit.testing;

import static dev.godwit.testing.BackgroundRoom.DAY;
import static dev.godwit.testing.BackgroundRoom.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.GodwitOptions;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.StopReason;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.scheduler.WorkRun;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file is tidied up while nobody needs it, and only then. */
class MaintenanceTest {
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

    private static String numbers(int most) {
        return "with recursive n (i) as (select 1 union all select i + 1 from n where i < " + most + ") ";
    }

    private long runs() {
        return room.work(BackgroundSync.MAINTENANCE).runs();
    }

    private long walBytes() throws IOException {
        return Files.size(Path.of(room.a.file + "-wal"));
    }

    private void reopenWith(SqliteDriver driver) {
        room.a.reopenWith(o -> new GodwitOptions(
                o.path(),
                driver,
                o.schema(),
                o.scopes(),
                o.transport(),
                o.device(),
                o.durability(),
                o.limits(),
                o.application(),
                o.resolvers()));
    }

    @Test
    void itRunsWhenIdleAndChargingAndNotBefore() {
        room.settled();
        room.device.set(Fact.CHARGING, true);
        room.driver.advance(2 * DAY);
        assertThat(runs()).as("in use, as far as anybody knows").isZero();
        room.device.set(Fact.CHARGING, false).set(Fact.IDLE, true);
        room.driver.advance(2 * DAY);
        assertThat(runs()).isZero();
        room.device.set(Fact.CHARGING, true);
        room.driver.advance(HOUR);
        assertThat(runs()).isEqualTo(1);
        room.driver.advance(DAY);
        assertThat(runs()).as("once a day").isEqualTo(2);
    }

    @Test
    void itAnalysesForgetsAndEmptiesTheWal() throws IOException {
        room.settled();
        room.a.db.write(tx -> {
            for (int i = 0; i < 2_000; i++) {
                tx.run("insert into task (id, team, title) values (?, 'red', 'x')", "t" + i);
            }
        });
        room.a.run("create index by_title on task (title)");
        for (int i = 0; i < 40; i++) {
            room.a.synced();
        }
        assertThat(walBytes()).isPositive();
        room.sql(numbers(1_000)
                + "insert into godwit_attempt (started, cause, outcome, sent, received, bytes_up, bytes_down, millis, message)"
                + " select 0, 'old', 'synced', 0, 0, 0, 0, 0, '' from n");
        assertThat(room.number("select count(*) from godwit_attempt")).isGreaterThan(1_000);
        room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
        room.driver.run();
        assertThat(room.number("select count(*) from sqlite_stat1 where tbl = 'task'"))
                .isPositive();
        assertThat(room.number("select count(*) from godwit_attempt")).isEqualTo(1_000);
        assertThat(walBytes()).as("but for the end of the work itself").isLessThan(100_000);
        room.write("after");
        room.a.synced();
    }

    @Test
    void itGivesFreePagesBackWhereTheFileWasMadeForThat() {
        room.a.db.close();
        room.sql("pragma journal_mode = delete; pragma auto_vacuum = incremental; vacuum; pragma journal_mode = wal");
        room.a.reopenAfterCopy();
        room.settled();
        room.sql("create table ballast (b blob); " + numbers(2_000)
                + "insert into ballast select zeroblob(4000) from n; drop table ballast");
        assertThat(room.number("pragma freelist_count")).isGreaterThan(1_900);
        room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
        room.driver.run();
        assertThat(room.number("pragma freelist_count")).isZero();
    }

    @Test
    void itStopsBetweenTwoStepsWhenSomebodyTakesTheDevice() {
        // whoever does not wait for others is the maintenance
        SqliteDriver watched = file -> {
            if (file.busyMillis() == 0) {
                room.device.set(Fact.IDLE, false);
                room.driver.look();
            }
            return Fleet.DRIVER.open(file);
        };
        reopenWith(watched);
        room.settled();
        room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
        room.driver.run();
        assertThat(room.work(BackgroundSync.MAINTENANCE).state()).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.scheduler()
                        .history(room.work(BackgroundSync.MAINTENANCE).id()))
                .extracting(WorkRun::stop)
                .containsExactly(StopReason.CONSTRAINT_LOST);
        assertThat(room.number("select count(*) from sqlite_schema where name = 'sqlite_stat1'"))
                .isZero();
    }

    @Test
    void itForgetsTheSchedulersHistoryToo() {
        room.change = options -> options.asOnlyProcess().withLimits(WorkLimits.DEFAULT.with("runsKept", 3));
        room.settled();
        for (int i = 0; i < 10; i++) {
            room.background.poke();
            room.driver.run();
        }
        assertThat(room.number("select count(*) from godwit_work_run")).isGreaterThan(9);
        room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
        room.driver.run();
        assertThat(room.number("select count(*) from godwit_work_run"))
                .as("and that of the maintenance")
                .isEqualTo(4);
    }

    @Test
    void whoeverWritesMeanwhileIsNotWaitedFor() {
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(room.a.file.toString()))) {
            reopenWith(file -> {
                SqliteConnection real = Fleet.DRIVER.open(file);
                return file.busyMillis() == 0 ? whileItWrites(other, real) : real;
            });
            room.settled();
            room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
            room.driver.run();
        }
        assertThat(runs()).isEqualTo(1);
        assertThat(room.work(BackgroundSync.MAINTENANCE).reason())
                .as("no failure")
                .isNull();
    }

    /** The other writes until this one is closed. */
    private static SqliteConnection whileItWrites(SqliteConnection other, SqliteConnection real) {
        other.execute("begin immediate");
        return (SqliteConnection) Proxy.newProxyInstance(
                SqliteConnection.class.getClassLoader(),
                new Class<?>[] {SqliteConnection.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        other.execute("rollback");
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void anotherProgramsLockIsLeftAlone() throws IOException {
        room.settled();
        room.device.set(Fact.CHARGING, true).set(Fact.IDLE, true);
        try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(room.a.file.toString()))) {
            other.execute("begin; select * from task");
            for (int i = 0; i < 300; i++) {
                room.write("t" + i);
            }
            room.driver.run();
            assertThat(runs()).isEqualTo(1);
            assertThat(room.work(BackgroundSync.MAINTENANCE).reason())
                    .as("no failure")
                    .isNull();
            assertThat(walBytes()).as("somebody reads it").isGreaterThan(500_000);
            other.execute("rollback");
        }
        room.driver.advance(DAY);
        assertThat(walBytes()).isLessThan(500_000);
    }
}
