package dev.godwit.scheduler;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of a work, as the history has it.
 *
 * @param id the work
 * @param token which run
 * @param worker who did it
 * @param startedMillis wall clock
 * @param durationMillis how long it took
 * @param event how it ended
 * @param stop why it was stopped, or null
 * @param reason what it said, or null
 */
public record WorkRun(
        WorkId id,
        long token,
        String worker,
        long startedMillis,
        long durationMillis,
        WorkEvent event,
        @Nullable StopReason stop,
        @Nullable String reason) {
    /** Why it was stopped, if it was. */
    public Optional<StopReason> stopReason() {
        return Optional.ofNullable(stop);
    }
}
