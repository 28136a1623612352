package dev.godwit.scheduler;

/** Where a work is in its life. */
public enum WorkState {
    /** It waits for its turn, its time or its constraint. */
    ENQUEUED(0),
    /** It runs. */
    RUNNING(1),
    /** It needs other work first. */
    BLOCKED(2),
    /** It failed for good, or used up its budget, or nobody can run it: kept with its reason until somebody decides. */
    PARKED(3),
    /** It is done. */
    SUCCEEDED(4),
    /** It is not wanted. */
    CANCELLED(5);

    private static final WorkState[] ALL = values();

    private final int number;

    WorkState(int number) {
        this.number = number;
    }

    /** Its number in the table. */
    int number() {
        return number;
    }

    /** Whether nothing more happens to it. */
    public boolean isFinished() {
        return this == SUCCEEDED || this == CANCELLED;
    }

    /** Whether it is still to be done without anybody's decision. */
    public boolean isLive() {
        return this == ENQUEUED || this == RUNNING || this == BLOCKED;
    }

    /** The state of a number in the table. */
    static WorkState of(long number) {
        for (WorkState state : ALL) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalStateException("a work of state " + number + "; this version knows 0 to " + (ALL.length - 1));
    }
}
