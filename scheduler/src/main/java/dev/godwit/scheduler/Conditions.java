package dev.godwit.scheduler;

/** Where a scheduler learns about its device. Safe for use by many threads. */
public interface Conditions extends AutoCloseable {
    /** The device now. Returns at once; what takes long is found out beside it. */
    ConditionSnapshot now();

    /**
     * Whoever wants to hear that something may have changed; called on any thread, and must return at once. A listener that throws
     * keeps no other from hearing.
     *
     * @return closes the subscription
     */
    AutoCloseable listen(Runnable listener);

    /**
     * After how long {@link #now()} may say something else without a listener being told, {@link Long#MAX_VALUE} if it never does:
     * good news is held until it has lasted, or a file must be read again.
     */
    default long lookAgainInMillis() {
        return Long.MAX_VALUE;
    }

    @Override
    void close();
}
