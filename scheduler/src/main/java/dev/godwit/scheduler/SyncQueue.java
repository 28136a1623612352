package dev.godwit.scheduler;

import dev.godwit.sql.SqliteConnection;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A queue of requests to somebody's own server, of any kind: kept in SQLite until the server has answered, sent in order and in
 * batches when the device allows it, by one work of a {@link Scheduler}. Safe for use by many threads.
 *
 * <pre>{@code
 * ItemService<Order> server = ItemService.each((item, run) -> {
 *     HttpResponse<String> answer = post("/orders", item.value(), "Idempotency-Key", item.idempotencyKey());
 *     return switch (answer.statusCode() / 100) {
 *         case 2 -> ItemOutcome.done();
 *         case 4 -> ItemOutcome.rejected(answer.body());
 *         default -> ItemOutcome.retry("status " + answer.statusCode());
 *     };
 * });
 * SyncQueue<Order> orders = SyncQueue.open(scheduler, QueueOptions.of("orders", codec, server));
 * orders.enqueue(NewItem.of(order).withIdempotencyKey(order.id()).withKey(order.customer()));
 * }</pre>
 *
 * <p>What holds:
 *
 * <ul>
 *   <li>An item leaves the queue after its answer and not before. If the process dies between the answer and that, or the answer is
 *       lost, the item is sent again under the same idempotency key; a server that remembers the keys lets it take effect once.
 *   <li>The same idempotency key twice is one item, also when it was processed, as long as the key is among the last {@code
 *       WorkLimits.queueRemembered} processed ones, and {@link #clearProcessed()} was not called.
 *   <li>Items of one serial key are sent in the order of enqueueing; one that is to be retried or is parked holds those behind it.
 *       Items without a key are sent in order too, and one that is to be retried holds them; a parked one does not.
 *   <li>A rejected item is parked: it can be read, retried and dropped, and items of other keys go on.
 * </ul>
 *
 * <p>Cancelling the queue's work through the scheduler keeps the items; the next item, or the next start, begins again.
 */
public final class SyncQueue<T> implements AutoCloseable {
    private final Scheduler scheduler;
    private final QueueOptions<T> options;
    private final WorkLimits limits;
    private final WorkStore store;
    private final QueueRows rows;
    private @Nullable WorkListener listening;

    private SyncQueue(Scheduler scheduler, QueueOptions<T> options) {
        this.scheduler = scheduler;
        this.options = options;
        this.store = scheduler.store();
        this.limits = store.limits();
        this.rows = new QueueRows(options.name(), limits);
    }

    /**
     * Opens a queue in the scheduler's file, and goes on with what is in it. A second one of the same name on the same scheduler
     * takes the first one's place.
     */
    public static <T> SyncQueue<T> open(Scheduler scheduler, QueueOptions<T> options) {
        RequestBounds.check(options.work(), scheduler.store().limits());
        SyncQueue<T> queue = new SyncQueue<>(scheduler, options);
        queue.ensure();
        scheduler.register(options.workName(), new QueueRun<>(options, queue.rows, queue.store, queue.limits));
        WorkListener listener = new WorkListener() {
            @Override
            public void happened(WorkNews news) {
                // what was enqueued after the run's last look, and before it put itself off
                if (news.worker().equals(options.workName()) && news.event() == WorkEvent.DEFERRED) {
                    queue.wakeIfDue();
                }
            }

            @Override
            public void rebuilt() {
                queue.ensure();
                queue.begin();
            }
        };
        queue.listening = listener;
        scheduler.listen(listener);
        queue.begin();
        return queue;
    }

    private void ensure() {
        String wrong = store.write(now -> QueueTables.ensure(store.statements().connection()));
        if (!wrong.isEmpty()) {
            scheduler.trouble("the tables of queues were broken and are made anew, without items: " + wrong);
        }
    }

    /** Keeps an item without a serial key; it is durable when this returns. */
    public Queued enqueue(T item) {
        return enqueue(NewItem.of(item));
    }

    /**
     * Keeps an item; it is durable when this returns.
     *
     * @throws IllegalArgumentException that names the limit, for a key or an item that is too long
     * @throws IllegalStateException that names the limit, if there are too many items already; nothing is changed then
     */
    public Queued enqueue(NewItem<T> item) {
        byte[] bytes = bytes(item);
        return scheduler.done(store.write(now -> insert(store.statements(), store.insert(), item, bytes, now)));
    }

    /** Keeps items in one transaction: all or none. */
    public List<Queued> enqueueAll(List<NewItem<T>> items) {
        List<byte[]> bytes = items.stream().map(this::bytes).toList();
        return scheduler.done(store.write(now -> {
            List<Queued> all = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                all.add(insert(store.statements(), store.insert(), items.get(i), bytes.get(i), now));
            }
            return all;
        }));
    }

    /**
     * Keeps an item in the caller's own transaction, on the caller's connection to the same file: item and data are there together,
     * or neither. Call {@link Scheduler#poke()} after the commit.
     *
     * @param connection of the caller, who is in a transaction
     */
    public Queued enqueue(SqliteConnection connection, NewItem<T> item) {
        byte[] bytes = bytes(item);
        return store.on(connection, (statements, insert) -> insert(statements, insert, item, bytes, store.moment()));
    }

    private byte[] bytes(NewItem<T> item) {
        byte[] bytes = options.codec().encode(item.value());
        String idempotencyKey = item.idempotencyKey() == null ? "" : item.idempotencyKey();
        check("characters of the idempotency key", idempotencyKey.length(), "nameChars", limits.nameChars());
        check("characters of the key", item.key() == null ? 0 : item.key().length(), "nameChars", limits.nameChars());
        check("bytes of item " + idempotencyKey, bytes.length, "itemBytes", limits.itemBytes());
        return bytes;
    }

    private void check(String what, int value, String limit, int bound) {
        if (value > bound) {
            throw new IllegalArgumentException("queue " + options.name() + ": " + what + ": " + value
                    + " is above the limit " + limit + " of " + bound);
        }
    }

    private Queued insert(Statements on, WorkInsert insert, NewItem<T> item, byte[] bytes, Settlement.Moment now) {
        String idempotencyKey = item.idempotencyKey() == null ? store.nextKey() : item.idempotencyKey();
        Queued queued = rows.insert(on, idempotencyKey, item.key(), bytes, now);
        if (queued.isNew()) {
            ask(on, insert, now);
        }
        return queued;
    }

    /** Asks for the work, as many times as one likes: it is one. */
    private void ask(Statements on, WorkInsert insert, Settlement.Moment now) {
        insert.insert(options.work(), now);
        rows.wake(on, options.workName(), now.tick());
    }

    /** Begins with what is there. */
    private void begin() {
        change(on -> rows.hasWaiting(on));
    }

    private void wakeIfDue() {
        change(on -> !rows.batch(on, 1, store.tick()).isEmpty());
    }

    /** Changes something; if that returns true, there may be something to do. */
    private boolean change(Function<Statements, Boolean> change) {
        return scheduler.done(store.write(now -> {
            boolean isChanged = change.apply(store.statements());
            if (isChanged) {
                ask(store.statements(), store.insert(), now);
            }
            return isChanged;
        }));
    }

    /** Where an item is; empty if it never was here, was dropped, or its key is forgotten. */
    public Optional<ItemStatus> find(String idempotencyKey) {
        return store.read(now -> rows.find(store.statements(), idempotencyKey));
    }

    /** Items of a state, in the order of enqueueing. */
    public List<ItemStatus> list(ItemState state, int most) {
        return store.read(now -> rows.list(store.statements(), state, most));
    }

    /** How many items of a state there are. */
    public long size(ItemState state) {
        return store.read(now -> rows.count(store.statements(), state));
    }

    /** An item that is not processed. */
    public Optional<T> value(String idempotencyKey) {
        return store.read(now -> rows.item(store.statements(), idempotencyKey)).map(options.codec()::decode);
    }

    /**
     * Tries a parked item again, at its old place.
     *
     * @return whether it was parked
     */
    public boolean retry(String idempotencyKey) {
        if (idempotencyKey.isEmpty()) {
            throw new IllegalArgumentException("an idempotency key is not empty; for all of them there is retryAll()");
        }
        return change(on -> rows.retry(on, idempotencyKey) > 0);
    }

    /** Tries all parked items again, and ends the work's backoff. */
    public void retryAll() {
        change(on -> {
            rows.retry(on, "");
            return rows.hasWaiting(on);
        });
        work().ifPresent(work -> scheduler.hurry(work.id()));
    }

    /**
     * Forgets an item that is not processed; one that is being sent may still take effect.
     *
     * @return whether there was one
     */
    public boolean drop(String idempotencyKey) {
        return change(on -> rows.drop(on, idempotencyKey));
    }

    /** Forgets the idempotency keys of processed items. They are forgotten by themselves beyond {@code WorkLimits.queueRemembered}. */
    public void clearProcessed() {
        store.write(now -> {
            rows.forget(store.statements(), 0);
            return true;
        });
    }

    /** The work that sends, if there is one now: it has a state, a history and an explanation. */
    public Optional<Work> work() {
        List<Work> works = scheduler.named(options.workName());
        return works.isEmpty() ? Optional.empty() : Optional.of(works.get(works.size() - 1));
    }

    /** Why nothing is being sent, in one sentence for people. */
    public String explain(ZoneId zone) {
        long waiting = size(ItemState.WAITING);
        long parked = size(ItemState.PARKED);
        String items = waiting
                + (waiting == 1 ? " item waits" : " items wait")
                + (parked > 0 ? ", " + parked + " parked" : "");
        return items
                + work().map(work -> "; " + scheduler.explain(work.id(), zone)).orElse("");
    }

    /** Hears no more of the scheduler. The items stay, and the scheduler goes on with them until it is closed. */
    @Override
    public void close() {
        if (listening != null) {
            scheduler.unlisten(listening);
        }
    }
}
