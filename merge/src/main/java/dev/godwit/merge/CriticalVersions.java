package dev.godwit.merge;

import java.util.Arrays;
import java.util.List;

/** A place in a list of events that moves towards its start, and whether all after it has seen all before it. */
final class CriticalVersions {
    private final long[] agents;
    /** By agent: the last event before the place, and the least that anybody after it has seen. */
    private final long[] before;

    private final long[] seenByAll;
    private int unseen;

    /** The place after the last event, where only somebody follows who has seen this. */
    CriticalVersions(List<TextEvent> events, VersionVector seen) {
        this(events);
        for (int i = 0; i < agents.length; i++) {
            lower(i, seen.count(agents[i]));
        }
    }

    /** The place after the last event, where nobody follows. */
    private CriticalVersions(List<TextEvent> events) {
        KnownEvents known = new KnownEvents(events, List.of());
        events.forEach(known::believe);
        agents = known.agents();
        before = known.last();
        seenByAll = before.clone();
    }

    /** For each index whether all from there on has seen all before it. */
    static boolean[] of(List<TextEvent> events) {
        CriticalVersions version = new CriticalVersions(events);
        boolean[] critical = new boolean[events.size()];
        for (int i = events.size() - 1; i >= 0; i--) {
            version.stepBefore(events.get(i));
            critical[i] = version.isCritical();
        }
        return critical;
    }

    boolean isCritical() {
        return unseen == 0;
    }

    /** Moves to before this event, the last one before the place. */
    void stepBefore(TextEvent event) {
        int own = Arrays.binarySearch(agents, event.agent());
        if (seenByAll[own] < before[own] && seenByAll[own] >= event.seq() - 1) {
            unseen--;
        }
        before[own] = event.seq() - 1;
        for (int i = 0; i < agents.length; i++) {
            lower(i, event.seen().count(agents[i]));
        }
    }

    private void lower(int agent, long seen) {
        if (seen < seenByAll[agent]) {
            if (seenByAll[agent] >= before[agent] && seen < before[agent]) {
                unseen++;
            }
            seenByAll[agent] = seen;
        }
    }
}
