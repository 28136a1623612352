package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.UniqueName.Policy;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No statement of the scheduler looks at every work, however many there are: SQLite's own plan of each says so. */
class IndexesTest {
    /** The constraints that nobody uses, once when a file is opened; and a page of what waits, which ends when it is full. */
    private static final List<String> OF_ALL =
            List.of("delete from godwit_work_constraint where id not in", "where w.state = ? order by w.id limit ?");

    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void noStatementLooksAtEveryWork() {
        room.worker("w", context -> switch (context.input().text("label").orElse("")) {
            case "fail" -> WorkOutcome.failed("no");
            case "retry" -> WorkOutcome.retry("no");
            default -> new WorkOutcome.Success(context.input());
        });
        room.open();
        everyKindOfWork();
        room.driver.advance(24 * WorkRoom.HOUR);
        for (WorkState state : WorkState.values()) {
            room.scheduler().list(state, 10).forEach(work -> room.scheduler().history(work.id()));
        }
        room.scheduler().named("n");
        room.scheduler().cancelTagged("t");
        room.scheduler().cancelNamed("n");
        room.scheduler().register("late", context -> WorkOutcome.success());
        room.scheduler().loggedIn();
        room.driver.run();
        Set<String> statements = room.scheduler().store().statements().known();
        assertThat(statements).hasSizeGreaterThan(50);
        List<String> scans = new ArrayList<>();
        try (SqliteConnection connection = room.connect()) {
            for (String sql : statements) {
                boolean isAskedOnce = WorkRepair.questions().contains(sql);
                if (!isAskedOnce && OF_ALL.stream().noneMatch(sql::contains)) {
                    plan(connection, sql).stream()
                            .filter(step -> step.matches("SCAN (godwit_work|w|h|f|p)\\b(?! USING).*"))
                            .forEach(step -> scans.add(step + ": " + sql));
                }
            }
        }
        assertThat(scans).isEmpty();
    }

    private void everyKindOfWork() {
        WorkRequest request = WorkRoom.labelled("w", "good");
        room.scheduler()
                .enqueue(WorkChain.empty()
                        .then("a", request)
                        .then("b", WorkRoom.labelled("w", "fail"), "a")
                        .onFailure("c", request, "b"));
        for (Policy policy : Policy.values()) {
            for (String label : List.of("good", "retry", "fail")) {
                room.enqueue(WorkRoom.labelled("w", label).withName("n", policy));
            }
            room.driver.run();
        }
        room.enqueue(request.withKey("k").withTag("t"));
        room.enqueue(request.withKey("k").withTag("t"));
        room.enqueue(WorkRequest.of("late"));
        room.enqueue(request.withConstraint(Constraint.custom("net")).withTag("t"));
        room.enqueue(request.withBudget(Budget.DEFAULT.withAge(1).withDeadline(WorkRoom.START)));
        room.enqueue(request.withDelay(5));
        room.enqueue(WorkRequest.periodic("w", Period.anchored(WorkRoom.HOUR, 0).withCatchUp(Period.CatchUp.NONE)));
        for (int i = 0; i < 300; i++) {
            room.enqueue(WorkRequest.of("w"));
        }
    }

    private static List<String> plan(SqliteConnection connection, String sql) {
        List<String> steps = new ArrayList<>();
        if (!sql.startsWith("begin") && !sql.startsWith("commit")) {
            try (SqliteStatement statement = connection.prepare("explain query plan " + sql)) {
                while (statement.step()) {
                    steps.add(statement.columnText(3));
                }
            }
        }
        return steps;
    }
}
