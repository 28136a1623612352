package dev.godwit.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of the works that may run do run next. Pure. Expedited ones first, then by priority with ageing (both are in the rank), then in
 * the order of enqueueing; one of a key at a time; no worker has more than its share, so that one with a thousand works does not
 * keep the others from running; one expedited work may run beyond the number of threads.
 */
final class Dispatch {
    private Dispatch() {}

    /** A work that may run. */
    record Candidate(
            long id,
            String worker,
            boolean isExpedited,
            long rank,
            @Nullable String key) {}

    /**
     * What runs already.
     *
     * @param byWorker how many of each worker
     * @param keys their keys
     */
    record Busy(Map<String, Integer> byWorker, Set<String> keys) {}

    /**
     * Chooses.
     *
     * @param free how many more may run; may be below 0
     * @param perWorker of one worker
     * @return in the order in which they are to begin
     */
    static List<Candidate> choose(List<Candidate> ready, Busy busy, int free, int perWorker) {
        List<Candidate> sorted = new ArrayList<>(ready);
        sorted.sort(Comparator.comparing((Candidate c) -> !c.isExpedited())
                .thenComparingLong(Candidate::rank)
                .thenComparingLong(Candidate::id));
        Map<String, Integer> byWorker = new HashMap<>(busy.byWorker());
        Set<String> keys = new HashSet<>(busy.keys());
        List<Candidate> chosen = new ArrayList<>();
        for (Candidate each : sorted) {
            int most = each.isExpedited() ? free + 1 : free;
            boolean fits = chosen.size() < most
                    && byWorker.getOrDefault(each.worker(), 0) < perWorker
                    && (each.key() == null || !keys.contains(each.key()));
            if (fits) {
                chosen.add(each);
                byWorker.merge(each.worker(), 1, Integer::sum);
                if (each.key() != null) {
                    keys.add(each.key());
                }
            }
        }
        return chosen;
    }
}
