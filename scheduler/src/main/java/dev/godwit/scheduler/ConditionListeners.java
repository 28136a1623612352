package dev.godwit.scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who are told that the device may have changed: for whoever implements {@link Conditions}. Safe for use by many threads. */
public final class ConditionListeners {
    /** More are a leak: subscriptions that nobody closes. */
    public static final int MAX = 1_000;

    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    /** A subscription of its own, also if a listener is given twice. */
    private static final class Entry {
        final Runnable listener;

        Entry(Runnable listener) {
            this.listener = listener;
        }
    }

    /**
     * Adds one.
     *
     * @return takes it off
     * @throws IllegalStateException if there are too many
     */
    public AutoCloseable add(Runnable listener) {
        if (entries.size() >= MAX) {
            throw new IllegalStateException(
                    MAX + " listen to the conditions already; close the subscriptions that are not needed");
        }
        Entry entry = new Entry(listener);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /**
     * Tells all, on this thread and under no lock.
     *
     * @throws RuntimeException what the first of those that failed threw, after all were told
     */
    public void tell() {
        RuntimeException failure = null;
        for (Entry entry : entries) {
            try {
                entry.listener.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Nobody is told any more. */
    public void clear() {
        entries.clear();
    }
}
