package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The whole table, walked and written out a second time. */
class WorkTransitionsTest {
    /** A row per state, a column per event, in the order of the enums; a letter for what it becomes, a dot for what cannot be. */
    private static final Map<WorkState, String> EXPECTED = new EnumMap<>(Map.of(
            //                   unblocked started succeeded repeated retried deferred stopped lost parked requeued
            // cancelled
            WorkState.ENQUEUED, ". R . . . . . . P . C",
            WorkState.RUNNING, ". . S E E E E E P . C",
            WorkState.BLOCKED, "E . . . . . . . P . C",
            WorkState.PARKED, ". . . . . . . . . E C",
            WorkState.SUCCEEDED, ". . . . . . . . . . .",
            WorkState.CANCELLED, ". . . . . . . . . . ."));

    @Test
    void everyStateMeetsEveryEvent() {
        WorkId id = new WorkId(77);
        for (WorkState state : WorkState.values()) {
            String[] row = String.valueOf(EXPECTED.get(state)).split(" ");
            assertThat(row).hasSize(WorkEvent.values().length);
            for (WorkEvent event : WorkEvent.values()) {
                String expected = row[event.ordinal()];
                Optional<WorkState> next = WorkTransitions.next(state, event);
                assertThat(next.map(s -> s.name().substring(0, 1)).orElse("."))
                        .as(state + " " + event)
                        .isEqualTo(expected);
                if (next.isEmpty()) {
                    assertThatThrownBy(() -> WorkTransitions.after(id, state, event))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(id.toString())
                            .hasMessageContaining(state.name())
                            .hasMessageContaining(event.name());
                } else {
                    assertThat(WorkTransitions.after(id, state, event)).isEqualTo(next.get());
                }
            }
        }
    }

    @Test
    void onlyFinishedStatesHaveNoWayOut() {
        for (WorkState state : WorkState.values()) {
            boolean hasWayOut = false;
            for (WorkEvent event : WorkEvent.values()) {
                hasWayOut |= WorkTransitions.next(state, event).isPresent();
            }
            assertThat(hasWayOut).as(state.name()).isEqualTo(!state.isFinished());
        }
    }

    @Test
    void theNumbersInTheTableAreTheOnesTheSqlNames() {
        assertThat(Arrays.stream(WorkState.values()).map(state -> state.number() + " " + state))
                .containsExactly("0 ENQUEUED", "1 RUNNING", "2 BLOCKED", "3 PARKED", "4 SUCCEEDED", "5 CANCELLED");
        assertThat(ParkReason.NO_WORKER.number()).isEqualTo(4);
        assertThat(ParkReason.LOGIN.number()).isEqualTo(5);
        for (ParkReason reason : ParkReason.values()) {
            assertThat(ParkReason.of(reason.number())).isEqualTo(reason);
        }
    }
}
