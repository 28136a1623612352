package dev.godwit.client;

import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.scheduler.Scheduler;
import dev.godwit.scheduler.WorkContext;
import dev.godwit.scheduler.WorkOutcome;
import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the file small and quick while nobody needs it: forgets history, refreshes the statistics of the query planner, gives free
 * pages back, writes the WAL into the database. Each step is short, and between two of them it can be stopped. A step that meets
 * another program's lock is left for the next time.
 */
final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    /** Rows of an index that are looked at, so that the statistics of a large table take no longer than those of a small one. */
    private static final int ANALYSED_ROWS = 400;

    /** Pages that are given back in one transaction. */
    private static final int PAGES = 256;

    /** {@code auto_vacuum = incremental}. */
    private static final int INCREMENTAL = 2;

    private final GodwitOptions options;
    private final WriteLock lock;
    private final Scheduler scheduler;

    Maintenance(GodwitOptions options, WriteLock lock, Scheduler scheduler) {
        this.options = options;
        this.lock = lock;
        this.scheduler = scheduler;
    }

    /** What one step does; whether there is more of it. */
    private interface Step {
        boolean run(SqliteConnection connection);
    }

    /** Goes through all steps, as work. */
    WorkOutcome work(WorkContext context) {
        return run(context::isStopped) ? WorkOutcome.success() : WorkOutcome.retry("it was told to stop");
    }

    /**
     * Goes through all steps.
     *
     * @return whether it was not stopped
     */
    private boolean run(BooleanSupplier isStopped) {
        if (isStopped.getAsBoolean()) {
            return false;
        }
        // on its own connection, and so before ours holds anything
        scheduler.purge();
        SqliteOptions file = SqliteOptions.of(options.path()).withDurability(options.durability());
        SqliteOptions impatient = new SqliteOptions(file.path(), false, true, file.durability(), 0);
        try (SqliteConnection connection = options.driver().open(impatient)) {
            return all(connection, isStopped, "history", this::history)
                    && all(connection, isStopped, "statistics", Maintenance::statistics)
                    && all(connection, isStopped, "space", Maintenance::space)
                    && all(connection, isStopped, "log", Maintenance::log);
        }
    }

    private boolean all(SqliteConnection connection, BooleanSupplier isStopped, String name, Step step) {
        try {
            boolean more = true;
            while (more && !isStopped.getAsBoolean()) {
                more = lock.hold(() -> step.run(connection));
            }
        } catch (SqliteException e) {
            if (e.code() != SqliteCode.BUSY) {
                throw e;
            }
            LOG.info("maintenance ({}) of {} is left for the next time: {}", name, options.path(), e.getMessage());
        }
        return !isStopped.getAsBoolean();
    }

    private boolean history(SqliteConnection connection) {
        Sql.run(
                connection,
                "delete from godwit_attempt where attempt <= (select max(attempt) from godwit_attempt) - ?",
                Value.of((long) options.limits().attemptsKept()));
        return false;
    }

    private static boolean statistics(SqliteConnection connection) {
        connection.execute("pragma analysis_limit = " + ANALYSED_ROWS + "; pragma optimize = 0x10002");
        return false;
    }

    /** Nothing where the file was not made to give pages back: only a VACUUM, which is long, could. */
    private static boolean space(SqliteConnection connection) {
        if (Sql.number(connection, "pragma auto_vacuum") != INCREMENTAL
                || Sql.number(connection, "pragma freelist_count") == 0) {
            return false;
        }
        try (SqliteStatement vacuum = connection.prepare("pragma incremental_vacuum(" + PAGES + ")")) {
            while (vacuum.step()) {
                // a page a step
            }
        }
        return Sql.number(connection, "pragma freelist_count") > 0;
    }

    private static boolean log(SqliteConnection connection) {
        try (SqliteStatement checkpoint = connection.prepare("pragma wal_checkpoint(truncate)")) {
            checkpoint.step();
        }
        return false;
    }
}
