package dev.godwit.merge;

import dev.godwit.merge.VersionVector.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The same events in an order in which a walk goes from branch to branch as seldom as may be: an agent's events follow each
 * other for as long as they wait for nobody else. Two long branches that a log has shuffled into each other would otherwise
 * cost the product of their lengths.
 */
final class BranchOrder {
    private final Map<Long, Deque<TextEvent>> waiting = new LinkedHashMap<>();
    private VersionVector done;

    private BranchOrder(List<TextEvent> events) {
        done = events.get(0).seen();
        for (TextEvent event : events) {
            waiting.computeIfAbsent(event.agent(), key -> new ArrayDeque<>()).add(event);
        }
    }

    static List<TextEvent> of(List<TextEvent> events) {
        List<TextEvent> ordered = new ArrayList<>(events.size());
        if (!events.isEmpty()) {
            BranchOrder order = new BranchOrder(events);
            while (!order.waiting.isEmpty()) {
                order.branch(ordered);
            }
        }
        return ordered;
    }

    /** One agent's events up to the first that has seen somebody else's who waits still. */
    private void branch(List<TextEvent> ordered) {
        long agent = ready();
        Deque<TextEvent> branch = found(agent);
        while (!branch.isEmpty() && blocker(branch.getFirst()) == null) {
            TextEvent event = branch.removeFirst();
            ordered.add(event);
            done = done.join(event.version());
        }
        if (branch.isEmpty()) {
            waiting.remove(agent);
        }
    }

    private long ready() {
        long agent = waiting.keySet().iterator().next();
        for (int hops = 0; hops <= waiting.size(); hops++) {
            Long blocker = blocker(found(agent).getFirst());
            if (blocker == null) {
                return agent;
            }
            agent = blocker;
        }
        throw new IllegalArgumentException("events that have seen each other: one of agent " + agent);
    }

    private @Nullable Long blocker(TextEvent event) {
        for (Range range : event.seen().beyond(done)) {
            Deque<TextEvent> theirs = waiting.get(range.agent());
            if (theirs != null && theirs.getFirst().seq() <= range.last()) {
                return range.agent();
            }
        }
        return null;
    }

    private Deque<TextEvent> found(long agent) {
        return Objects.requireNonNull(waiting.get(agent));
    }
}
