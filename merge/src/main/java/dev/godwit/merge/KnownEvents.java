package dev.godwit.merge;

import java.util.Arrays;
import java.util.List;

/** What a list of events has come to, event by event: the last number of each of their agents. Refuses what is out of order. */
final class KnownEvents {
    private final long[] agents;
    private final long[] last;

    /** Nothing of these has come yet; what precedes the first of each agent has. */
    KnownEvents(List<TextEvent> events, List<TextEvent> more) {
        agents = agents(events, more);
        last = new long[agents.length];
        Arrays.fill(last, -1);
        events.forEach(this::start);
        more.forEach(this::start);
    }

    private static long[] agents(List<TextEvent> events, List<TextEvent> more) {
        long[] all = new long[events.size() + more.size()];
        int size = 0;
        for (List<TextEvent> list : List.of(events, more)) {
            for (TextEvent event : list) {
                if (size == 0 || all[size - 1] != event.agent()) {
                    all[size++] = event.agent();
                }
            }
        }
        return Arrays.stream(all, 0, size).sorted().distinct().toArray();
    }

    private void start(TextEvent event) {
        int agent = Arrays.binarySearch(agents, event.agent());
        if (last[agent] < 0) {
            last[agent] = event.seq() - 1;
        }
    }

    /** The agents of the events, ascending. */
    long[] agents() {
        return agents;
    }

    /** The last number of each agent, in the order of the agents; the caller's own. */
    long[] last() {
        return last.clone();
    }

    /** Whether the event has seen all that has come. */
    boolean allSeenBy(TextEvent event) {
        VersionVector seen = event.seen();
        for (int i = 0; i < agents.length; i++) {
            if (!seen.includes(agents[i], last[i])) {
                return false;
            }
        }
        return true;
    }

    /** Takes the event as the next one, unchecked. */
    void believe(TextEvent event) {
        last[Arrays.binarySearch(agents, event.agent())] = event.seq();
    }

    /**
     * Takes the event as the next one.
     *
     * @throws IllegalArgumentException if it is not its agent's next one, or has seen one that has not come
     */
    void check(TextEvent event) {
        VersionVector seen = event.seen();
        for (int i = 0; i < agents.length; i++) {
            if (seen.count(agents[i]) > last[i]) {
                throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent() + " has seen "
                        + seen.count(agents[i]) + " events of agent " + agents[i] + "; " + last[i] + " have come");
            }
        }
        int own = Arrays.binarySearch(agents, event.agent());
        if (event.seq() != last[own] + 1) {
            throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent() + " comes after "
                    + last[own] + " of its events");
        }
        last[own] = event.seq();
    }
}
