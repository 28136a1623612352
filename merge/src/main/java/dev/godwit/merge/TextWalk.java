package dev.godwit.merge;

import java.util.ArrayList;
import java.util.List;

/**
 * Merges the edits of a text that were made without sight of each other: a walk over the graph of its events (Gentle and
 * Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller", EuroSys 2025).
 *
 * <p>Law: the text after all events does not depend on the order in which they are given, as long as each comes after those
 * that it has seen. Every unit that was inserted and that no event has deleted is in it, once; what one event inserted in
 * one place is not interleaved with what others did there; and a surrogate pair stays whole, because no edit has split it.
 *
 * <p>Nothing is kept between calls. A walk needs the events from some <em>critical version</em> on, a place in the log such
 * that every later event has seen all before it, and of the text at that place only its length. An insertion or deletion
 * costs the logarithm of the runs in the walk; going from one branch to another costs the runs that separate them.
 */
public final class TextWalk {
    private TextWalk() {}

    /**
     * Where the walk for an event that has seen this must start: the index of the first event of the log that somebody after
     * it has not seen, so that all before it is a critical version. It is the size of the log if nothing is concurrent. The
     * length that {@link #transform} wants with the rest of the log is that of the text after the events before this index.
     * A caller who has folded the start of a log away checks first that what was folded was seen.
     */
    public static int needed(List<TextEvent> log, VersionVector seen) {
        CriticalVersions version = new CriticalVersions(log, seen);
        int index = log.size();
        while (index > 0 && !version.isCritical()) {
            version.stepBefore(log.get(--index));
        }
        return index;
    }

    /**
     * One event on top of a log. If it has seen all of the log, its own splices are the result, unchecked: the text that
     * they are then applied to refuses what lies outside it.
     *
     * @param baseLength the length of the text before the first event of the log, all of which every event has seen
     * @param log each event after those that it has seen
     * @return the splices that take the text after the log to the text after the log and the event
     * @throws IllegalArgumentException if the event edits outside the text that it has seen, has seen what the log does not
     *     have, or has not seen something from before the log
     */
    public static List<Splice> transform(int baseLength, List<TextEvent> log, TextEvent incoming) {
        return transform(baseLength, log, List.of(incoming)).get(0);
    }

    /** The same for several events, each on top of the log and of those before it, in one walk. */
    public static List<List<Splice>> transform(int baseLength, List<TextEvent> log, List<TextEvent> incoming) {
        if (incoming.isEmpty()) {
            return List.of();
        }
        // What the first event has seen lies before all of them.
        VersionVector base = (log.isEmpty() ? incoming : log).get(0).seen();
        KnownEvents known = new KnownEvents(log, incoming);
        log.forEach(known::believe);
        List<List<Splice>> result = new ArrayList<>();
        boolean sequential = true;
        for (TextEvent event : incoming) {
            sequential &= known.allSeenBy(event);
            known.check(event);
            if (!event.seen().includes(base)) {
                throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent()
                        + " has not seen all that the walk starts from: " + event.seen() + ", " + base);
            }
            result.add(event.splices());
        }
        if (sequential) {
            return result;
        }
        TextTracker tracker = new TextTracker(baseLength, base, known.agents());
        BranchOrder.of(log).forEach(tracker::add);
        result.clear();
        for (TextEvent event : incoming) {
            result.add(tracker.add(event));
        }
        return result;
    }

    /**
     * All events, one on top of the other: for each the splices that take the text after those before it to the text after
     * it.
     *
     * @param baseLength the length of the text that all events have seen
     * @param events each after those that it has seen
     * @throws IllegalArgumentException as {@link #transform} does, for any of the events
     */
    public static List<List<Splice>> replay(int baseLength, List<TextEvent> events) {
        KnownEvents known = new KnownEvents(events, List.of());
        events.forEach(known::check);
        boolean[] critical = CriticalVersions.of(events);
        List<List<Splice>> result = new ArrayList<>(events.size());
        int length = baseLength;
        int start = 0;
        while (start < events.size()) {
            int end = start + 1;
            while (end < events.size() && !critical[end]) {
                end++;
            }
            length = section(length, events.subList(start, end), known.agents(), result);
            start = end;
        }
        return result;
    }

    /** The events between two critical versions; the length of the text after them. */
    private static int section(int before, List<TextEvent> events, long[] agents, List<List<Splice>> result) {
        if (events.size() == 1) {
            // It has seen all before it, and all after it has seen it.
            result.add(events.get(0).splices());
            return lengthAfter(before, events.get(0), events.get(0).splices());
        }
        TextTracker tracker = new TextTracker(before, events.get(0).seen(), agents);
        int length = before;
        for (TextEvent event : events) {
            List<Splice> splices = tracker.add(event);
            length = lengthAfter(length, event, splices);
            result.add(splices);
        }
        return length;
    }

    private static int lengthAfter(int before, TextEvent event, List<Splice> splices) {
        int length = before;
        for (Splice splice : splices) {
            if (splice.at() + splice.deleted() > length) {
                throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent()
                        + ": splice at = " + splice.at() + ", deleted = " + splice.deleted() + " in a text of length "
                        + length);
            }
            if (length > TextTracker.MOST_UNITS - Math.max(0, splice.growth())) {
                throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent()
                        + " makes the text longer than " + TextTracker.MOST_UNITS);
            }
            length += splice.growth();
        }
        return length;
    }
}
