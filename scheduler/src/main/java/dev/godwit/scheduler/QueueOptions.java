package dev.godwit.scheduler;

import java.util.Objects;

/**
 * How a {@link SyncQueue} works. Immutable; begin with {@link #of}.
 *
 * @param name of the queue, the same from start to start; several queues share a file
 * @param codec what items are in the table
 * @param service who takes them
 * @param constraint what its work asks of the device
 * @param backoff of the work when nobody answers, and of an item that is to be retried
 * @param budget of the work; its attempts are the times that nobody answers
 * @param attempts of one item, before it is parked; 0 for no bound
 * @param batch items that the service is given at once, 0 for as many as {@code WorkLimits.batchItems} allows
 */
public record QueueOptions<T>(
        String name,
        ItemCodec<T> codec,
        ItemService<T> service,
        Constraint constraint,
        Backoff backoff,
        Budget budget,
        int attempts,
        int batch) {
    private static final int ATTEMPTS = 10;

    /** Checks the numbers. */
    public QueueOptions {
        Objects.requireNonNull(codec, "codec");
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(constraint, "constraint");
        Objects.requireNonNull(backoff, "backoff");
        Objects.requireNonNull(budget, "budget");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a queue has a name");
        }
        if (attempts < 0 || batch < 0) {
            throw new IllegalArgumentException(
                    "queue " + name + ": attempts and batch are at least 0, not " + attempts + " and " + batch);
        }
    }

    /** When there is a network; ten attempts for an item, and no bound on how often the server is asked. */
    public static <T> QueueOptions<T> of(String name, ItemCodec<T> codec, ItemService<T> service) {
        return new QueueOptions<>(
                name,
                codec,
                service,
                Constraint.connected(),
                Backoff.DEFAULT,
                Budget.DEFAULT.withAttempts(0),
                ATTEMPTS,
                0);
    }

    /** The same under another constraint. */
    public QueueOptions<T> withConstraint(Constraint wanted) {
        return new QueueOptions<>(name, codec, service, wanted, backoff, budget, attempts, batch);
    }

    /** The same with another backoff. */
    public QueueOptions<T> withBackoff(Backoff chosen) {
        return new QueueOptions<>(name, codec, service, constraint, chosen, budget, attempts, batch);
    }

    /** The same with another budget of its work. */
    public QueueOptions<T> withBudget(Budget chosen) {
        return new QueueOptions<>(name, codec, service, constraint, backoff, chosen, attempts, batch);
    }

    /** The same with another number of attempts of each item. */
    public QueueOptions<T> withAttempts(int most) {
        return new QueueOptions<>(name, codec, service, constraint, backoff, budget, most, batch);
    }

    /** The same with another number of items at once; one by one keeps the order of each key whatever the service does. */
    public QueueOptions<T> withBatch(int most) {
        return new QueueOptions<>(name, codec, service, constraint, backoff, budget, attempts, most);
    }

    /** The name of its worker, and the unique name of its work. */
    String workName() {
        return "queue:" + name;
    }

    /** Its one work. */
    WorkRequest work() {
        return WorkRequest.of(workName())
                .withName(workName(), UniqueName.Policy.COALESCE)
                .withConstraint(constraint)
                .withBackoff(backoff)
                .withBudget(budget);
    }
}
