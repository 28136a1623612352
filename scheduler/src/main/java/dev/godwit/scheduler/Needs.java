package dev.godwit.scheduler;

import java.util.List;

/** Whether a work that needs others may begin. Pure. */
enum Needs {
    /** All is there. */
    READY,
    /** Something is still open. */
    WAIT,
    /** It will never begin. */
    NEVER;

    /**
     * One work that another needs.
     *
     * @param state where it is
     * @param onFailure whether the other runs if it is parked, rather than if it succeeds
     */
    record Need(WorkState state, boolean onFailure) {}

    /** Every success it needs has to be there, and, if it is for failures, one failure of those. */
    static Needs of(List<Need> needs) {
        boolean wait = false;
        boolean isForFailure = false;
        boolean hasFailure = false;
        boolean mayFail = false;
        for (Need need : needs) {
            if (need.state() == WorkState.CANCELLED) {
                return NEVER;
            }
            if (need.onFailure()) {
                isForFailure = true;
                hasFailure |= need.state() == WorkState.PARKED;
                mayFail |= need.state().isLive();
            } else {
                wait |= need.state() != WorkState.SUCCEEDED;
            }
        }
        if (isForFailure && !hasFailure) {
            return mayFail ? WAIT : NEVER;
        }
        return wait ? WAIT : READY;
    }
}
