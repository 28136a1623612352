package dev.godwit.scheduler;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's connection: transactions one at a time under a lock, the timeline, and repair. Safe for use by many threads.
 */
final class WorkStore implements AutoCloseable {
    private static final int ID_BITS = 20;
    private static final int KEY_BITS = 48;
    private static final String UNUSED =
            "delete from godwit_work_constraint where id not in (select cons from godwit_work"
                    + " union select own from godwit_work)";

    private final SchedulerOptions options;
    private final Consumer<String> trouble;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentLinkedQueue<WorkNews> news = new ConcurrentLinkedQueue<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Quota quota;
    private volatile Door door;
    private volatile Timeline timeline;
    private final boolean isBeside;
    private final Ownership ownership;
    private volatile boolean isClosed;
    private final AtomicBoolean isRenewed = new AtomicBoolean();

    WorkStore(SchedulerOptions options, Consumer<String> trouble) {
        this(options, trouble, false);
        this.door = opened();
        try {
            load();
        } catch (SqliteException e) {
            if (!repaired(e)) {
                door.close();
                throw e;
            }
        }
    }

    @SuppressWarnings("NullAway.Init") // the door is opened next, by whom this is for
    private WorkStore(SchedulerOptions options, Consumer<String> trouble, boolean isBeside) {
        this.options = options;
        this.trouble = trouble;
        this.isBeside = isBeside;
        this.timeline = Timeline.begin(options.clock());
        this.quota = new Quota(options.limits().pendingWorks());
        this.ownership = new Ownership(this, options, trouble);
    }

