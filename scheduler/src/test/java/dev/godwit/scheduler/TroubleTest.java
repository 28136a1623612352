package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is broken is told and mended, and hurts neither the application nor its tables. */
class TroubleTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.worker("w");
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void tablesOfAnotherShapeAreSetAsideAndMadeAnew() {
        room.sql("create table note (text text); insert into note values ('mine');"
                + "create table godwit_work (id integer primary key, nonsense text);"
                + "insert into godwit_work values (1, 'old');"
                + "create index godwit_work_open on godwit_work (nonsense)");
        room.open();
        assertThat(room.troubles).hasSize(1);
        assertThat(room.troubles.get(0)).contains("made anew", "godwit_work_aside_1", room.file.toString());
        assertThat(room.number("select count(*) from godwit_work_aside_1 where nonsense = 'old'"))
                .isEqualTo(1);
        assertThat(room.number("select count(*) from note where text = 'mine'")).isEqualTo(1);
        room.enqueue(WorkRequest.of("w"));
        assertThat(room.driver.run()).isEqualTo(1);
    }

    @Test
    void tablesThatBreakWhileItIsOpenAreMadeAnew() {
        room.open();
        room.enqueue(WorkRequest.of("w"));
        room.sql(
                "create table note (text text); insert into note values ('mine'); alter table godwit_work drop column dirty");
        WorkId id = room.enqueue(WorkRoom.labelled("w", "after"));
        room.driver.run();
        assertThat(room.runs).containsExactly("after");
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.troubles).hasSize(1);
        assertThat(room.number("select count(*) from note")).isEqualTo(1);
        room.sql("drop table godwit_work_run");
        room.enqueue(WorkRoom.labelled("w", "again"));
        room.driver.run();
        assertThat(room.troubles).hasSize(2);
        assertThat(room.number("select count(*) from godwit_work_aside_1")).isEqualTo(1);
    }

    @Test
    void tablesOfANewerFormatAreSetAside() {
        room.open();
        room.driver.close();
        room.sql("update godwit_work_meta set format = 99");
        room.open();
        assertThat(room.troubles).singleElement().asString().contains("format 99 is not 1");
    }

    @Test
    void healthyTablesAreLeftAlone() {
        room.open();
        room.driver.close();
        room.open();
        assertThat(room.troubles).isEmpty();
        assertThat(room.number("select count(*) from sqlite_schema where name like '%aside%'"))
                .isZero();
    }

    @Test
    void aListenerThatThrowsHurtsNobody() {
        room.open();
        room.scheduler().listen(new WorkListener() {
            @Override
            public void happened(WorkNews news) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void progressed(WorkId id, WorkData progress) {
                throw new AssertionError("listener");
            }
        });
        room.scheduler().register("p", context -> {
            context.onStop(() -> {
                throw new IllegalStateException("on stop");
            });
            context.progress(WorkData.of("a", 1));
            room.scheduler().cancel(context.id());
            return WorkOutcome.success();
        });
        WorkId id = room.enqueue(WorkRequest.of("w"));
        room.enqueue(WorkRequest.of("p"));
        assertThat(room.driver.run()).isEqualTo(2);
        assertThat(room.state(id)).isEqualTo(WorkState.SUCCEEDED);
        assertThat(room.news)
                .as("the other listener")
                .extracting(WorkNews::event)
                .contains(WorkEvent.CANCELLED);
    }

    @Test
    void aListenerCanBeTakenOff() throws Exception {
        room.open();
        int[] heard = new int[1];
        AutoCloseable off = room.scheduler().listen(new WorkListener() {
            @Override
            public void happened(WorkNews news) {
                heard[0]++;
            }
        });
        room.enqueue(WorkRequest.of("w"));
        room.driver.run();
        assertThat(heard[0]).isEqualTo(2);
        off.close();
        room.enqueue(WorkRequest.of("w"));
        room.driver.run();
        assertThat(heard[0]).isEqualTo(2);
    }

    @Test
    void anErrorOfTheDiskIsThrownAtWhoEnqueuesAndKeepsTheRest() {
        room.open();
        room.enqueue(WorkRequest.of("w"));
        room.sql(
                "create trigger full before insert on godwit_work begin select raise(abort, 'disk full, says the test'); end");
        assertThatThrownBy(() -> room.enqueue(WorkRequest.of("w")))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("disk full");
        assertThat(room.driver.run()).isEqualTo(1);
        assertThat(room.troubles).isEmpty();
    }

    @Test
    void aBlockedWorkWhoseNeedsAreGoneIsDecidedWhenTheFileIsOpened() {
        room.open();
        WorkChain chain = WorkChain.empty().then("a", WorkRequest.of("w")).then("b", WorkRoom.labelled("w", "b"), "a");
        room.scheduler().enqueue(chain);
        room.driver.close();
        room.sql("delete from godwit_work where state = 0");
        room.open();
        room.driver.run();
        assertThat(room.runs).containsExactly("b");
    }

    @Test
    void aSchedulerThatIsClosedSaysSo() {
        room.open();
        room.driver.close();
        room.driver.close();
        assertThatThrownBy(() -> room.enqueue(WorkRequest.of("w"))).hasMessageContaining("closed");
    }

    @Test
    void aDriverWantsAManualClock() {
        WorkClock real = new WorkClock() {
            @Override
            public long wallMillis() {
                return 0;
            }

            @Override
            public long elapsedMillis() {
                return 0;
            }

            @Override
            public String bootId() {
                return "";
            }
        };
        SchedulerOptions options =
                SchedulerOptions.of(new JdbcSqlite(), SqliteOptions.of(room.file.toString()), real, () -> 0.5);
        assertThatThrownBy(() -> WorkDriver.open(options)).hasMessageContaining("ManualClock");
    }
}
