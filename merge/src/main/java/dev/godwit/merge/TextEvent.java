package dev.godwit.merge;

import java.util.List;

/**
 * What one transaction did to a text.
 *
 * @param agent whose it is
 * @param seq the number of this event among the agent's events on this text, from 1
 * @param seen the events that the agent had seen, its own earlier ones included
 * @param splices the edits, in the text that {@code seen} gives
 */
public record TextEvent(long agent, long seq, VersionVector seen, List<Splice> splices) {
    public TextEvent {
        splices = List.copyOf(splices);
        if (seq < 1 || seen.count(agent) != seq - 1) {
            throw new IllegalArgumentException(
                    "event seq = " + seq + " of agent " + agent + " has seen " + seen.count(agent) + " of its own");
        }
    }

    /** The version after this event and all that it has seen. */
    public VersionVector version() {
        return seen.with(agent, seq);
    }
}
