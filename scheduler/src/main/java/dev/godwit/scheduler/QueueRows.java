package dev.godwit.scheduler;

import dev.godwit.sql.SqliteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of one queue. All inside transactions or locks of somebody else. */
final class QueueRows {
    private static final String STATUS = "select idem, skey, state, attempts, wall, reason from godwit_queue where ";

    private final String queue;
    private final WorkLimits limits;
    private final Quota quota;

    QueueRows(String queue, WorkLimits limits) {
        this.queue = queue;
        this.limits = limits;
        this.quota = new Quota(limits.queueItems());
    }

    /** An item that is to be sent. */
    record Row(long id, String idempotencyKey, @Nullable String key, int attempts, byte[] item) {}

    /** Adds an item, or finds the one of its key. */
    Queued insert(Statements on, String idempotencyKey, @Nullable String key, byte[] item, Settlement.Moment now) {
        Optional<ItemStatus> there = find(on, idempotencyKey);
        if (there.isPresent()) {
            return new Queued(idempotencyKey, false, there.get().state());
        }
        long items = quota.take(1, () -> count(on, ItemState.WAITING) + count(on, ItemState.PARKED));
        if (items >= 0) {
            throw new IllegalStateException("queue " + queue + " has " + items + " items, the limit queueItems of "
                    + limits.queueItems() + "; item " + idempotencyKey
                    + " is not added: wait until some are processed, drop what is parked, or raise the limit");
        }
        on.just(
                "insert into godwit_queue (queue, idem, skey, state, opens, attempts, wall, item) values (?, ?, ?, 0, 0, 0, ?, ?)",
                queue,
                idempotencyKey,
                key == null ? "" : key,
                now.wall(),
                item);
        return new Queued(idempotencyKey, true, ItemState.WAITING);
    }

    Optional<ItemStatus> find(Statements on, String idempotencyKey) {
        return on.list(QueueRows::status, STATUS + "queue = ? and idem = ?", queue, idempotencyKey).stream()
                .findFirst();
    }

    List<ItemStatus> list(Statements on, ItemState state, int most) {
        return on.list(
                QueueRows::status,
                STATUS + "queue = ? and state = " + state.number() + " order by id limit ?",
                queue,
                most);
    }

    private static ItemStatus status(SqliteStatement row) {
        return new ItemStatus(
                row.columnText(0),
                row.columnText(1).isEmpty() ? null : row.columnText(1),
                ItemState.of(row.columnLong(2)),
                (int) row.columnLong(3),
                row.columnLong(4),
                row.columnText(5).isEmpty() ? null : row.columnText(5));
    }

    Optional<byte[]> item(Statements on, String idempotencyKey) {
        return on
                .list(
                        row -> row.columnBlob(0),
                        "select item from godwit_queue where queue = ? and idem = ? and item is not null",
                        queue,
                        idempotencyKey)
                .stream()
                .findFirst();
    }

    long count(Statements on, ItemState state) {
        return on.number(0, "select count(*) from godwit_queue where queue = ? and state = " + state.number(), queue);
    }

    boolean hasWaiting(Statements on) {
        return on.number(0, "select exists (select 1 from godwit_queue where queue = ? and state = 0)", queue) != 0;
    }

    /**
     * The next to be sent: in order, none before its time, none behind a parked one of its key, none behind one of its line that
     * waits for its time.
     */
    List<Row> batch(Statements on, int most, long tick) {
        List<Row> rows = on.list(
                row -> new Row(
                        row.columnLong(0),
                        row.columnText(1),
                        row.columnText(2).isEmpty() ? null : row.columnText(2),
                        (int) row.columnLong(3),
                        row.columnBlob(4)),
                "select q.id, q.idem, q.skey, q.attempts, q.item from godwit_queue q where q.queue = ? and q.state = 0 and q.opens"
                        + " <= ? and not exists (select 1 from godwit_queue p where p.queue = q.queue and p.skey = q.skey and"
                        + " p.skey <> '' and p.state = 1 and p.id < q.id) and not exists (select 1 from godwit_queue l where"
                        + " l.queue = q.queue and l.skey = q.skey and l.state = 0 and l.opens > 0 and l.opens > ? and l.id <"
                        + " q.id) order by q.id limit ?",
                queue,
                tick,
                tick,
                most);
        List<Row> batch = new ArrayList<>();
        long bytes = 0;
        for (Row row : rows) {
            bytes += row.item().length;
            if (!batch.isEmpty() && bytes > limits.batchBytes()) {
                break;
            }
            batch.add(row);
        }
        return batch;
    }

    /** In how many ms an item is due that waits for its time; -1 if none does. */
    long nextIn(Statements on, long tick) {
        long next = on.number(
                -1,
                "select min(opens) from godwit_queue where queue = ? and state = 0 and opens > 0 and opens > ?",
                queue,
                tick);
        return next < 0 ? -1 : next - tick;
    }

    /** For how many ms the server wants to hear nothing; 0 for none. */
    long pausedFor(Statements on, long tick) {
        return Math.max(0, on.number(0, "select until from godwit_queue_pause where queue = ?", queue) - tick);
    }

    void pause(Statements on, long until) {
        on.just(
                "insert or replace into godwit_queue_pause values (?, max(?, coalesce((select until from godwit_queue_pause where"
                        + " queue = ?), 0)))",
                queue,
                until,
                queue);
    }

    void done(Statements on, Row row, long tick) {
        on.just(
                "update godwit_queue set state = 2, opens = ?, item = null, reason = null where id = ? and state < 2",
                tick,
                row.id());
    }

    void park(Statements on, Row row, int attempts, String reason) {
        on.just(
                "update godwit_queue set state = 1, opens = 0, attempts = ?, reason = ? where id = ? and state = 0",
                attempts,
                limits.shortened(reason),
                row.id());
    }

    void later(Statements on, Row row, int attempts, long opens, String reason) {
        on.just(
                "update godwit_queue set opens = ?, attempts = ?, reason = ? where id = ? and state = 0",
                opens,
                attempts,
                limits.shortened(reason),
                row.id());
    }

    /** Forgets the keys of what was processed long ago. */
    void forget(Statements on, int kept) {
        on.just(
                "delete from godwit_queue where id in (select id from godwit_queue where queue = ? and state = 2"
                        + " order by opens desc, id desc limit -1 offset ?)",
                queue,
                kept);
    }

    /** Tries parked ones again; of one idempotency key, or all if it is empty. Returns how many. */
    long retry(Statements on, String idempotencyKey) {
        return on.run(
                "update godwit_queue set state = 0, opens = 0, attempts = 0 where queue = ? and state = 1 and (? = '' or idem = ?)",
                queue,
                idempotencyKey,
                idempotencyKey);
    }

    boolean drop(Statements on, String idempotencyKey) {
        return on.run("delete from godwit_queue where queue = ? and idem = ? and state < 2", queue, idempotencyKey) > 0;
    }

    /** Lets a work that has put itself off until its next item is due look at once. */
    void wake(Statements on, String workName, long tick) {
        if (pausedFor(on, tick) == 0) {
            on.just(
                    "update godwit_work set gate = 0, opens = 0, waiting = ? where name = ? and state = 0 and gate = 1 and held = 0",
                    tick,
                    workName);
        }
    }
}