    /**
     * Opens what is there, beside a scheduler that may run: never owns, makes, marks or repairs anything.
     *
     * @return nothing if there are no tables
     */
    static Optional<WorkStore> beside(SchedulerOptions options) {
        SqliteConnection connection = options.driver().open(options.database());
        try {
            if (!options.database().readOnly()) {
                SqliteLog.settle(connection);
            }
            if (WorkTables.isThere(connection)) {
                WorkTables.checkReadable(connection, options.database().path());
                return Optional.of(beside(options, connection));
            }
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
        connection.close();
        return Optional.empty();
    }

    private static WorkStore beside(SchedulerOptions options, SqliteConnection connection) {
        WorkStore store = new WorkStore(options, message -> {}, true);
        store.door = store.door(connection);
        store.timeline =
                store.marks().stream().findFirst().orElse(store.timeline).mark(options.clock());
        return store;
    }

    /** The connection, and what works over it. */
    private record Door(SqliteConnection connection, Statements statements, WorkMoves moves, WorkInsert insert) {
        void close() {
            statements.close();
            connection.close();
        }
    }

    private Door opened() {
        try {
            return openedAsItIs();
        } catch (SqliteException e) {
            if (!isFileLost(e)) {
                throw e;
            }
            return opened(e);
        }
    }

    private Door openedAsItIs() {
        SqliteConnection connection = options.driver().open(options.database());
        try {
            SqliteLog.settle(connection);
            String wrong = WorkTables.ensure(connection);
            if (!wrong.isEmpty()) {
                report(wrong);
            }
            return door(connection);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Door door(SqliteConnection connection) {
        Statements statements = new Statements(connection);
        WorkMoves moves = new WorkMoves(statements, options.limits());
        return new Door(
                connection,
                statements,
                moves,
                new WorkInsert(statements, moves, options.limits(), this::nextId, quota));
    }

    /** Whether nothing but another file helps, and that is ours to take. */
    private boolean isFileLost(SqliteException e) {
        return options.isOwnFile() && (e.code() == SqliteCode.CORRUPT || e.code() == SqliteCode.NOTADB);
    }

    private void report(String wrong) {
        isRenewed.set(true);
        trouble.accept("the scheduler's tables in " + options.database().path()
                + " were broken and are made anew, without work; enqueue again what is still to be done. " + wrong);
    }

    /** Reads the mark of the timeline, or makes the first. */
    private void load() {
        List<Timeline> marks = marks();
        WorkClock clock = options.clock();
        boolean isOtherBoot = !marks.isEmpty() && !marks.get(0).boot().equals(clock.bootId());
        Timeline marked = marks.isEmpty() ? Timeline.begin(clock) : marks.get(0).mark(clock);
        // a mark is as old as the process that made it: works tell of later times, which the wall clock may deny
        marked =
                isOtherBoot ? marked.notBefore(statements().number(0, "select max(waiting) from godwit_work")) : marked;
        statements().just("begin immediate");
        try {
            statements()
                    .just("insert or ignore into godwit_work_meta values (1, ?, 0, 0, '', 0, 0, 0)", WorkTables.FORMAT);
            write(marked);
            if (isOtherBoot) {
                statements().just("update godwit_work_meta set owned = 0");
            }
            statements().just(UNUSED);
            statements().just("commit");
        } catch (RuntimeException e) {
            WorkTables.rollback(door.connection());
            throw e;
        }
        timeline = marked;
        ownership.lose();
        lastId.accumulateAndGet(statements().number(0, "select max(id) from godwit_work"), Math::max);
    }

    private List<Timeline> marks() {
        return statements().list(Timeline::read, "select boot, elapsed, wall, tick from godwit_work_meta");
    }

    private void write(Timeline mark) {
        statements()
                .just(
                        "update godwit_work_meta set boot = ?, elapsed = ?, wall = ?, tick = ?",
                        mark.boot(),
                        mark.elapsed(),
                        mark.wall(),
                        mark.tick());
    }

    /** Numbers grow with the time; their last bits are by chance, so that those of two processes differ. */
    long nextId() {
        long bits = (long) (options.chance().getAsDouble() * (1 << ID_BITS));
        long fresh = (timeline.now(options.clock()) << ID_BITS) + bits;
        return lastId.updateAndGet(last -> Math.max(last + 1, fresh));
    }

    /** The tick at which a work was enqueued, which is in its number. */
    long enqueued(long id) {
        return id >> ID_BITS;
    }

    /** A key that nobody else makes, on this device or another. */
    String nextKey() {
        long one = (long) (options.chance().getAsDouble() * (1L << KEY_BITS));
        long other = (long) (options.chance().getAsDouble() * (1L << KEY_BITS));
        return Long.toHexString(nextId()) + "-" + Long.toHexString(one) + "-" + Long.toHexString(other);
    }

    /** Now, in ticks. */
    long tick() {
        return timeline.now(options.clock());
    }

    /** Now. */
    Settlement.Moment moment() {
        WorkClock clock = options.clock();
        return new Settlement.Moment(
                timeline.now(clock), clock.wallMillis(), options.chance().getAsDouble());
    }

    Ownership ownership() {
        return ownership;
    }

    WorkMoves moves() {
        return door.moves();
    }

    WorkInsert insert() {
        return door.insert();
    }

    /** Inserts over a connection of somebody else, in a transaction of his. */
    <T> T on(SqliteConnection others, BiFunction<Statements, WorkInsert, T> body) {
        try (Statements own = new Statements(others)) {
            return body.apply(own, over(own));
        }
    }

    /** Inserts with statements of somebody else. What it knows of numbers lasts for one transaction. */
    WorkInsert over(Statements others) {
        WorkMoves theirs = new WorkMoves(others, options.limits());
        return new WorkInsert(others, theirs, options.limits(), this::nextId, quota);
    }

    WorkLimits limits() {
        return options.limits();
    }

    /** Whether the tables were made anew since this was last asked. */
    boolean takeRenewed() {
        return isRenewed.getAndSet(false);
    }

    Statements statements() {
        return door.statements();
    }

    /** What has happened and is durable, since this was last asked. */
    List<WorkNews> takeNews() {
        List<WorkNews> taken = new ArrayList<>();
        for (WorkNews each = news.poll(); each != null; each = news.poll()) {
            taken.add(each);
        }
        return taken;
    }

    /** Reads, or does what needs no transaction. If it finds the tables broken, they are made anew and it runs once more. */
    <T> T read(Function<Settlement.Moment, T> body) {
        lock.lock();
        try {
            checkOpen();
            try {
                return body.apply(moment());
            } catch (SqliteException e) {
                if (isBeside || !repaired(e)) {
                    throw e;
                }
                return body.apply(moment());
            }
        } finally {
            lock.unlock();
        }
    }

    /** One transaction. If it finds the tables broken, they are made anew and it runs once more. */
    <T> T write(Function<Settlement.Moment, T> body) {
        lock.lock();
        try {
            checkOpen();
            try {
                return transaction(body);
            } catch (SqliteException e) {
                if (isBeside || !repaired(e)) {
                    throw e;
                }
                return transaction(body);
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T transaction(Function<Settlement.Moment, T> body) {
        boolean isHeld = false;
        try {
            statements().just("begin immediate");
            Settlement.Moment now = moment();
            boolean marks = !isBeside && timeline.isStale(options.clock());
            Timeline marked = marks ? timeline.mark(options.clock()) : null;
            if (marked != null) {
                write(marked);
            }
            T result = body.apply(now);
            statements().just("commit");
            isHeld = true;
            if (marked != null) {
                timeline = marked;
            }
            news.addAll(moves().committed());
            return result;
        } finally {
            if (!isHeld) {
                WorkTables.rollback(door.connection());
                moves().rolledBack();
            }
        }
    }

    private boolean repaired(SqliteException e) {
        if (isFileLost(e)) {
            door.close();
            door = opened(e);
        } else if (!WorkTables.isBroken(e)) {
            return false;
        } else {
            statements().close();
            String wrong = e.code() == SqliteCode.CORRUPT
                    ? WorkTables.renew(door.connection(), String.valueOf(e.getMessage()))
                    : WorkTables.ensure(door.connection());
            if (wrong.isEmpty()) {
                return false;
            }
            report(wrong);
        }
        load();
        return true;
    }

    private Door opened(SqliteException lost) {
        report(String.valueOf(lost.getMessage())
                + OwnFile.setAside(options.database().path(), lost));
        return openedAsItIs();
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("the scheduler is closed");
        }
    }

    List<WorkRow> rows(String where, @Nullable Object... values) {
        return statements().list(WorkRow::read, "select " + WorkRow.COLUMNS + " from godwit_work w " + where, values);
    }

    /** The row of a run that still counts. Inside a transaction. */
    Optional<WorkRow> running(long id, long token) {
        return ownership.isHeld()
                ? moves().find(id).filter(row -> row.state() == WorkState.RUNNING && row.token() == token)
                : Optional.empty();
    }

    /** Keeps what a run says of itself. */
    void note(WorkId id, long token, String column, byte[] data) {
        write(now -> {
            if (running(id.value(), token).isEmpty()) {
                throw new StaleRunException(id, token);
            }
            statements().just("insert or ignore into godwit_work_note (work) values (?)", id.value());
            statements().just("update godwit_work_note set " + column + " = ? where work = ?", data, id.value());
            return true;
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!isClosed) {
                isClosed = true;
                door.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
