package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A look at the work of a file whose scheduler runs, in this process or in another. */
class WorkDeskTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    private WorkDesk desk() {
        return desk(SqliteOptions.of(room.file.toString()));
    }

    private WorkDesk desk(SqliteOptions options) {
        return WorkDesk.open(new JdbcSqlite(), options, room.clock).orElseThrow();
    }

    @Test
    void aListingNeedsNoLeaseAndDoesNotDisturbWhatRuns() {
        WorkId[] id = new WorkId[1];
        room.worker("w", context -> {
            long epoch = room.number("select epoch from godwit_work_meta");
            try (WorkDesk desk = desk(SqliteOptions.of(room.file.toString()).reading())) {
                assertThat(desk.list(WorkState.RUNNING, 10))
                        .extracting(Work::id)
                        .containsExactly(id[0]);
                assertThat(desk.count(WorkState.RUNNING)).isEqualTo(1);
                assertThat(desk.find(id[0]).orElseThrow().runs()).isEqualTo(1);
            }
            assertThat(room.number("select epoch from godwit_work_meta")).isEqualTo(epoch);
            return WorkOutcome.success();
        });
        room.open();
        id[0] = room.enqueue(WorkRequest.of("w"));
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.state(id[0])).isEqualTo(WorkState.SUCCEEDED);
        room.close();
    }

    @Test
    void theSentenceIsOfTheDeviceThatTheReaderKnows() {
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w").withConstraint(Constraint.charging()));
        room.clock.advance(WorkRoom.MINUTE);
        try (WorkDesk desk = desk()) {
            Work work = desk.find(id).orElseThrow();
            assertThat(desk.explain(work, ConditionSnapshot.UNKNOWN, ZoneId.of("UTC")))
                    .startsWith("waiting for ")
                    .contains("since 08:00");
            Reading plugged = new Reading(Truth.TRUE, "a test", 0);
            ConditionSnapshot device = new ConditionSnapshot(Map.of(Fact.CHARGING, plugged), Map.of(), -1);
            assertThat(desk.explain(work, device, ZoneId.of("UTC"))).startsWith("ready to run");
        }
        room.close();
    }

    @Test
    void whatIsRetriedOrCancelledReachesTheSchedulerAndWhatIsBrokenIsLeftToIt() {
        boolean[] works = new boolean[1];
        room.worker("w", context -> works[0] ? WorkOutcome.success() : WorkOutcome.failed("no"));
        room.open();
        WorkId parked = room.enqueue(WorkRequest.of("w"));
        WorkId other = room.enqueue(WorkRequest.of("w").withConstraint(Constraint.custom("never")));
        room.driver.run();
        assertThat(room.state(parked)).isEqualTo(WorkState.PARKED);
        works[0] = true;
        try (WorkDesk desk = desk()) {
            assertThat(desk.history(parked)).hasSize(1);
            assertThat(desk.retry(parked)).isTrue();
            assertThat(desk.retry(parked)).isFalse();
            assertThat(desk.cancel(other)).isTrue();
            assertThat(desk.cancel(other)).isFalse();
        }
        room.driver.run();
        assertThat(room.state(parked)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.state(other)).isEqualTo(WorkState.CANCELLED);
        room.close();
        room.sql("drop table godwit_work_run");
        assertThatThrownBy(this::desk)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("godwit_work_run")
                .hasMessageContaining(room.file.toString());
        assertThat(room.number("select count(*) from godwit_work"))
                .as("nothing was set aside")
                .isEqualTo(2);
    }

    @Test
    void afterARebootADeskLeavesTheMarkToTheScheduler() {
        room.worker("w", context -> WorkOutcome.failed("no"));
        room.open();
        WorkId id = room.enqueue(WorkRequest.of("w"));
        room.driver.run();
        room.close();
        room.sql("update godwit_work_meta set boot = 'another', owned = 9223372036854775807");
        try (WorkDesk desk = desk()) {
            assertThat(desk.retry(id)).isTrue();
        }
        assertThat(room.number("select count(*) from godwit_work_meta where boot = 'another'"))
                .as("a scheduler that opens finds that it is another start, and takes over at once")
                .isEqualTo(1);
    }

    @Test
    void aFileWithoutWorkHasNoDeskAndStaysAsItIs() {
        room.sql("create table mine (id integer primary key)");
        SqliteOptions options = SqliteOptions.of(room.file.toString());
        assertThat(WorkDesk.open(new JdbcSqlite(), options, room.clock)).isEmpty();
        assertThat(WorkDesk.open(new JdbcSqlite(), options.reading(), room.clock))
                .isEmpty();
        assertThat(room.number("select count(*) from sqlite_schema")).isEqualTo(1);
    }
}
