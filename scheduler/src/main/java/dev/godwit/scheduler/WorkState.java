package dev.godwit.scheduler;

/** Where a work is in its life. The order is that of the numbers in the table. */
public enum WorkState {
    /** It waits for its turn, its time or its constraint. */
    ENQUEUED,
    /** It runs. */
    RUNNING,
    /** It needs other work first. */
    BLOCKED,
    /** It failed for good, or used up its budget, or nobody can run it: kept with its reason until somebody decides. */
    PARKED,
    /** It is done. */
    SUCCEEDED,
    /** It is not wanted. */
    CANCELLED;

    private static final WorkState[] ALL = values();

    /** Whether nothing more happens to it. */
    public boolean isFinished() {
        return this == SUCCEEDED || this == CANCELLED;
    }

    /** Whether it is still to be done without anybody's decision. */
    public boolean isLive() {
        return this == ENQUEUED || this == RUNNING || this == BLOCKED;
    }

    static WorkState of(long number) {
        return ALL[(int) number];
    }
}
