package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Somebody's own server, as a {@link SyncQueue} sees it. Called by one thread at a time. */
@FunctionalInterface
public interface ItemService<T> {
    /**
     * Sends items, in this order, each with its idempotency key, and says what became of each.
     *
     * <p>Of a serial key, what follows an item that is not done is not sent: say {@link ItemOutcome.NotTried} of it. The same holds
     * among all items without a key, but that they do not wait behind a rejected one. {@link #each} sees to that.
     *
     * @param batch as many as the queue's options and limits allow, at least one
     * @param run asked now and then whether to stop
     * @return in the order of the batch; those that are missing at the end were not tried
     * @throws Exception means {@link ItemOutcome.NoAnswer} for the whole batch
     */
    List<ItemOutcome> send(List<QueueItem<T>> batch, WorkContext run) throws Exception;

    /** A server that takes one item at a time. */
    @FunctionalInterface
    interface One<T> {
        /**
         * Sends an item with its idempotency key.
         *
         * @throws Exception means {@link ItemOutcome.NoAnswer}
         */
        ItemOutcome send(QueueItem<T> item, WorkContext run) throws Exception;
    }

    /** A service that sends the items of a batch one after the other, and keeps the order of each key. */
    static <T> ItemService<T> each(One<T> one) {
        return (batch, run) -> {
            List<ItemOutcome> outcomes = new ArrayList<>();
            Set<String> held = new HashSet<>();
            boolean goesOn = true;
            for (QueueItem<T> item : batch) {
                goesOn &= !run.isStopped();
                if (!goesOn || held.contains(item.line())) {
                    outcomes.add(new ItemOutcome.NotTried());
                    continue;
                }
                ItemOutcome outcome;
                try {
                    outcome = one.send(item, run);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    outcome = new ItemOutcome.NoAnswer("interrupted");
                } catch (Exception e) {
                    outcome = new ItemOutcome.NoAnswer(String.valueOf(e));
                }
                outcomes.add(outcome);
                boolean ofItem = outcome instanceof ItemOutcome.Done
                        || outcome instanceof ItemOutcome.Retry
                        || outcome instanceof ItemOutcome.Rejected;
                goesOn = ofItem;
                boolean holds = outcome instanceof ItemOutcome.Retry
                        || (outcome instanceof ItemOutcome.Rejected && item.key() != null);
                if (holds) {
                    held.add(item.line());
                }
            }
            return outcomes;
        };
    }
}
