package dev.godwit.scheduler;

/** Where a scheduler learns about its device. Safe for use by many threads. */
public interface Conditions extends AutoCloseable {
    /** The device now. Returns at once; what takes long is found out beside it. */
    ConditionSnapshot now();

    /**
     * Whoever wants to hear that something may have changed; called on any thread, and must return at once.
     *
     * @return closes the subscription
     */
    AutoCloseable listen(Runnable listener);

    @Override
    void close();
}
