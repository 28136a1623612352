package dev.godwit.scheduler;

import static dev.godwit.scheduler.WorkState.BLOCKED;
import static dev.godwit.scheduler.WorkState.CANCELLED;
import static dev.godwit.scheduler.WorkState.ENQUEUED;
import static dev.godwit.scheduler.WorkState.PARKED;
import static dev.godwit.scheduler.WorkState.RUNNING;
import static dev.godwit.scheduler.WorkState.SUCCEEDED;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The life of a work as a table: what a state becomes by an event. What is not in it cannot happen. */
final class WorkTransitions {
    private static final Map<WorkState, Map<WorkEvent, WorkState>> TABLE = new EnumMap<>(WorkState.class);

    static {
        on(BLOCKED, WorkEvent.UNBLOCKED, ENQUEUED);
        on(BLOCKED, WorkEvent.PARKED, PARKED);
        on(BLOCKED, WorkEvent.CANCELLED, CANCELLED);
        on(ENQUEUED, WorkEvent.STARTED, RUNNING);
        on(ENQUEUED, WorkEvent.PARKED, PARKED);
        on(ENQUEUED, WorkEvent.CANCELLED, CANCELLED);
        on(RUNNING, WorkEvent.SUCCEEDED, SUCCEEDED);
        on(RUNNING, WorkEvent.REPEATED, ENQUEUED);
        on(RUNNING, WorkEvent.RETRIED, ENQUEUED);
        on(RUNNING, WorkEvent.DEFERRED, ENQUEUED);
        on(RUNNING, WorkEvent.STOPPED, ENQUEUED);
        on(RUNNING, WorkEvent.LOST, ENQUEUED);
        on(RUNNING, WorkEvent.PARKED, PARKED);
        on(RUNNING, WorkEvent.CANCELLED, CANCELLED);
        on(PARKED, WorkEvent.REQUEUED, ENQUEUED);
        on(PARKED, WorkEvent.CANCELLED, CANCELLED);
    }

    private WorkTransitions() {}

    private static void on(WorkState state, WorkEvent event, WorkState next) {
        TABLE.computeIfAbsent(state, s -> new EnumMap<>(WorkEvent.class)).put(event, next);
    }

    /** What a state becomes; empty if the event cannot happen in it. */
    static Optional<WorkState> next(WorkState state, WorkEvent event) {
        return Optional.ofNullable(TABLE.getOrDefault(state, Map.of()).get(event));
    }

    /**
     * What a state becomes.
     *
     * @throws IllegalStateException that names the work, if the event cannot happen in it
     */
    static WorkState after(WorkId id, WorkState state, WorkEvent event) {
        return next(state, event)
                .orElseThrow(() -> new IllegalStateException("work " + id + " is " + state + ": " + event
                        + " cannot happen to it; this is a defect of the scheduler"));
    }
}
