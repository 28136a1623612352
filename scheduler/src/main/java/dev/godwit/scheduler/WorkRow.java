package dev.godwit.scheduler;

import dev.godwit.sql.SqliteStatement;
import org.jspecify.annotations.Nullable;

/** A row of {@code godwit_work}, without its input and output. */
record WorkRow(
        long id,
        String worker,
        WorkState state,
        int gate,
        long opens,
        int held,
        long rank,
        long cons,
        long own,
        long since,
        long waiting,
        long token,
        int attempts,
        int stops,
        boolean isDirty,
        boolean isKeyStop,
        @Nullable String key,
        @Nullable String name,
        @Nullable String spec,
        @Nullable ParkReason parked,
        @Nullable String reason) {

    /** It may run. */
    static final int OPEN = 0;
    /** It waits for a tick, and those of its key behind it. */
    static final int DELAYED = 1;
    /** It waits for a tick, and nobody for it. */
    static final int PERIOD = 2;
    /** It waits for a moment of the wall clock, and nobody for it. */
    static final int CALENDAR = 3;
    /** It waits for another of its key. */
    static final int BEHIND = 4;

    /** {@link #held}: a delay that the request or the worker asked for. */
    static final int ASKED = 0;
    /** {@link #held}: a backoff, which good news ends. */
    static final int BACKOFF = 1;

    static final String COLUMNS =
            "w.id, w.worker, w.state, w.gate, w.opens, w.held, w.rank, w.cons, w.own, w.since, w.waiting,"
                    + " w.token, w.attempts, w.stops, w.dirty, w.keystop, w.skey, w.name, w.spec, w.parked, w.reason";

    static WorkRow read(SqliteStatement row) {
        boolean isParked = row.columnType(19) != SqliteStatement.Type.NULL;
        return new WorkRow(
                row.columnLong(0),
                row.columnText(1),
                WorkState.of(row.columnLong(2)),
                (int) row.columnLong(3),
                row.columnLong(4),
                (int) row.columnLong(5),
                row.columnLong(6),
                row.columnLong(7),
                row.columnLong(8),
                row.columnLong(9),
                row.columnLong(10),
                row.columnLong(11),
                (int) row.columnLong(12),
                (int) row.columnLong(13),
                row.columnLong(14) != 0,
                row.columnLong(15) != 0,
                text(row, 16),
                text(row, 17),
                text(row, 18),
                isParked ? ParkReason.of(row.columnLong(19)) : null,
                text(row, 20));
    }

    private static @Nullable String text(SqliteStatement row, int column) {
        return row.columnType(column) == SqliteStatement.Type.NULL ? null : row.columnText(column);
    }

    /** The row once a run of it has begun. */
    WorkRow started(long now) {
        return new WorkRow(
                id,
                worker,
                WorkState.RUNNING,
                gate,
                opens,
                held,
                rank,
                cons,
                own,
                since,
                now,
                token + 1,
                attempts,
                stops,
                isDirty,
                isKeyStop,
                key,
                name,
                spec,
                parked,
                reason);
    }

    WorkId workId() {
        return new WorkId(id);
    }
}
