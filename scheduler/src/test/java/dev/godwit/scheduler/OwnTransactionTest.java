package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work enqueued in the transaction of the data that it is about. */
class OwnTransactionTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.worker("w").open();
        room.sql("create table note (text text)");
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void workAndDataAreThereTogether() {
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate; insert into note values ('a')");
            WorkId id =
                    room.scheduler().enqueue(own, WorkRoom.labelled("w", "a")).id();
            assertThat(room.scheduler().find(id)).as("not committed yet").isEmpty();
            own.execute("commit");
            room.driver.run();
            assertThat(room.runs).containsExactly("a");
            assertThat(room.number("select count(*) from note")).isEqualTo(1);
        }
    }

    @Test
    void workIsRolledBackWithTheData() {
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate; insert into note values ('a')");
            Enqueued rolledBack =
                    room.scheduler().enqueue(own, WorkRoom.labelled("w", "a").withTag("t"));
            own.execute("rollback");
            room.driver.run();
            assertThat(room.runs).isEmpty();
            assertThat(room.scheduler().tagged("t")).isEmpty();
            WorkId next = room.enqueue(WorkRequest.of("w"));
            assertThat(next).as("a number is not given twice").isNotEqualTo(rolledBack.id());
        }
    }

    @Test
    void oneConnectionEnqueuesAgainAndAgainWhateverBecomesOfItsTransactions() {
        WorkRequest request = WorkRequest.of("w").withConstraint(Constraint.custom("net"));
        try (SqliteConnection own = room.connect();
                Enqueuer enqueuer = room.scheduler().enqueuer(own)) {
            own.execute("begin immediate");
            enqueuer.enqueue(request);
            own.execute("rollback");
            own.execute("begin immediate");
            WorkId id = enqueuer.enqueue(request).id();
            own.execute("commit");
            assertThat(room.work(id).request().constraint()).isEqualTo(request.constraint());
            room.sql("drop table godwit_work");
            own.execute("begin immediate");
            assertThatThrownBy(() -> enqueuer.enqueue(request)).hasMessageContaining("godwit_work");
            own.execute("insert into note values ('goes on'); commit");
            room.driver.run();
            own.execute("begin immediate");
            WorkId next = enqueuer.enqueue(request).id();
            own.execute("commit");
            assertThat(room.state(next)).isEqualTo(WorkState.ENQUEUED);
        }
        assertThat(room.number("select count(*) from note")).isEqualTo(1);
    }

    @Test
    void aUniqueNameHoldsAcrossConnections() {
        WorkRequest request = WorkRoom.labelled("w", "a").withName("n", UniqueName.Policy.KEEP);
        WorkId first = room.enqueue(request);
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate");
            assertThat(room.scheduler().enqueue(own, request)).isEqualTo(new Enqueued(first, Enqueued.Result.KEPT));
            own.execute("commit");
        }
    }

    @Test
    void aRunThatAnotherConnectionReplacesIsToldSo() {
        WorkRequest request = WorkRequest.of("long").withName("n", UniqueName.Policy.REPLACE);
        room.driver.close();
        room.worker("long", context -> {
            if (room.runs.size() == 1) {
                try (SqliteConnection own = room.connect()) {
                    own.execute("begin immediate");
                    room.scheduler().enqueue(own, request);
                    own.execute("commit");
                }
                room.driver.look();
                assertThat(context.stopReason()).contains(StopReason.CANCELLED);
            }
            return WorkOutcome.success();
        });
        room.open();
        room.enqueue(request);
        assertThat(room.driver.run()).isEqualTo(2);
        assertThat(room.scheduler().named("n"))
                .extracting(Work::state)
                .containsExactly(WorkState.CANCELLED, WorkState.SUCCEEDED);
    }

    @Test
    void aRequestThatIsRefusedLeavesTheTransactionAsItIs() {
        try (SqliteConnection own = room.connect()) {
            own.execute("begin immediate; insert into note values ('a')");
            WorkRequest bad = WorkRequest.of("x".repeat(201));
            assertThatThrownBy(() -> room.scheduler().enqueue(own, bad)).hasMessageContaining("nameChars");
            own.execute("commit");
            assertThat(room.number("select count(*) from note")).isEqualTo(1);
            assertThat(room.number("select count(*) from godwit_work")).isZero();
        }
    }
}
