package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler with its threads; time is still moved by hand. */
@Timeout(60)
class ThreadsTest {
    @TempDir
    Path folder;

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private WorkRoom room;
    private Scheduler scheduler;

    @BeforeEach
    void open() {
        room = new WorkRoom(folder);
    }

    @AfterEach
    void close() {
        scheduler.close();
        room.close();
    }

    private void start() {
        scheduler = Scheduler.open(room.options(), new WorkListener() {
            @Override
            public void happened(WorkNews news) {
                heard.add(news.event() + " " + news.worker());
            }

            @Override
            public void trouble(String message) {
                heard.add("TROUBLE " + message);
            }
        });
    }

    /** Waits until something was heard that begins so, and returns it. */
    private String hear(String beginning) throws InterruptedException {
        while (true) {
            String next = heard.poll(50, TimeUnit.SECONDS);
            assertThat(next).as("waiting for " + beginning).isNotNull();
            if (String.valueOf(next).startsWith(beginning)) {
                return String.valueOf(next);
            }
        }
    }

    @Test
    void worksRunSideBySideUpToTheNumberOfThreads() throws Exception {
        CyclicBarrier all = new CyclicBarrier(4);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        room.worker("w", context -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            all.await(50, TimeUnit.SECONDS);
            now.decrementAndGet();
            return WorkOutcome.success();
        });
        start();
        scheduler.enqueueAll(
                IntStream.range(0, 12).mapToObj(i -> WorkRequest.of("w")).toList());
        for (int i = 0; i < 12; i++) {
            hear("SUCCEEDED");
        }
        assertThat(most).hasValue(4);
    }

    /** Short works are taken ahead, and wait in the pool, whose extra thread takes them too; see {@code WorkLimits.threads}. */
    @Test
    void shortWorksUseTheThreadOfTheExpeditedTooAndNoMore() throws Exception {
        room.limits = WorkLimits.DEFAULT.with("threads", 2).with("perWorker", 4);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        room.worker("w", context -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.yield();
            now.decrementAndGet();
            return WorkOutcome.success();
        });
        start();
        scheduler.enqueueAll(
                IntStream.range(0, 2_000).mapToObj(i -> WorkRequest.of("w")).toList());
        for (int i = 0; i < 2_000; i++) {
            hear("SUCCEEDED");
        }
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void thousandsOfShortWorksRunOnceEach() throws Exception {
        room.limits = WorkLimits.DEFAULT;
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        room.worker("w", context -> {
            if (!seen.add(context.id().value())) {
                twice.incrementAndGet();
            }
            return WorkOutcome.success();
        });
        start();
        for (int part = 0; part < 20; part++) {
            scheduler.enqueueAll(
                    IntStream.range(0, 100).mapToObj(i -> WorkRequest.of("w")).toList());
        }
        for (int i = 0; i < 2_000; i++) {
            hear("SUCCEEDED");
        }
        assertThat(seen).hasSize(2_000);
        assertThat(twice).hasValue(0);
    }

    @Test
    void aHungWorkIsFlaggedThenInterrupted() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        room.worker("hung", context -> {
            context.onStop(() -> heard.add("FLAG " + context.stopReason().orElseThrow()));
            heard.add("RUNS");
            never.await();
            return WorkOutcome.success();
        });
        start();
        WorkRequest request = WorkRequest.of("hung").withBudget(Budget.DEFAULT.withAttempts(1));
        WorkId id = scheduler.enqueue(request).id();
        hear("RUNS");
        room.clock.advance(request.budget().timeoutMillis());
        scheduler.poke();
        assertThat(hear("FLAG")).isEqualTo("FLAG TIMED_OUT");
        room.clock.advance(room.limits.graceMillis());
        scheduler.poke();
        hear("PARKED");
        assertThat(scheduler.find(id).orElseThrow().reason()).contains("time-out of 600000 ms");
    }

    @Test
    void aWorkThatIgnoresItsStopIsGivenUpAndAnotherThreadTakesItsPlace() throws Exception {
        room.limits = room.limits.with("threads", 1).with("abandonedThreads", 1);
        CountDownLatch end = new CountDownLatch(1);
        room.worker("deaf", context -> {
            context.onStop(() -> heard.add("FLAG"));
            heard.add("RUNS");
            boolean ended = false;
            while (!ended) {
                try {
                    ended = end.await(50, TimeUnit.SECONDS);
                } catch (InterruptedException ignored) {
                    heard.add("INTERRUPTED");
                }
            }
            return new WorkOutcome.Success(WorkData.of("late", true));
        });
        room.worker("good");
        start();
        WorkRequest deaf = WorkRequest.of("deaf").withBudget(Budget.DEFAULT.withAttempts(1));
        WorkId id = scheduler.enqueue(deaf).id();
        hear("RUNS");
        giveUp();
        assertThat(hear("TROUBLE")).contains(id.toString(), "deaf", "isStopped()");
        hear("PARKED deaf");
        scheduler.enqueue(WorkRequest.of("good"));
        hear("SUCCEEDED good");
        scheduler.enqueue(deaf);
        hear("RUNS");
        giveUp();
        hear("TROUBLE");
        WorkId starved = scheduler.enqueue(WorkRequest.of("good")).id();
        hear("PARKED deaf");
        assertThat(scheduler.find(starved).orElseThrow().state())
                .as("too many are given up")
                .isEqualTo(WorkState.ENQUEUED);
        end.countDown();
        hear("SUCCEEDED good");
        assertThat(scheduler.find(id).orElseThrow().state())
                .as("its late success")
                .isEqualTo(WorkState.PARKED);
    }

    private void giveUp() throws InterruptedException {
        room.clock.advance(600_000);
        scheduler.poke();
        hear("FLAG");
        room.clock.advance(room.limits.graceMillis());
        scheduler.poke();
        hear("INTERRUPTED");
        room.clock.advance(room.limits.graceMillis());
        scheduler.poke();
    }

    @Test
    void anInterruptMeantForOneRunDoesNotReachTheNext() throws Exception {
        room.limits = room.limits.with("threads", 1);
        room.worker("stubborn", context -> {
            heard.add("RUNS");
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            return WorkOutcome.success();
        });
        room.worker("good", context -> {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return WorkOutcome.success();
        });
        start();
        WorkId id = scheduler.enqueue(WorkRequest.of("stubborn")).id();
        hear("RUNS");
        scheduler.cancel(id);
        room.clock.advance(room.limits.graceMillis());
        scheduler.poke();
        scheduler.enqueue(WorkRequest.of("good"));
        hear("SUCCEEDED good");
    }

    @Test
    void goodNewsOfTheDeviceBeginsWhatWaited() throws Exception {
        room.worker("w");
        start();
        scheduler.enqueue(WorkRequest.of("w").withConstraint(Constraint.custom("net")));
        room.flags.custom("net", true);
        hear("SUCCEEDED");
    }

    @Test
    void closingStopsWhatRunsAndTheNextStartGoesOn() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        room.worker("w", context -> {
            if (runs.incrementAndGet() == 1) {
                CountDownLatch stopped = new CountDownLatch(1);
                context.onStop(stopped::countDown);
                heard.add("RUNS");
                stopped.await();
                context.checkpoint(WorkData.of("page", 3));
                return WorkOutcome.retry("stopped");
            }
            return new WorkOutcome.Success(context.checkpoint());
        });
        start();
        WorkId id = scheduler.enqueue(WorkRequest.of("w")).id();
        hear("RUNS");
        scheduler.close();
        start();
        hear("SUCCEEDED");
        Work work = scheduler.find(id).orElseThrow();
        assertThat(work.attempts()).isZero();
        assertThat(work.stops()).isEqualTo(1);
        assertThat(work.output().number("page")).contains(3L);
        List<WorkRun> history = scheduler.history(id);
        assertThat(history.get(0).stopReason()).contains(StopReason.SHUTDOWN);
    }
}
