package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.merge.VersionVector.Order;
import dev.godwit.merge.VersionVector.Range;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The laws, against what a version means: a set of events. */
class VersionVectorTest {
    private static final long[] AGENTS = {Long.MIN_VALUE, -1, 0, 7, Long.MAX_VALUE};

    private record Event(long agent, long seq) {}

    private static long seed() {
        String chosen = System.getProperty("seed", "");
        return chosen.isEmpty() ? 1 : Long.parseLong(chosen);
    }

    private static VersionVector random(Random random) {
        Map<Long, Long> counts = new HashMap<>();
        for (long agent : AGENTS) {
            counts.put(agent, (long) random.nextInt(3));
        }
        return VersionVector.of(counts);
    }

    private static Set<Event> events(VersionVector version) {
        Set<Event> events = new HashSet<>();
        version.toMap().forEach((agent, count) -> {
            for (long seq = 1; seq <= count; seq++) {
                events.add(new Event(agent, seq));
            }
        });
        return events;
    }

    private static Order order(Set<Event> one, Set<Event> other) {
        if (one.equals(other)) {
            return Order.EQUAL;
        }
        return other.containsAll(one) ? Order.BEFORE : one.containsAll(other) ? Order.AFTER : Order.CONCURRENT;
    }

    @Test
    void versionsStandToEachOtherAsTheSetsOfTheirEvents() {
        System.out.println("-Dseed=" + seed());
        Random random = new Random(seed());
        Map<Order, Integer> reached = new EnumMap<>(Order.class);
        for (int i = 0; i < 20_000; i++) {
            VersionVector a = random(random);
            VersionVector b = random.nextInt(3) == 0 ? a.join(random(random)) : random(random);
            Set<Event> union = new HashSet<>(events(a));
            union.addAll(events(b));
            assertThat(a.compare(b)).isEqualTo(order(events(a), events(b)));
            assertThat(a.includes(b)).isEqualTo(events(a).containsAll(events(b)));
            assertThat(events(a.join(b))).isEqualTo(union);
            assertThat(a.equals(b)).isEqualTo(events(a).equals(events(b)));
            assertThat(difference(a, b)).isEqualTo(without(events(a), events(b)));
            reached.merge(a.compare(b), 1, Integer::sum);
        }
        assertThat(reached)
                .hasSize(4)
                .allSatisfy((order, times) -> assertThat(times).isGreaterThan(10));
    }

    private static Set<Event> difference(VersionVector a, VersionVector b) {
        Set<Event> events = new HashSet<>();
        for (Range range : a.beyond(b)) {
            for (long seq = range.first(); seq <= range.last(); seq++) {
                assertThat(events.add(new Event(range.agent(), seq))).isTrue();
            }
        }
        return events;
    }

    private static Set<Event> without(Set<Event> events, Set<Event> others) {
        Set<Event> rest = new HashSet<>(events);
        rest.removeAll(others);
        return rest;
    }

    @Test
    void comparisonIsAPartialOrderAndTheJoinItsLeastUpperBound() {
        System.out.println("-Dseed=" + seed());
        Random random = new Random(seed());
        int bounds = 0;
        for (int i = 0; i < 20_000; i++) {
            VersionVector a = random(random);
            VersionVector b = a.join(random(random));
            VersionVector c = b.join(random(random));
            assertThat(a.compare(a)).isEqualTo(Order.EQUAL);
            assertThat(c.includes(a)).as("transitive").isTrue();
            assertThat(a.compare(b) == Order.BEFORE).as("antisymmetric").isEqualTo(b.compare(a) == Order.AFTER);
            VersionVector d = random(random);
            VersionVector e = random(random);
            assertThat(a.join(d)).isEqualTo(d.join(a)).hasSameHashCodeAs(d.join(a));
            assertThat(a.join(d).join(e)).isEqualTo(a.join(d.join(e)));
            assertThat(a.join(a)).isEqualTo(a);
            assertThat(a.join(d).includes(a) && a.join(d).includes(d)).isTrue();
            if (e.includes(a) && e.includes(d)) {
                assertThat(e.includes(a.join(d))).as("least").isTrue();
                bounds++;
            }
        }
        assertThat(bounds).as("upper bounds met").isGreaterThan(10);
    }

    @Test
    void aCountOfNothingIsNotThere() {
        VersionVector version = VersionVector.none().with(3, 2).with(-4, 1);
        assertThat(version.with(3, 0)).isEqualTo(VersionVector.none().with(-4, 1));
        assertThat(VersionVector.of(Map.of(5L, 0L))).isEqualTo(VersionVector.none());
        assertThat(version.with(9, 0)).isEqualTo(version);
        assertThat(version.with(3, 1).count(3)).isEqualTo(1);
        assertThat(version.count(3)).isEqualTo(2);
        assertThat(version.includes(3, 2)).isTrue();
        assertThat(version.includes(3, 3)).isFalse();
        assertThat(version).hasToString("{-4=1, 3=2}");
        assertThat(new ArrayList<>(version.toMap().keySet())).isEqualTo(List.of(-4L, 3L));
    }

    @Test
    void negativeCountsAreRefused() {
        assertThatThrownBy(() -> VersionVector.none().with(1, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("count = -1 of agent 1");
        assertThatThrownBy(() -> VersionVector.of(Map.of(2L, -7L))).isInstanceOf(IllegalArgumentException.class);
    }
}
