package dev.godwit.scheduler;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** A file, a clock, a device and a log of the runs, for the tests of the scheduler. */
final class WorkRoom implements AutoCloseable {
    static final long START = 1_800_000_000_000L;
    static final long MINUTE = 60_000;
    static final long HOUR = 60 * MINUTE;

    final Path file;
    final ManualClock clock = new ManualClock(START);
    final ManualConditions flags = new ManualConditions();
    final List<String> runs = Collections.synchronizedList(new ArrayList<>());
    final List<WorkNews> news = Collections.synchronizedList(new ArrayList<>());
    final List<String> troubles = Collections.synchronizedList(new ArrayList<>());
    final List<AssertionError> broken = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Worker> workers = new HashMap<>();
    private final Random random;
    WorkLimits limits = WorkLimits.DEFAULT.with("ahead", 1);
    UnaryOperator<SchedulerOptions> change = options -> options;
    WorkDriver driver;

    WorkRoom(Path folder) {
        long seed = Long.getLong("seed", 5);
        System.out.println("seed " + seed);
        random = new Random(seed);
        file = folder.resolve("work.db");
    }

    /** Registers a worker whose runs are logged by its name, or by the text {@code label} of its input. */
    WorkRoom worker(String name, Worker worker) {
        workers.put(name, context -> {
            runs.add(context.input().text("label").orElse(name));
            try {
                return worker.run(context);
            } catch (AssertionError e) {
                broken.add(e); // the scheduler would take it for a failed attempt
                throw e;
            }
        });
        return this;
    }

    /** Registers a worker that always succeeds. */
    WorkRoom worker(String name) {
        return worker(name, context -> WorkOutcome.success());
    }

    static WorkRequest labelled(String worker, String label) {
        return WorkRequest.of(worker).withInput(WorkData.of("label", label));
    }

    SchedulerOptions options() {
        SchedulerOptions options = SchedulerOptions.of(
                        new JdbcSqlite(),
                        SqliteOptions.of(file.toString()).withDurability(SqliteOptions.Durability.NORMAL),
                        clock,
                        () -> {
                            synchronized (random) {
                                return random.nextDouble();
                            }
                        })
                .withConditions(flags)
                .withLimits(limits);
        for (Map.Entry<String, Worker> each : workers.entrySet()) {
            options = options.withWorker(each.getKey(), each.getValue());
        }
        return change.apply(options);
    }

    /** Holds when a condition of the application's own does, or after so long. */
    static Constraint soft(String name, long millis) {
        return new Constraint.Soft(Constraint.custom(name), millis);
    }

    WorkListener listener() {
        return new WorkListener() {
            @Override
            public void happened(WorkNews each) {
                news.add(each);
            }

            @Override
            public void trouble(String message) {
                troubles.add(message);
            }
        };
    }

    /** Opens a scheduler that is driven by hand. */
    WorkDriver open() {
        driver = WorkDriver.open(options(), listener());
        return driver;
    }

    Scheduler scheduler() {
        return driver.scheduler();
    }

    WorkId enqueue(WorkRequest request) {
        return scheduler().enqueue(request).id();
    }

    Work work(WorkId id) {
        return scheduler().find(id).orElseThrow();
    }

    WorkState state(WorkId id) {
        return work(id).state();
    }

    /** Runs a script on the file, as another program would. */
    void sql(String script) {
        try (SqliteConnection connection = connect()) {
            connection.execute(script);
        }
    }

    long number(String sql) {
        try (SqliteConnection connection = connect();
                SqliteStatement statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnLong(0);
        }
    }

    SqliteConnection connect() {
        return new JdbcSqlite().open(SqliteOptions.of(file.toString()));
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
        for (AssertionError each : broken) {
            throw each;
        }
    }
}
