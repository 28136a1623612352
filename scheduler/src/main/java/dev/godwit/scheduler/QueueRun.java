package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work of a queue: batch after batch, until there is nothing more to be sent now. */
final class QueueRun<T> implements Worker {
    private final QueueOptions<T> options;
    private final QueueRows rows;
    private final WorkStore store;
    private final int most;
    private final int remembered;

    QueueRun(QueueOptions<T> options, QueueRows rows, WorkStore store, WorkLimits limits) {
        this.options = options;
        this.rows = rows;
        this.store = store;
        this.most = options.batch() == 0 ? limits.batchItems() : Math.min(options.batch(), limits.batchItems());
        this.remembered = limits.queueRemembered();
    }

    @Override
    public WorkOutcome run(WorkContext context) {
        long began = store.tick();
        int done = 0;
        while (!context.isStopped()) {
            List<QueueRows.Row> batch = store.read(now -> rows.pausedFor(store.statements(), now.tick()) > 0
                    ? List.<QueueRows.Row>of()
                    : rows.batch(store.statements(), most, now.tick()));
            if (batch.isEmpty()) {
                return rest();
            }
            List<ItemOutcome> outcomes = outcomes(batch, context);
            Settled settled = store.write(now -> settle(batch, outcomes, now));
            done += settled.done();
            WorkOutcome end = end(settled, batch.size(), done > 0);
            if (end != null) {
                return end;
            }
            if (store.tick() - began > options.budget().timeoutMillis() / 2) {
                return new WorkOutcome.DeferFor(0); // others may want the thread; and no time-out for being busy
            }
        }
        return WorkOutcome.retry("stopped");
    }

    /** Nothing can be sent now: done, or again when the first of those that wait for a time may be. */
    private WorkOutcome rest() {
        long in = store.read(now -> {
            Statements on = store.statements();
            long paused = rows.hasWaiting(on) ? rows.pausedFor(on, now.tick()) : 0;
            return paused > 0 ? paused : rows.nextIn(on, now.tick());
        });
        return in < 0 ? WorkOutcome.success() : new WorkOutcome.DeferFor(in);
    }

    private List<ItemOutcome> outcomes(List<QueueRows.Row> batch, WorkContext context) {
        List<QueueItem<T>> readable = new ArrayList<>();
        List<@Nullable ItemOutcome> outcomes = new ArrayList<>();
        for (QueueRows.Row row : batch) {
            try {
                T value = options.codec().decode(row.item());
                readable.add(new QueueItem<>(row.idempotencyKey(), row.key(), value, row.attempts()));
                outcomes.add(null);
            } catch (RuntimeException e) {
                outcomes.add(ItemOutcome.rejected("its " + row.item().length + " bytes cannot be read: " + e));
            }
        }
        List<ItemOutcome> said = readable.isEmpty() ? List.of() : said(readable, context);
        List<ItemOutcome> all = new ArrayList<>();
        int next = 0;
        for (ItemOutcome outcome : outcomes) {
            if (outcome != null) {
                all.add(outcome);
            } else {
                all.add(next < said.size() ? said.get(next) : new ItemOutcome.NotTried());
                next++;
            }
        }
        return all;
    }

    private List<ItemOutcome> said(List<QueueItem<T>> items, WorkContext context) {
        String wrong;
        try {
            List<ItemOutcome> said = options.service().send(List.copyOf(items), context);
            if (said.size() <= items.size()) {
                return said;
            }
            wrong = "the service gave " + said.size() + " outcomes for " + items.size() + " items";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            wrong = "interrupted";
        } catch (Exception e) {
            wrong = String.valueOf(e);
        }
        return List.of(new ItemOutcome.NoAnswer(wrong));
    }

    /** What a batch has come to: items that have left the queue, items that have moved, and what stands against going on. */
    private record Settled(int done, int moved, @Nullable ItemOutcome obstacle) {}

    private Settled settle(List<QueueRows.Row> batch, List<ItemOutcome> outcomes, Settlement.Moment now) {
        int done = 0;
        int moved = 0;
        ItemOutcome obstacle = null;
        for (int i = 0; i < batch.size(); i++) {
            ItemOutcome outcome = outcomes.get(i);
            if (outcome instanceof ItemOutcome.Done) {
                rows.done(store.statements(), batch.get(i), now.tick());
                done++;
            } else if (outcome instanceof ItemOutcome.Retry retry) {
                again(batch.get(i), retry.reason(), now);
                moved++;
            } else if (outcome instanceof ItemOutcome.Rejected rejected) {
                rows.park(store.statements(), batch.get(i), batch.get(i).attempts(), rejected.reason());
                moved++;
            } else if (!(outcome instanceof ItemOutcome.NotTried)
                    && (obstacle == null || weight(outcome) > weight(obstacle))) {
                obstacle = outcome;
            }
        }
        if (obstacle instanceof ItemOutcome.RetryAfter after) {
            long believed = Math.min(after.millis(), CircuitBreaker.MAX_RETRY_AFTER_MILLIS);
            rows.pause(store.statements(), now.tick() + believed);
        }
        if (done > 0) {
            rows.forget(store.statements(), remembered);
        }
        return new Settled(done, moved, obstacle);
    }

    private static int weight(ItemOutcome obstacle) {
        return obstacle instanceof ItemOutcome.NeedsLogin ? 2 : obstacle instanceof ItemOutcome.NoAnswer ? 1 : 0;
    }

    private void again(QueueRows.Row row, String reason, Settlement.Moment now) {
        int attempts = row.attempts() + 1;
        if (options.attempts() > 0 && attempts >= options.attempts()) {
            rows.park(store.statements(), row, attempts, "all " + attempts + " attempts failed, the last: " + reason);
            return;
        }
        long wait = Math.max(1, options.backoff().delay(attempts, now.chance()));
        rows.later(store.statements(), row, attempts, now.tick() + wait, reason);
    }

    /** A link that lets something through each time is not one that fails more and more: always the first wait. */
    private WorkOutcome breath() {
        long wait = options.backoff().baseMillis();
        store.write(now -> {
            rows.pause(store.statements(), now.tick() + wait);
            return true;
        });
        return new WorkOutcome.DeferFor(wait);
    }

    /** How the run ends by what stands against going on; null to go on. */
    private @Nullable WorkOutcome end(Settled settled, int asked, boolean hasDone) {
        if (settled.obstacle() instanceof ItemOutcome.NeedsLogin login) {
            return new WorkOutcome.NeedsLogin(login.reason());
        } else if (settled.obstacle() instanceof ItemOutcome.NoAnswer none) {
            return hasDone ? breath() : WorkOutcome.retry(none.reason());
        } else if (settled.obstacle() == null && settled.done() + settled.moved() == 0) {
            return WorkOutcome.retry("the service tried none of " + asked + " items");
        }
        return null;
    }
}
