package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that does what is due and ends, and does not know the workers of the application. */
@Timeout(60)
class VisitorTest {
    private static final long SOON = 50_000;

    @TempDir
    Path folder;

    private WorkRoom room;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    private List<WorkId> enqueue(String worker, int count, WorkRequest like) {
        try (WorkDriver app = room.open()) {
            return app
                    .scheduler()
                    .enqueueAll(IntStream.range(0, count).mapToObj(i -> like).toList())
                    .stream()
                    .map(Enqueued::id)
                    .toList();
        } finally {
            room.driver = null;
        }
    }

    private void visit(int most) throws InterruptedException {
        try (Scheduler visitor = Scheduler.open(room.options().asVisitor(most), room.listener())) {
            assertThat(visitor.awaitIdle(SOON)).isTrue();
            assertThat(visitor.isElsewhere()).isFalse();
        }
    }

    private String states() {
        return WorkDesk.open(room.options().driver(), room.options().database(), room.clock)
                .map(desk -> {
                    try (desk) {
                        return IntStream.range(0, WorkState.values().length)
                                .mapToObj(i -> WorkState.values()[i])
                                .filter(state -> desk.count(state) > 0)
                                .map(state -> state + " " + desk.count(state))
                                .toList()
                                .toString();
                    }
                })
                .orElse("no work");
    }

    @Test
    void itDoesWhatItKnowsAndLeavesAllElseAsItIs() throws Exception {
        // more than a page of works that it does not know stand before the one that it knows
        List<WorkId> foreign = enqueue("app", 300, WorkRequest.of("app"));
        enqueue("sync", 1, WorkRequest.of("sync"));
        long sum = room.number("select sum(id * 31 + state * 7 + gate * 5 + attempts + stops + token) from godwit_work"
                + " where worker = 'app'");
        room.worker("sync");
        visit(100);
        assertThat(room.runs).containsExactly("sync");
        assertThat(states()).isEqualTo("[ENQUEUED 300, SUCCEEDED 1]");
        assertThat(room.number("select sum(id * 31 + state * 7 + gate * 5 + attempts + stops + token) from godwit_work"
                        + " where worker = 'app'"))
                .isEqualTo(sum);
        room.worker("app");
        try (WorkDriver app = room.open()) {
            assertThat(app.run())
                    .as("the application finds them as it left them")
                    .isEqualTo(foreign.size());
        }
    }

    @Test
    void itParksNothingForItsAgeThatItDoesNotKnow() throws Exception {
        Budget short1 = Budget.DEFAULT.withAge(WorkRoom.MINUTE);
        Budget short2 = Budget.DEFAULT.withDeadline(WorkRoom.START + WorkRoom.MINUTE);
        for (String worker : List.of("app", "sync")) {
            enqueue(worker, 1, WorkRequest.of(worker).withBudget(short1));
            enqueue(worker, 1, WorkRequest.of(worker).withBudget(short2));
        }
        room.clock.advance(WorkRoom.HOUR);
        room.worker("sync");
        visit(100);
        assertThat(room.runs).isEmpty();
        assertThat(room.number("select count(*) from godwit_work where worker = 'app' and state = 0"))
                .isEqualTo(2);
        assertThat(room.number("select count(*) from godwit_work where worker = 'sync' and state = 3"))
                .isEqualTo(2);
    }

    @Test
    void itBeginsNoMoreThanItMay() throws Exception {
        enqueue("w", 10, WorkRequest.of("w"));
        enqueue("w", 10, WorkRequest.of("w").expedited());
        room.limits = WorkLimits.DEFAULT; // with works taken ahead
        room.worker("w");
        visit(1);
        assertThat(room.runs).hasSize(1);
        visit(7);
        assertThat(room.runs).hasSize(8);
        visit(1_000);
        assertThat(states()).isEqualTo("[SUCCEEDED 20]");
        assertThatIllegalArgumentException().isThrownBy(() -> room.options().asVisitor(0));
    }

    @Test
    void idleIsOnlyWhenWhatRunsHasEnded() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        enqueue("w", 1, WorkRequest.of("w"));
        room.worker("w", context -> {
            runs.countDown();
            end.await();
            return WorkOutcome.success();
        });
        try (Scheduler visitor = Scheduler.open(room.options().asVisitor(5), room.listener())) {
            assertThat(runs.await(SOON, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(visitor.awaitIdle(1)).isFalse();
            end.countDown();
            assertThat(visitor.awaitIdle(SOON)).isTrue();
        }
        assertThat(states()).isEqualTo("[SUCCEEDED 1]");
    }

    @Test
    void whileAnotherProcessRunsWorkItBeginsNothingAndSaysSo() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        enqueue("w", 2, WorkRequest.of("w"));
        room.limits = room.limits.with("threads", 1);
        room.worker("w", context -> {
            runs.countDown();
            end.await();
            return WorkOutcome.success();
        });
        try (Scheduler app = Scheduler.open(room.options())) {
            assertThat(runs.await(SOON, TimeUnit.MILLISECONDS)).isTrue();
            try (Scheduler visitor = Scheduler.open(room.options().asVisitor(5), room.listener())) {
                assertThat(visitor.awaitIdle(SOON)).isTrue();
                assertThat(visitor.isElsewhere()).isTrue();
            }
            assertThat(room.news).isEmpty();
            end.countDown();
            assertThat(app.awaitIdle(SOON)).isTrue();
        }
        assertThat(states()).isEqualTo("[SUCCEEDED 2]");
    }

    @Test
    void theDeviceIsLookedAtOnlyWhileWorkAsksAboutIt() {
        ManualConditions device = new ManualConditions();
        Conditions polled = new Conditions() {
            @Override
            public ConditionSnapshot now() {
                return device.now();
            }

            @Override
            public AutoCloseable listen(Runnable listener) {
                return device.listen(listener);
            }

            @Override
            public long lookAgainInMillis() {
                return 7_000;
            }

            @Override
            public void close() {
                device.close();
            }
        };
        room.change = options -> options.withConditions(polled);
        room.worker("w");
        try (WorkDriver app = room.open()) {
            assertThat(app.look()).isEqualTo(room.limits.lookMillis());
            WorkId id = room.enqueue(WorkRequest.of("w").withConstraint(Constraint.charging()));
            assertThat(app.look()).isEqualTo(7_000);
            app.scheduler().cancel(id);
            assertThat(app.look()).isEqualTo(room.limits.lookMillis());
        }
    }
}
