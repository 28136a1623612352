package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each work says in a sentence why it is where it is. */
class ExplainTest {
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

    private String explain(WorkId id) {
        return room.scheduler().explain(id, ZoneOffset.UTC);
    }

    @Test
    void workThatWaitsForItsDeviceNamesWhatIsMissingAndWhenItGivesUp() {
        room.worker("w").open();
        WorkId id = room.enqueue(WorkRoom.labelled("w", "a")
                .withConstraint(Constraint.custom("net"))
                .withBudget(Budget.DEFAULT.withAttempts(8).withAge(48 * HOUR)));
        room.driver.run();
        assertThat(explain(id)).contains("waiting for", "\"net\"", "attempt 1 of 8 after that", "gives up on ");
        room.flags.custom("net", true);
        assertThat(explain(id)).contains("ready to run").doesNotContain("net");
        room.driver.run();
        assertThat(explain(id)).startsWith("succeeded ");
    }

    @Test
    void workThatFailedSaysHowAndWhenItIsTriedAgain() {
        room.worker("w", context -> new WorkOutcome.RetryAfter(10 * MINUTE, "the server answered 503"))
                .open();
        WorkId id = room.enqueue(WorkRoom.labelled("w", "a").withBudget(Budget.DEFAULT.withAttempts(3)));
        room.driver.run();
        assertThat(explain(id))
                .contains(
                        "waiting since", "until ", "attempt 2 of 3", "the last attempt ended: the server answered 503");
        room.driver.advance(30 * MINUTE);
        assertThat(explain(id))
                .startsWith("parked since ")
                .contains("after 3 of 3 attempts", "503", "runs again when it is retried");
    }

    @Test
    void workThatIsBehindOthersNamesThem() {
        room.worker("w").open();
        WorkId first =
                room.enqueue(WorkRoom.labelled("w", "a").withKey("letters").withConstraint(Constraint.custom("net")));
        WorkId second = room.enqueue(WorkRoom.labelled("w", "b").withKey("letters"));
        assertThat(explain(second)).contains("behind other work of the key \"letters\"");
        var chain = room.scheduler()
                .enqueue(WorkChain.empty()
                        .then("upload", WorkRoom.labelled("w", "c").withConstraint(Constraint.custom("net")))
                        .then("tell", WorkRoom.labelled("w", "d"), "upload"));
        assertThat(explain(chain.get("tell").id()))
                .contains("for other work to end first: w "
                        + chain.get("upload").id().value());
        room.scheduler().cancel(first);
        assertThat(explain(first)).startsWith("cancelled ");
    }

    @Test
    void nothingIsSaidOfWhatIsNotKnown() {
        room.worker("w").open();
        assertThat(explain(new WorkId(4711))).contains("no work has the number " + new WorkId(4711));
    }

    @Test
    void workThatPutsItselfOffToMoreThanFitsIsParkedWithTheBound() {
        List<Constraint> many = new ArrayList<>(List.of(Constraint.custom("ready")));
        for (int i = 0; i < 60; i++) {
            many.add(Constraint.custom("another.condition." + i));
        }
        Constraint tooMuchTogether = new Constraint.AnyOf(many);
        room.flags.custom("ready", true);
        room.worker("w", context -> new WorkOutcome.DeferUntil(tooMuchTogether)).open();
        WorkId id = room.enqueue(WorkRoom.labelled("w", "a").withConstraint(tooMuchTogether));
        room.driver.run();
        assertThat(explain(id)).startsWith("parked").contains("puts itself off", "2000");
    }
}
