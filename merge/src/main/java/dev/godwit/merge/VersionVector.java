package dev.godwit.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many events of each agent somebody has seen. An agent numbers its events from 1 and nobody sees one without those
 * before it, so one count says which. An agent that is not named has count 0.
 *
 * <p>Law: {@link #compare} is a partial order (BEFORE or EQUAL, that is), and {@link #join} its least upper bound. Versions
 * are compared by what they include; that neither includes the other is what "concurrent" means. Immutable.
 */
public final class VersionVector {
    /** How one version stands to another. */
    public enum Order {
        BEFORE,
        AFTER,
        EQUAL,
        CONCURRENT
    }

    /** The events {@code first} to {@code last} of one agent, both included. */
    public record Range(long agent, long first, long last) {}

    private static final VersionVector NONE = new VersionVector(new long[0], new long[0]);

    /** Ascending, and only those with a count. */
    private final long[] agents;

    private final long[] counts;

    private VersionVector(long[] agents, long[] counts) {
        this.agents = agents;
        this.counts = counts;
    }

    /** Nothing was seen. */
    public static VersionVector none() {
        return NONE;
    }

    /** @throws IllegalArgumentException if a count is negative */
    public static VersionVector of(Map<Long, Long> counts) {
        long[] agents = new long[counts.size()];
        long[] numbers = new long[counts.size()];
        int size = 0;
        for (Map.Entry<Long, Long> entry : new TreeMap<>(counts).entrySet()) {
            if (checked(entry.getKey(), entry.getValue()) > 0) {
                agents[size] = entry.getKey();
                numbers[size++] = entry.getValue();
            }
        }
        return new VersionVector(Arrays.copyOf(agents, size), Arrays.copyOf(numbers, size));
    }

    /** This version, but with that count for that agent, be it more or less. */
    public VersionVector with(long agent, long count) {
        checked(agent, count);
        int at = Arrays.binarySearch(agents, agent);
        if (at >= 0 && count > 0) {
            long[] changed = counts.clone();
            changed[at] = count;
            return new VersionVector(agents, changed);
        }
        if (at < 0 && count == 0) {
            return this;
        }
        Map<Long, Long> changed = toMap();
        changed.put(agent, count);
        return of(changed);
    }

    /** How many events of that agent are included. */
    public long count(long agent) {
        int at = Arrays.binarySearch(agents, agent);
        return at < 0 ? 0 : counts[at];
    }

    /** Whether the agent's event of that number was seen. */
    public boolean includes(long agent, long seq) {
        return seq <= count(agent);
    }

    /** Whether everything that the other has seen was seen. */
    public boolean includes(VersionVector other) {
        int mine = 0;
        for (int i = 0; i < other.agents.length; i++) {
            while (mine < agents.length && agents[mine] < other.agents[i]) {
                mine++;
            }
            if (mine == agents.length || agents[mine] != other.agents[i] || counts[mine] < other.counts[i]) {
                return false;
            }
        }
        return true;
    }

    /** BEFORE if the other has seen all of this and more, AFTER if it is the other way round. */
    public Order compare(VersionVector other) {
        boolean includes = includes(other);
        if (other.includes(this)) {
            return includes ? Order.EQUAL : Order.BEFORE;
        }
        return includes ? Order.AFTER : Order.CONCURRENT;
    }

    /** What either has seen. */
    public VersionVector join(VersionVector other) {
        if (includes(other)) {
            return this;
        }
        Map<Long, Long> joined = toMap();
        for (int i = 0; i < other.agents.length; i++) {
            joined.merge(other.agents[i], other.counts[i], Math::max);
        }
        return of(joined);
    }

    /** The events that this has seen and the other has not: one range at most for an agent, by agent. */
    public List<Range> beyond(VersionVector other) {
        List<Range> ranges = new ArrayList<>();
        int theirs = 0;
        for (int i = 0; i < agents.length; i++) {
            while (theirs < other.agents.length && other.agents[theirs] < agents[i]) {
                theirs++;
            }
            boolean known = theirs < other.agents.length && other.agents[theirs] == agents[i];
            long seen = known ? other.counts[theirs] : 0;
            if (seen < counts[i]) {
                ranges.add(new Range(agents[i], seen + 1, counts[i]));
            }
        }
        return ranges;
    }

    /** The counts by agent, in a map of the caller's own, ascending. */
    public Map<Long, Long> toMap() {
        Map<Long, Long> map = new TreeMap<>();
        for (int i = 0; i < agents.length; i++) {
            map.put(agents[i], counts[i]);
        }
        return map;
    }

    private static long checked(long agent, long count) {
        if (count < 0) {
            throw new IllegalArgumentException("count = " + count + " of agent " + agent);
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof VersionVector version
                        && Arrays.equals(agents, version.agents)
                        && Arrays.equals(counts, version.counts));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(agents) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
