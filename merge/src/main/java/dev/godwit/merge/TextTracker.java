package dev.godwit.merge;

import dev.godwit.merge.VersionVector.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a walk (Gentle and Kleppmann, Eg-walker, 2025): every unit of the text as the author of the next event sees
 * it, and as the merge has it. It starts from a text that every event has seen and of which only the length is known, moves
 * to what an event has seen by taking back and putting on again what separates the two versions, and says what the event
 * does to the merged text. For one thread; of no use after an exception.
 */
final class TextTracker {
    static final int MOST_UNITS = 1 << 29;

    private final TextRuns runs;
    private final TextTree tree;
    private final long[] agents;
    private final Map<Long, Seen> events = new HashMap<>();
    private VersionVector at;
    private int units;
    /** What the events touched: first unit and count of units, pair by pair, in the order of the events. */
    private int[] touched = new int[256];

    private int touches;

    /** One agent's events here: number i is {@code first + i} and touched the pairs from {@code touches[i]} on. */
    private static final class Seen {
        final long first;
        int count;
        int[] from = new int[16];
        int[] to = new int[16];

        Seen(long first) {
            this.first = first;
        }

        void add(int start, int end) {
            if (count == from.length) {
                from = Arrays.copyOf(from, count * 2);
                to = Arrays.copyOf(to, count * 2);
            }
            from[count] = start;
            to[count++] = end;
        }
    }

    /**
     * @param baseLength of the text that every event has seen
     * @param base its version
     * @param agents whose events will come, ascending
     */
    TextTracker(int baseLength, VersionVector base, long[] agents) {
        if (baseLength < 0) {
            throw new IllegalArgumentException("baseLength = " + baseLength);
        }
        this.agents = agents;
        at = base;
        units = units(baseLength);
        runs = new TextRuns(units + 64);
        tree = new TextTree(runs);
        if (baseLength > 0) {
            runs.insertFirst(runs.create(0, baseLength, -1, -1));
        }
    }

    private int units(long wanted) {
        if (wanted > MOST_UNITS) {
            throw new IllegalArgumentException("a walk over " + wanted + " units; at most " + MOST_UNITS);
        }
        return (int) wanted;
    }

    /** What the event does to the text after all that came before. */
    List<Splice> add(TextEvent event) {
        moveTo(event);
        int start = touches;
        int agent = Arrays.binarySearch(agents, event.agent());
        List<Splice> result = new ArrayList<>(event.splices().size());
        for (Splice splice : event.splices()) {
            if (splice.at() + splice.deleted() > runs.prepared()) {
                throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent()
                        + ": splice at = " + splice.at() + ", deleted = " + splice.deleted() + " in a text of length "
                        + runs.prepared());
            }
            int mark = result.size();
            insert(splice, agent, result);
            delete(splice, result, mark);
        }
        events.computeIfAbsent(event.agent(), key -> new Seen(event.seq())).add(start, touches);
        at = event.version();
        return result;
    }

    private void moveTo(TextEvent event) {
        if (at.equals(event.seen())) {
            return;
        }
        for (Range range : at.beyond(event.seen())) {
            shift(range, -1, event);
        }
        for (Range range : event.seen().beyond(at)) {
            shift(range, 1, event);
        }
    }

    /** Takes back, or puts on again, what some events of one agent did. The order among them is of no account. */
    private void shift(Range range, int by, TextEvent event) {
        Seen known = events.get(range.agent());
        if (known == null || range.first() < known.first || range.last() >= known.first + known.count) {
            throw new IllegalArgumentException("event " + event.seq() + " of agent " + event.agent()
                    + (by < 0 ? " has not seen all that the walk starts from" : " has seen what the walk has not")
                    + ": events " + range.first() + " to " + range.last() + " of agent " + range.agent());
        }
        int from = 0;
        int to = 0;
        for (long seq = range.first(); seq <= range.last(); seq++) {
            int index = (int) (seq - known.first);
            for (int pair = known.from[index]; pair < known.to[index]; pair += 2) {
                int first = touched[pair];
                int end = first + touched[pair + 1];
                if (first == to) {
                    to = end;
                } else if (end == from) {
                    from = first;
                } else {
                    shiftUnits(from, to, by);
                    from = first;
                    to = end;
                }
            }
        }
        shiftUnits(from, to, by);
    }

    private void shiftUnits(int from, int to, int by) {
        int unit = from;
        while (unit < to) {
            int run = isolate(unit, to);
            runs.state(run, runs.state(run) + by);
            unit += runs.length(run);
        }
    }

    /** The run that starts with the unit and does not reach beyond the end. */
    private int isolate(int unit, int end) {
        int run = runs.runOf(unit);
        if (runs.first(run) < unit) {
            runs.split(run, unit - runs.first(run));
            run = runs.runOf(unit);
        }
        if (unit + runs.length(run) > end) {
            runs.split(run, end - unit);
            run = runs.runOf(unit);
        }
        return run;
    }

    private void insert(Splice splice, int agent, List<Splice> result) {
        String text = splice.inserted();
        int length = text.length();
        if (length == 0) {
            return;
        }
        int first = units;
        units = units((long) units + length);
        int before = -1;
        if (splice.at() > 0) {
            int left = runs.runAt(splice.at() - 1);
            before = runs.first(left) + runs.offset();
            if (before < runs.last(left)) {
                runs.split(left, runs.offset() + 1);
            }
        }
        int next = before < 0 ? runs.firstMet() : runs.nextMet(runs.runOf(before));
        int after = next != 0 && runs.origin(next) == before ? runs.first(next) : -1;
        int run;
        int inside = 0;
        if (after < 0 && before >= 0 && continues(runs.runOf(before), before, first, agent)) {
            run = runs.runOf(before);
            inside = runs.length(run);
            runs.extend(run, length);
        } else {
            run = runs.create(first, length, agent, before);
            tree.place(run, before, after);
        }
        touch(first, length);
        result.add(new Splice(runs.shownBefore(run) + inside, 0, text));
    }

    /** Whether new units go on where the last ones of all were put, so that nothing can have come between. */
    private boolean continues(int run, int before, int first, int agent) {
        return before + 1 == first && runs.agent(run) == agent && !runs.isDead(run);
    }

    /** Takes the units after what the splice has inserted. Those that somebody took before are gone already. */
    private void delete(Splice splice, List<Splice> result, int mark) {
        int place = splice.at() + splice.inserted().length();
        int rest = splice.deleted();
        while (rest > 0) {
            int found = runs.runAt(place);
            int unit = runs.first(found) + runs.offset();
            int run = isolate(unit, unit + rest);
            int length = runs.length(run);
            if (!runs.isDead(run)) {
                take(runs.shownBefore(run), length, result, mark);
                runs.kill(run);
            }
            runs.state(run, 2);
            touch(unit, length);
            rest -= length;
        }
    }

    private static void take(int at, int length, List<Splice> result, int mark) {
        int last = result.size() - 1;
        if (last >= mark) {
            Splice before = result.get(last);
            if (before.at() + before.inserted().length() == at) {
                result.set(last, new Splice(before.at(), before.deleted() + length, before.inserted()));
                return;
            }
        }
        result.add(new Splice(at, length, ""));
    }

    private void touch(int first, int length) {
        if (touches + 2 > touched.length) {
            touched = Arrays.copyOf(touched, touched.length * 2);
        }
        touched[touches++] = first;
        touched[touches++] = length;
    }
}
