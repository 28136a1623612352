package dev.godwit.scheduler;

/**
 * What became of a request.
 *
 * @param id the work that it is now
 * @param result how
 */
public record Enqueued(WorkId id, Result result) {
    /** What became of it. */
    public enum Result {
        /** It is a new work. */
        NEW,
        /** There was one of its name, which stays. */
        KEPT,
        /** The one of its name has taken it. */
        UPDATED,
        /** The one of its name is running, and takes it for its next run. */
        UPDATED_FOR_NEXT_RUN,
        /** It is one with others of its name. */
        COALESCED
    }
}
