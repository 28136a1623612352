package dev.godwit.testing;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;

/**
 * A driver that stands for one process: it counts what the process does to its databases, and can make it fail or die at any
 * of it. A process that has died does nothing more: every call throws {@link Death}, until {@link #bury()} has closed its
 * connections as the operating system would, without a commit. Not safe for use by two threads.
 *
 * <p>Steps are counted over everything that may write: each run of a statement that is no query, and each commit. Between two
 * commits nothing is durable, so dying at a statement and dying before the next commit leave the same file.
 */
public final class FaultySqlite implements SqliteDriver {
    private final SqliteDriver driver;
    private final List<SqliteConnection> open = new ArrayList<>();
    private Plan plan = Plan.NONE;
    private long left;
    private long commits;
    private boolean dead;
    private boolean failed;
    private Runnable afterCommit = () -> {};

    /** The process was killed. An error and no exception, so that nothing handles it. */
    public static final class Death extends Error {
        private static final long serialVersionUID = 1;

        Death(String where) {
            super("the process died " + where, null, false, false);
        }
    }

    /** What happens at a step that was chosen. */
    public enum Plan {
        /** Nothing. */
        NONE,
        /** The process dies, and the commit is not made. */
        DIES_BEFORE_COMMIT,
        /** The process dies, and the commit is made. */
        DIES_AFTER_COMMIT,
        /** The disk is full, once. */
        DISK_FULL,
        /** The disk fails, once. */
        DISK_ERROR,
        /** The disk fails from then on, until {@link FaultySqlite#plan} says otherwise. */
        DISK_GONE;

        private boolean isDeath() {
            return this == DIES_BEFORE_COMMIT || this == DIES_AFTER_COMMIT;
        }
    }

    /** Opens through this driver. */
    public FaultySqlite(SqliteDriver driver) {
        this.driver = driver;
    }

    /** Lets {@code next} happen at the step that comes {@code after} others; deaths count commits, disks all steps. */
    public void plan(Plan next, long after) {
        plan = next;
        left = after;
        failed = false;
    }

    /** Runs something after each commit that does not end the process: what another program does just then. */
    public void afterCommit(Runnable meanwhile) {
        afterCommit = meanwhile;
    }

    /** Kills the process now. */
    public void kill() {
        dead = true;
    }

    /** Whether it has died. */
    public boolean isDead() {
        return dead;
    }

    /** Whether the planned failure of the disk has happened. */
    public boolean hasFailed() {
        return failed;
    }

    /** How many commits were made. */
    public long commits() {
        return commits;
    }

    /** Lets go of what the dead process had open; what it had not committed is rolled back. */
    public void bury() {
        dead = true;
        open.forEach(SqliteConnection::close);
        open.clear();
    }

    @Override
    public SqliteConnection open(SqliteOptions options) {
        checkAlive();
        SqliteConnection connection = driver.open(options);
        open.add(connection);
        return new Watched(connection);
    }

    private void checkAlive() {
        if (dead) {
            throw new Death("before this");
        }
    }

    /** What a statement is to the process. */
    private enum Kind {
        COMMIT,
        ROLLBACK,
        OTHER;

        static Kind of(String sql) {
            String word = sql.stripLeading();
            if (begins(word, "commit") || begins(word, "end")) {
                return COMMIT;
            }
            return begins(word, "rollback") ? ROLLBACK : OTHER;
        }

        private static boolean begins(String sql, String word) {
            return sql.regionMatches(true, 0, word, 0, word.length());
        }
    }

    /** Runs something that may write. */
    private void step(Kind kind, Runnable action) {
        checkAlive();
        boolean commit = kind == Kind.COMMIT;
        Plan now = Plan.NONE;
        if (plan != Plan.NONE && (commit || !plan.isDeath()) && left-- <= 0) {
            now = plan;
            left = 0;
            plan = plan == Plan.DISK_GONE ? plan : Plan.NONE;
        }
        switch (now) {
            case NONE -> {}
            case DIES_BEFORE_COMMIT -> {
                dead = true;
                throw new Death("before a commit");
            }
            case DIES_AFTER_COMMIT -> {
                action.run();
                commits++;
                dead = true;
                throw new Death("after a commit");
            }
            case DISK_FULL, DISK_ERROR, DISK_GONE -> {
                if (kind != Kind.ROLLBACK) {
                    failed = true;
                    throw now == Plan.DISK_FULL
                            ? new SqliteException(SqliteCode.FULL, "database or disk is full", null)
                            : new SqliteException(SqliteCode.IOERR, "disk I/O error", null);
                }
            }
        }
        action.run();
        if (commit) {
            commits++;
            afterCommit.run();
        }
    }

    /** A connection whose every step is counted. */
    private final class Watched implements SqliteConnection {
        private final SqliteConnection connection;

        Watched(SqliteConnection connection) {
            this.connection = connection;
        }

        @Override
        public SqliteStatement prepare(String sql) {
            checkAlive();
            return new WatchedStatement(sql, connection.prepare(sql));
        }

        @Override
        public void execute(String script) {
            step(Kind.of(script), () -> connection.execute(script));
        }

        @Override
        public long changes() {
            checkAlive();
            return connection.changes();
        }

        @Override
        public boolean inTransaction() {
            checkAlive();
            return connection.inTransaction();
        }

        @Override
        public void interrupt() {
            connection.interrupt();
        }

        @Override
        public void close() {
            if (!dead) {
                connection.close();
                open.remove(connection);
            }
        }
    }

    /** A statement whose first step of each run is counted. */
    private final class WatchedStatement implements SqliteStatement {
        private final Kind kind;
        private final SqliteStatement statement;
        private boolean running;

        WatchedStatement(String sql, SqliteStatement statement) {
            this.kind = Kind.of(sql);
            this.statement = statement;
        }

        @Override
        public boolean step() {
            if (running || statement.columnCount() > 0) {
                checkAlive();
                running = statement.step();
                return running;
            }
            boolean[] row = {false};
            FaultySqlite.this.step(kind, () -> row[0] = statement.step());
            running = row[0];
            return running;
        }

        @Override
        public void bindNull(int parameter) {
            statement.bindNull(parameter);
        }

        @Override
        public void bindLong(int parameter, long value) {
            statement.bindLong(parameter, value);
        }

        @Override
        public void bindDouble(int parameter, double value) {
            statement.bindDouble(parameter, value);
        }

        @Override
        public void bindText(int parameter, String value) {
            statement.bindText(parameter, value);
        }

        @Override
        public void bindBlob(int parameter, byte[] value) {
            statement.bindBlob(parameter, value);
        }

        @Override
        public int parameterCount() {
            return statement.parameterCount();
        }

        @Override
        public void reset() {
            running = false;
            if (!dead) {
                statement.reset();
            }
        }

        @Override
        public int columnCount() {
            return statement.columnCount();
        }

        @Override
        public String columnName(int column) {
            return statement.columnName(column);
        }

        @Override
        public Type columnType(int column) {
            return statement.columnType(column);
        }

        @Override
        public long columnLong(int column) {
            return statement.columnLong(column);
        }

        @Override
        public double columnDouble(int column) {
            return statement.columnDouble(column);
        }

        @Override
        public String columnText(int column) {
            return statement.columnText(column);
        }

        @Override
        public byte[] columnBlob(int column) {
            return statement.columnBlob(column);
        }

        @Override
        public void close() {
            if (!dead) {
                statement.close();
            }
        }
    }
}
