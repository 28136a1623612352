package dev.godwit.bench;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.scheduler.Constraint;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.ManualConditions;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.UniqueName;
import dev.godwit.scheduler.WorkClock;
import dev.godwit.scheduler.WorkData;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.Worker;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Ours, as an application has it: a unique name for each work, and a network that it waits for. The condition is set by hand and
 * not damped: what is damped is held back for 3 s on purpose.
 */
final class OwnScheduler implements WorkLoad.Peer {
    private static final Clock CLOCK = new Clock();

    private final Path file;
    private final Worker worker;
    private final ManualConditions device = new ManualConditions().set(Fact.CONNECTED, false);
    private Scheduler scheduler;

    OwnScheduler(Path file, WorkLoad load) {
        this(file, context -> {
            load.ran(context.input().text("path").orElse(""));
            return WorkOutcome.success();
        });
    }

    OwnScheduler(Path file, Worker worker) {
        this.file = file;
        this.worker = worker;
        this.scheduler = opened(4);
    }

    private Scheduler opened(int threads) {
        SqliteOptions database = SqliteOptions.of(file.toString());
        return Scheduler.open(SchedulerOptions.of(
                        new JdbcSqlite(),
                        database,
                        CLOCK,
                        () -> ThreadLocalRandom.current().nextDouble())
                .withConditions(device)
                .withWorker("upload", worker)
                .withLimits(WorkLimits.DEFAULT.with("threads", threads).with("perWorker", threads))
                .asOnlyProcess());
    }

    static WorkRequest request(int work) {
        return WorkRequest.of("upload")
                .withName(WorkLoad.name(work), UniqueName.Policy.KEEP)
                .withConstraint(Constraint.connected())
                .withInput(WorkData.of("path", WorkLoad.input(work)));
    }

    ManualConditions device() {
        return device;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    @Override
    public void enqueue(int from, int to) {
        for (int i = from; i < to; i++) {
            scheduler.enqueue(request(i));
        }
    }

    @Override
    public void enqueueTogether(int from, int to) {
        scheduler.enqueueAll(
                IntStream.range(from, to).mapToObj(OwnScheduler::request).toList());
    }

    @Override
    public void start(int threads) {
        device.set(Fact.CONNECTED, true);
    }

    @Override
    public String unfinished() {
        return "select count(*) from godwit_work where state < 4";
    }

    @Override
    public void close() {
        scheduler.close();
    }

    /** The clocks of this machine. */
    private static final class Clock implements WorkClock {
        private final String boot = UUID.randomUUID().toString();

        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long elapsedMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public String bootId() {
            return boot;
        }
    }
}
