package dev.godwit.scheduler;

/** A run that no longer counts has written something: its work was stopped, cancelled or taken over. Nothing was kept. */
public final class StaleRunException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StaleRunException(WorkId id, long token) {
        super("work " + id + ": run " + token
                + " no longer counts, nothing was kept; return, the work runs anew if it has to");
    }
}
