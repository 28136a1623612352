package dev.godwit.merge;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of a text as bytes, with all that each of them says: what is typed in one go, an event a letter, costs little
 * more than its letters.
 *
 * <p>Format, numbers as {@link SpliceCodec} has them: the number 1; the number of agents and the agents ascending, each as
 * the signed distance from the one before; then five columns, each its length, the length of its deflated form, and that.
 *
 * <ol>
 *   <li>Groups of events that are alike: agent (its index) times three plus what they have seen, how many splices each, how
 *       many events. Seen is 0: what the agent's event before saw, and that event; 1: all events before; 2: explicit, for
 *       one event, the number of differences from 0 and for each the agent and the signed difference.
 *   <li>Runs of splices, whichever events they are of: eight times one less than their number, plus their {@link SpliceRun}
 *       kind.
 *   <li>Where runs start: the signed distance from where the run before ended.
 *   <li>The sizes that kinds leave open.
 *   <li>What was inserted, in UTF-8.
 * </ol>
 */
public final class TextLog {
    static final int FORMAT = 1;
    static final int COLUMNS = 5;
    static final int GROUPS = 0;
    static final int RUNS = 1;
    static final int PLACES = 2;
    static final int SIZES = 3;
    static final int TEXT = 4;

    static final int SEEN_OWN = 0;
    static final int SEEN_ALL = 1;
    static final int SEEN_EXPLICIT = 2;

    /**
     * What bytes may come to, since a few can stand for much.
     *
     * @param events how many events at most
     * @param splices in all of them together
     * @param agents how many different ones
     * @param bytes of all columns together
     */
    public record Bounds(int events, int splices, int agents, int bytes) {}

    private TextLog() {}

    /** The bytes of the events, in their order. */
    public static byte[] encode(List<TextEvent> events) {
        TextLogWriter writer = new TextLogWriter(events);
        events.forEach(writer::add);
        return writer.toBytes();
    }

    /**
     * The events of the bytes.
     *
     * @throws IllegalArgumentException if the bytes are not what {@link #encode} makes or come to more than the bounds
     */
    public static List<TextEvent> decode(byte[] bytes, Bounds bounds) {
        TextLogReader reader = new TextLogReader(bytes, bounds);
        List<TextEvent> events = new ArrayList<>();
        while (reader.hasNext()) {
            events.add(reader.next());
        }
        reader.end();
        return events;
    }
}
