package dev.godwit.proof;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.Backoff;
import dev.godwit.scheduler.KeyRule;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.SchedulerOptions;
import dev.godwit.scheduler.WorkChain;
import dev.godwit.scheduler.WorkClock;
import dev.godwit.scheduler.WorkContext;
import dev.godwit.scheduler.WorkData;
import dev.godwit.scheduler.WorkId;
import dev.godwit.scheduler.WorkLimits;
import dev.godwit.scheduler.WorkListener;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.scheduler.WorkRequest;
import dev.godwit.scheduler.WorkState;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process with a scheduler, which is killed: {@code FOLDER SEED RUN only|shared fill|drain}. Filling, it enqueues without end and
 * says of each work that it is durable, {@code ack ID}; draining, it ends when nothing is left to be done. Its workers append what
 * they do to {@code effects}, a line by one write: {@code B|E ID TOKEN MILLIS}, with the monotonic time that all processes share.
 */
final class WorkChild {
    static final String DATA = "create table if not exists data (id integer primary key, work integer not null)";
    /** Of a scheduler that shares its file. */
    static final long LEASE_MILLIS = 3_000;

    private static final WorkLimits LIMITS = WorkLimits.DEFAULT
            .with("finishedKept", 10_000_000)
            .with("runsKept", 10_000_000)
            .with("backoffMinMillis", 1)
            .with("leaseMillis", LEASE_MILLIS);

    private final Path file;
    private final FileChannel effects;
    private final Random random;

    private WorkChild(Path folder, Random random) throws IOException {
        this.file = folder.resolve("work.db");
        this.random = random;
        this.effects = FileChannel.open(
                folder.resolve("effects"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    public static void main(String[] arguments) throws Exception {
        Random random = new Random(Long.parseLong(arguments[1]) * 1_000_003 + Long.parseLong(arguments[2]));
        WorkChild child = new WorkChild(Path.of(arguments[0]), random);
        SchedulerOptions options = child.options(Integer.parseInt(arguments[2]));
        Semaphore news = new Semaphore(0);
        WorkListener listener = new WorkListener() {
            @Override
            public void happened(dev.godwit.scheduler.WorkNews each) {
                news.release();
            }

            @Override
            public void trouble(String message) {
                System.out.println("trouble " + message);
            }
        };
        try (Scheduler scheduler =
                Scheduler.open(arguments[3].equals("only") ? options.asOnlyProcess() : options, listener)) {
            System.out.println("open");
            if (arguments[4].equals("fill")) {
                child.fill(scheduler);
            } else {
                while (child.isLeft()) {
                    news.acquire();
                    news.drainPermits();
                }
                System.out.println("drained");
            }
        }
    }

    /** One question: between two a work that is to run again may go from the state that is asked for last to the first. */
    private boolean isLeft() {
        String live = Stream.of(WorkState.values())
                .filter(WorkState::isLive)
                .map(state -> Integer.toString(state.ordinal()))
                .collect(Collectors.joining(", "));
        try (SqliteConnection reading =
                new JdbcSqlite().open(SqliteOptions.of(file.toString()).reading())) {
            return Sql.number(reading, "select exists (select 1 from godwit_work where state in (" + live + "))") != 0;
        }
    }

    private SchedulerOptions options(int run) throws IOException {
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
        WorkClock clock = new WorkClock() {
            @Override
            public long wallMillis() {
                return System.currentTimeMillis();
            }

            @Override
            public long elapsedMillis() {
                return monotonic();
            }

            @Override
            public String bootId() {
                return boot;
            }
        };
        Random chance = new Random(random.nextLong() + run);
        return SchedulerOptions.of(new JdbcSqlite(), SqliteOptions.of(file.toString()), clock, () -> {
                    synchronized (chance) {
                        return chance.nextDouble();
                    }
                })
                .withLimits(LIMITS)
                .withWorker("effect", this::effect);
    }

    /** The same for all processes of a boot. */
    static long monotonic() {
        return System.nanoTime() / 1_000_000;
    }

    private void say(String what, WorkContext context) throws IOException {
        String line = what + " " + context.id().value() + " " + context.token() + " " + monotonic() + "\n";
        effects.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Every fifth fails first; every third saves a checkpoint half-way, and finds it again. */
    private WorkOutcome effect(WorkContext context) throws IOException {
        say("B", context);
        long number = context.input().number("number").orElse(0L);
        LockSupport.parkNanos(number % 7 * 400_000);
        if (number % 3 == 0 && context.checkpoint().isEmpty()) {
            context.checkpoint(WorkData.of("half", true));
        }
        LockSupport.parkNanos(number % 7 * 400_000);
        say("E", context);
        return number % 5 == 0 && context.attempt() == 1 ? WorkOutcome.retry("the first time") : WorkOutcome.success();
    }

    private void fill(Scheduler scheduler) {
        try (SqliteConnection own = new JdbcSqlite().open(SqliteOptions.of(file.toString()))) {
            own.execute(DATA);
            for (int i = 0; ; i++) {
                WorkRequest request = request();
                switch (i % 4) {
                    case 0, 1 -> System.out.println("ack " + withData(own, scheduler, request));
                    case 2 ->
                        System.out.println(
                                "ack " + scheduler.enqueue(request).id().value());
                    default -> {
                        WorkChain chain = WorkChain.empty()
                                .then("a", request)
                                .then("b", request())
                                .then("c", request(), "a", "b");
                        scheduler
                                .enqueue(chain)
                                .values()
                                .forEach(each ->
                                        System.out.println("ack " + each.id().value()));
                    }
                }
            }
        }
    }

    private WorkRequest request() {
        WorkRequest request = WorkRequest.of("effect")
                .withInput(WorkData.of("number", (long) random.nextInt(1_000)))
                .withBackoff(Backoff.linear(5));
        return random.nextInt(3) == 0 ? request.withKey("k" + random.nextInt(3)).withKeyRule(KeyRule.STOP) : request;
    }

    /** The work and the row that it is about, together. */
    private static long withData(SqliteConnection own, Scheduler scheduler, WorkRequest request) {
        own.execute("begin immediate");
        WorkId id = scheduler.enqueue(own, request.withTag("data")).id();
        own.execute("insert into data (work) values (" + id.value() + ")");
        own.execute("commit");
        scheduler.poke();
        return id.value();
    }
}
