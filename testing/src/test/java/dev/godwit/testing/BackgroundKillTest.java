package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.BackgroundOptions;
import dev.godwit.client.BackgroundSync;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.ManualClock;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkDriver;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies at the first statement of a write, then at the second, and so on: data, outbox and schedule stand together. */
@Timeout(120)
class BackgroundKillTest {
    @TempDir
    Path folder;

    /** What a file holds: rows of the application, pending transactions, syncs that wait. */
    private static String state(Path file) {
        try (SqliteConnection sql = Fleet.DRIVER.open(SqliteOptions.of(file.toString()))) {
            return Sql.number(sql, "select count(*) from task") + " "
                    + Sql.number(sql, "select count(*) from godwit_pending")
                    + " "
                    + Sql.number(sql, "select count(*) from godwit_work where name = 'godwit.sync' and state = 0");
        }
    }

    /** Whether the write got through; adds the state that it leaves. */
    private boolean write(Fleet fleet, long at, Set<String> states) {
        Path file = folder.resolve("at" + at + ".db");
        ManualClock clock = new ManualClock(1_800_000_000_000L);
        DyingSqlite driver = new DyingSqlite(file, Long.MAX_VALUE);
        WorkDriver work =
                WorkDriver.open(SchedulerOptions.of(driver, SqliteOptions.of(file.toString()), clock, () -> 0.5)
                        .asOnlyProcess());
        Godwit db = Godwit.open(GodwitOptions.of(file.toString(), driver)
                .withSchema(BackgroundRoom.SCHEMA)
                .withScopes("red")
                .withDevice(new ManualDevice(3, fleet.server.wallMillis()))
                .withTransport(fleet.device("n" + at, "red").transport));
        db.background(work.scheduler(), BackgroundOptions.DEFAULT);
        work.scheduler().cancelNamed(BackgroundSync.SYNC);
        driver.dieIn(at);
        boolean isThrough = false;
        try {
            db.write(tx -> tx.run("insert into task (id, team) values ('1', 'red')"));
            isThrough = true;
        } catch (DyingSqlite.Died died) {
            assertThat(driver.isDead()).isTrue();
        }
        driver.bury();
        work.kill();
        states.add(state(file));
        return isThrough;
    }

    @Test
    void dataOutboxAndScheduleAreCommittedOrLostTogether() {
        Set<String> states = new TreeSet<>();
        long at = 1;
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), BackgroundRoom.SCHEMA)) {
            while (!write(fleet, at, states)) {
                at++;
            }
        }
        System.out.println("BackgroundKillTest: died " + (at - 1) + " times within a write");
        assertThat(states).containsExactly("0 0 0", "1 1 1");
        assertThat(at).as("statements of a write").isGreaterThan(10);
    }
}
