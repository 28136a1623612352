package dev.godwit.scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listeners. What they throw hurts nobody. */
final class News {
    private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

    private final CopyOnWriteArrayList<WorkListener> listeners = new CopyOnWriteArrayList<>();

    void add(WorkListener listener) {
        listeners.add(listener);
    }

    void remove(WorkListener listener) {
        listeners.remove(listener);
    }

    void deliver(List<WorkNews> news) {
        for (WorkNews each : news) {
            LOG.debug("work {} of {}: {}", each.id(), each.worker(), each.event());
            for (WorkListener listener : listeners) {
                call(() -> listener.happened(each));
            }
        }
    }

    void progressed(WorkId id, WorkData progress) {
        listeners.forEach(listener -> call(() -> listener.progressed(id, progress)));
    }

    void deviceChanged(ConditionSnapshot before, ConditionSnapshot now) {
        listeners.forEach(listener -> call(() -> listener.deviceChanged(before, now)));
    }

    void trouble(String message) {
        LOG.warn(message);
        listeners.forEach(listener -> call(() -> listener.trouble(message)));
    }

    void rebuilt() {
        listeners.forEach(listener -> call(listener::rebuilt));
    }

    /** Calls somebody else's code. */
    void call(Runnable foreign) {
        try {
            foreign.run();
        } catch (RuntimeException | LinkageError | AssertionError e) {
            LOG.warn("a listener of the scheduler failed", e);
        }
    }
}
