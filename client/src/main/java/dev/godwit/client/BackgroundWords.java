package dev.godwit.client;

import dev.godwit.scheduler.ParkReason;
import dev.godwit.scheduler.Work;
import dev.godwit.scheduler.WorkState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What there is to say about the background, in one sentence for people. Pure. */
final class BackgroundWords {
    private BackgroundWords() {}

    /**
     * Why syncing has stopped by itself, or else the large download; empty if neither has.
     *
     * @param sync its newest work
     * @param download that of the large download
     */
    static Optional<String> stopped(@Nullable Work sync, @Nullable Work download, long pending) {
        Optional<String> small = stopped("syncing", sync, pending);
        return small.isPresent() ? small : stopped("a large download", download, pending);
    }

    private static Optional<String> stopped(String what, @Nullable Work work, long pending) {
        if (work == null || work.state() != WorkState.PARKED) {
            return Optional.empty();
        }
        String reason = work.reason() == null ? "it gave no reason" : work.reason();
        if (work.parked() == ParkReason.LOGIN) {
            return Optional.of(what + " waits for a login: " + reason + "; " + kept(pending));
        }
        return Optional.of(what + " has stopped: " + reason + "; " + kept(pending)
                + "; it begins again with any good news (network, charger, opening the application, a sync that succeeds) or"
                + " when it is retried");
    }

    /**
     * Everything.
     *
     * @param explained what the scheduler says about the work
     * @param download what it says about a large download that waits; empty if there is none
     */
    static String sentence(@Nullable Work sync, String explained, String download, long pending) {
        String rest = download.isEmpty() ? "" : "; a large download is " + download;
        Optional<String> stopped = stopped("syncing", sync, pending);
        if (stopped.isPresent()) {
            return stopped.get() + rest;
        } else if (sync == null || sync.state().isFinished()) {
            return (pending == 0
                            ? "nothing waits to be sent"
                            : count(pending) + " sent or to be sent with the next sync")
                    + rest;
        }
        return (pending == 0 ? "a sync is " : count(pending) + " to be sent; the sync is ") + explained + rest;
    }

    private static String kept(long pending) {
        return pending == 0 ? "nothing waits to be sent" : count(pending) + " kept";
    }

    private static String count(long pending) {
        return pending == 1 ? "1 transaction is" : pending + " transactions are";
    }
}
