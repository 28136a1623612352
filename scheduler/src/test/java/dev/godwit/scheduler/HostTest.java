package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkRoom.HOUR;
import static dev.godwit.scheduler.WorkRoom.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that keep failing are left in peace by all work, and tried by one. */
class HostTest {
    private static final String API = "api.example.com";
    /** Opens at the third failure in a row; pauses of 10 minutes, then 20. */
    private static final CircuitBreaker.Rules RULES =
            new CircuitBreaker.Rules(3, 10, 20, 10 * MINUTE, HOUR, 2 * MINUTE, 10);

    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();
    private WorkRoom room;
    private WorkOutcome answer = WorkOutcome.retry("status 500");

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
        room.change = options -> options.withCircuits(RULES);
        room.limits = room.limits.with("lookMillis", 24 * HOUR);
        room.worker("ask", context -> {
            asked.add(context.input().text("label").orElse("") + "@"
                    + (room.clock.wallMillis() - WorkRoom.START) / MINUTE);
            return answer;
        });
        room.worker("other");
        room.flags.set(Fact.CONNECTED, true);
        room.open();
    }

    @AfterEach
    void close() {
        room.close();
    }

    private WorkRequest ask(String label) {
        return WorkRoom.labelled("ask", label)
                .withConstraint(Constraint.connected())
                .withHost(API)
                .withBackoff(Backoff.linear(1_000));
    }

    private WorkId failUntilItIsOpen() {
        WorkId id = room.enqueue(ask("first"));
        room.driver.advance(MINUTE);
        assertThat(asked).containsExactly("first@0", "first@0", "first@0");
        return id;
    }

    private String explain(WorkId id) {
        return room.scheduler().explain(id, ZoneOffset.UTC);
    }

    @Test
    void aHostThatKeepsFailingIsLeftInPeaceByAllItsWorksAndByNoOthers() {
        WorkId first = failUntilItIsOpen();
        WorkId second = room.enqueue(ask("second"));
        WorkId unmetered = room.enqueue(WorkRoom.labelled("ask", "third").withHost(API));
        room.enqueue(WorkRequest.of("other").withHost("other.example.com"));
        assertThat(room.driver.run()).isEqualTo(1);
        room.driver.advance(8 * MINUTE);
        assertThat(asked).hasSize(3);
        for (WorkId id : List.of(first, second, unmetered)) {
            assertThat(explain(id)).startsWith("waiting for api.example.com, which failed 3 times; next try at 08:1");
        }
        assertThat(explain(second)).endsWith("; attempt 1 of 10 after that").doesNotContain("ready");
    }

    @Test
    void afterThePauseOneWorkTriesAndItsFailureDoublesThePause() {
        failUntilItIsOpen();
        room.enqueue(ask("second"));
        room.enqueue(ask("third"));
        room.driver.advance(15 * MINUTE);
        assertThat(asked).hasSize(4);
        assertThat(asked.get(3))
                .as("at the end of the pause, and not when somebody looks")
                .endsWith("@10");
        room.driver.advance(13 * MINUTE);
        assertThat(asked).hasSize(4);
        room.driver.advance(5 * MINUTE);
        assertThat(asked).hasSize(5);
        assertThat(asked.get(4)).endsWith("@30");
    }

    @Test
    void itsSuccessLetsTheOthersFollow() {
        failUntilItIsOpen();
        room.enqueue(ask("second"));
        room.enqueue(ask("third"));
        answer = WorkOutcome.success();
        room.driver.advance(10 * MINUTE);
        assertThat(asked.subList(3, 6))
                .extracting(each -> each.substring(0, each.indexOf('@')))
                .containsExactlyInAnyOrder("first", "second", "third");
    }

    @Test
    void whileOneTriesTheOthersWaitAndSaySo() {
        failUntilItIsOpen();
        WorkId second = room.enqueue(ask("second"));
        List<String> said = new ArrayList<>();
        room.scheduler().register("ask", context -> {
            room.driver.look();
            said.add(explain(context.id().equals(second) ? firstOf("ask", second) : second));
            return WorkOutcome.success();
        });
        room.driver.advance(10 * MINUTE);
        assertThat(said.get(0)).startsWith("waiting for api.example.com, which failed 3 times; another work tries it");
    }

    private WorkId firstOf(String worker, WorkId not) {
        return room.scheduler().list(WorkState.ENQUEUED, 9).stream()
                .filter(work ->
                        work.request().worker().equals(worker) && !work.id().equals(not))
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void aTryThatIsStoppedIsNotAFailureAndAnotherTriesAtOnce() {
        failUntilItIsOpen();
        room.scheduler().register("ask", context -> {
            asked.add("tried");
            room.scheduler().cancel(context.id());
            return WorkOutcome.retry("stopped");
        });
        room.enqueue(ask("second"));
        room.enqueue(ask("third"));
        room.driver.advance(10 * MINUTE);
        assertThat(asked).hasSize(3 + 3).endsWith("tried", "tried", "tried");
    }

    @Test
    void goodNewsOfTheNetworkEndsThePauseButNotOneThatTheServerAskedFor() {
        failUntilItIsOpen();
        room.enqueue(ask("second"));
        room.flags.set(Fact.CONNECTED, false);
        room.driver.run();
        room.flags.set(Fact.CONNECTED, true);
        answer = new WorkOutcome.RetryAfter(30 * MINUTE, "maintenance");
        assertThat(room.driver.run()).as("one tries").isEqualTo(1);
        room.flags.set(Fact.CONNECTED, false);
        room.driver.run();
        room.flags.set(Fact.CONNECTED, true);
        assertThat(room.driver.run()).isZero();
        answer = WorkOutcome.success();
        room.driver.advance(29 * MINUTE);
        assertThat(asked).hasSize(4);
        room.driver.advance(2 * MINUTE);
        assertThat(asked).hasSize(6);
    }

    @Test
    void answersThatSayNoAreAnswers() {
        answer = WorkOutcome.failed("no such thing");
        for (int i = 0; i < 9; i++) {
            room.enqueue(ask("" + i));
        }
        room.driver.run();
        assertThat(asked).hasSize(9);
    }

    @Test
    void runsOfAHostThatOpensMeanwhileAreNotStopped() {
        List<Boolean> stopped = new ArrayList<>();
        room.scheduler().register("ask", context -> {
            asked.add("x");
            room.driver.look();
            stopped.add(context.isStopped());
            return WorkOutcome.retry("status 500");
        });
        for (int i = 0; i < 4; i++) {
            room.enqueue(ask("" + i));
        }
        room.driver.run();
        assertThat(stopped).containsExactly(false, false, false, false);
    }

    @Test
    void aThousandWorksOfASilentHostKeepNoOtherFromRunning() {
        failUntilItIsOpen();
        for (int i = 0; i < 300; i++) {
            room.enqueue(WorkRequest.of("ask").withHost(API).withPriority(5));
        }
        room.enqueue(WorkRoom.labelled("other", "other"));
        assertThat(room.driver.run()).isEqualTo(1);
    }

    @Test
    void whatIsKnownOfAHostIsForgottenWithTheProcess() {
        failUntilItIsOpen();
        room.enqueue(ask("second"));
        room.driver.close();
        room.open();
        room.driver.run();
        assertThat(asked).hasSizeGreaterThan(3);
    }

    @Test
    void aHostIsAConstraintLikeOthers() {
        Constraint host = Constraint.unmetered().and(Constraint.host("[::1]:8080"));
        assertThat(Constraint.parse(host.encode())).isEqualTo(host);
        assertThat(host.readable()).isEqualTo("an unmetered network and an answer of [::1]:8080");
        assertThat(Hosts.of(host)).containsExactly("[::1]:8080");
        assertThatThrownBy(() -> Constraint.host("a b")).hasMessageContaining("a host of 1 to 300");
        assertThatThrownBy(() -> WorkRequest.of("w").withHost("")).hasMessageContaining("a host of 1 to 300");
    }
}
