package dev.godwit.scheduler;

/** Why a run was told to stop. Only {@link #TIMED_OUT} costs an attempt. */
public enum StopReason {
    /** Its constraint no longer holds. */
    CONSTRAINT_LOST,
    /** Somebody cancelled it. */
    CANCELLED,
    /** Another work took its unique name. */
    REPLACED,
    /** It ran for longer than its budget says. */
    TIMED_OUT,
    /** The scheduler closes. */
    SHUTDOWN,
    /** Another scheduler has taken the work over: this one was silent for longer than its lease. */
    TAKEN_OVER
}
