package dev.godwit.scheduler;

/** What may happen to a work. */
public enum WorkEvent {
    /** All that it needs is there. */
    UNBLOCKED,
    /** A run begins. */
    STARTED,
    /** The run succeeded. */
    SUCCEEDED,
    /** The run is over, and another is due: the next period, or it was asked for again meanwhile. */
    REPEATED,
    /** The run failed and another attempt is allowed. */
    RETRIED,
    /** The run put itself off. */
    DEFERRED,
    /** The run was stopped. */
    STOPPED,
    /** The scheduler that ran it is gone. */
    LOST,
    /** It failed for good, or nobody can run it, or a budget is used up. */
    PARKED,
    /** Somebody wants a parked work tried again. */
    REQUEUED,
    /** Nobody wants it. */
    CANCELLED
}
