package dev.godwit.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What a row becomes by an event: a value, to be written by {@link WorkMoves}.
 *
 * @param event what happened
 * @param gate as {@link WorkRow#gate()}
 * @param opens as {@link WorkRow#opens()}
 * @param held as {@link WorkRow#held()}
 * @param attempts failed ones
 * @param stops stopped or lost ones
 * @param until what it has put itself off to, or null
 * @param parked why, or null
 * @param reason in words, or null
 * @param output what it returned, or null
 */
record Move(
        WorkEvent event,
        int gate,
        long opens,
        int held,
        int attempts,
        int stops,
        @Nullable Constraint until,
        @Nullable ParkReason parked,
        @Nullable String reason,
        @Nullable WorkData output) {

    /** An event that leaves the gate open and the counts as they are. */
    static Move of(WorkEvent event, WorkRow row) {
        return new Move(event, WorkRow.OPEN, 0, WorkRow.ASKED, row.attempts(), row.stops(), null, null, null, null);
    }

    static Move parked(WorkRow row, int attempts, ParkReason why, String reason) {
        return new Move(
                WorkEvent.PARKED, WorkRow.OPEN, 0, WorkRow.ASKED, attempts, row.stops(), null, why, reason, null);
    }

    Move because(@Nullable String why) {
        return new Move(event, gate, opens, held, attempts, stops, until, parked, why, output);
    }

    Move opening(int newGate, long when, int why) {
        return new Move(event, newGate, when, why, attempts, stops, until, parked, reason, output);
    }

    Move counting(int failed, int stopped) {
        return new Move(event, gate, opens, held, failed, stopped, until, parked, reason, output);
    }

    Move until(Constraint constraint) {
        return new Move(event, gate, opens, held, attempts, stops, constraint, parked, reason, output);
    }

    Move with(WorkData data) {
        return new Move(event, gate, opens, held, attempts, stops, until, parked, reason, data);
    }
}
