package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that were edited by hand or restored are mended when they are opened, and that is told. */
class RepairTest {
    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.worker("w").open();
    }

    @AfterEach
    void close() {
        room.close();
    }

    /** Breaks the tables while nobody has them open, and opens them again. */
    private void breakBy(String sql, String broken) {
        assertThat(broken()).isEmpty();
        room.driver.close();
        room.sql(sql);
        room.open();
        assertThat(broken()).singleElement().asString().contains(broken);
        room.driver.look();
        assertThat(room.troubles).singleElement().asString().contains("mended", broken);
        assertThat(broken()).isEmpty();
    }

    private List<String> broken() {
        return room.scheduler()
                .store()
                .read(now -> WorkRepair.broken(room.scheduler().store().statements()));
    }

    private static WorkRequest later(String label) {
        return WorkRoom.labelled("w", label).withConstraint(Constraint.custom("later"));
    }

    private void runAll() {
        room.flags.custom("later", true);
        room.driver.run();
    }

    @Test
    void aStateThatDoesNotExistIsParked() {
        WorkId id = room.enqueue(later("a"));
        breakBy("update godwit_work set state = 77", "work of a state or gate that does not exist");
        assertThat(room.work(id).reason()).contains("damaged");
        room.scheduler().retry(id);
        runAll();
        assertThat(room.runs).containsExactly("a");
    }

    @Test
    void aGateThatDoesNotExistIsParked() {
        WorkId id = room.enqueue(later("a"));
        breakBy("update godwit_work set gate = -1", "gate that does not exist");
        assertThat(room.state(id)).isEqualTo(WorkState.PARKED);
    }

    @Test
    void workWhoseConstraintIsLostDoesNotRunWithoutIt() {
        WorkId id = room.enqueue(later("a"));
        breakBy("delete from godwit_work_constraint", "constraint is lost");
        room.driver.run();
        assertThat(room.runs).isEmpty();
        assertThat(room.work(id).reason()).contains("what it waits for is lost");
    }

    @Test
    void workThatRunsWithoutALeaseIsSaidToAndPutBack() {
        WorkId id = room.enqueue(later("a"));
        room.driver.look();
        room.sql("update godwit_work set state = 1, token = 1");
        assertThat(broken()).singleElement().asString().contains("nobody has a lease");
        room.driver.close();
        room.open();
        room.driver.look();
        assertThat(room.state(id)).isEqualTo(WorkState.ENQUEUED);
        assertThat(room.work(id).stops()).isEqualTo(1);
    }

    @Test
    void ofTwoThatHoldAKeyTheFirstKeepsIt() {
        for (String label : List.of("a", "b", "c")) {
            room.enqueue(later(label).withKey("k"));
        }
        breakBy("update godwit_work set gate = 0", "holds a key beside another");
        assertThat(room.number("select count(*) from godwit_work where gate = 4"))
                .isEqualTo(2);
        runAll();
        assertThat(room.runs).containsExactly("a", "b", "c");
    }

    @Test
    void aFollowerOfNothingHoldsItsKeyItself() {
        for (String label : List.of("a", "b", "c")) {
            room.enqueue(later(label).withKey("k"));
        }
        breakBy("delete from godwit_work where gate = 0", "behind a key that nobody holds");
        runAll();
        assertThat(room.runs).containsExactly("b", "c");
    }

    @Test
    void aFollowerWithoutAKeyRuns() {
        room.enqueue(later("a"));
        breakBy("update godwit_work set gate = 4", "behind a key that nobody holds");
        runAll();
        assertThat(room.runs).containsExactly("a");
    }

    @Test
    void blockedWorkWithoutAnythingBeforeItIsDecided() {
        room.scheduler().enqueue(WorkChain.empty().then("a", later("a")).then("b", later("b"), "a"));
        breakBy("delete from godwit_work where state = 0", "blocked work whose needs are decided");
        runAll();
        assertThat(room.runs).containsExactly("b");
    }

    @Test
    void rowsOfWorksThatAreGoneAreDeleted() {
        room.enqueue(later("a").withTag("t"));
        breakBy(
                "delete from godwit_work; insert into godwit_work_note (work) values (7);"
                        + " insert into godwit_work_need values (8, 9, 0, 0)",
                "rows of works that are gone");
        assertThat(room.number("select (select count(*) from godwit_work_tag) + (select count(*) from godwit_work_note)"
                        + " + (select count(*) from godwit_work_need)"))
                .isZero();
    }

    @Test
    void aRequestThatCannotBeReadIsCancelledWhenItsTimeComesAndTheOthersRun() {
        WorkId input = room.enqueue(later("a"));
        WorkId spec = room.enqueue(later("b").withBudget(Budget.DEFAULT.withAttempts(3)));
        WorkId good = room.enqueue(later("c"));
        room.sql("update godwit_work set input = x'ff' where id = " + input.value()
                + "; update godwit_work set spec = 'u1,x'" + " where id = " + spec.value());
        assertThat(room.scheduler().list(WorkState.ENQUEUED, 9)).hasSize(3);
        runAll();
        assertThat(room.runs).containsExactly("c");
        assertThat(room.state(good)).isEqualTo(WorkState.SUCCEEDED);
        for (WorkId damaged : List.of(input, spec)) {
            assertThat(room.state(damaged)).isEqualTo(WorkState.CANCELLED);
            assertThat(room.work(damaged).reason()).contains("damaged", "enqueue it again");
        }
    }
}
