package dev.godwit.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.merge.MergeServer.Decided;
import dev.godwit.merge.Verdict.Loser;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.PNCounter;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.junit.jupiter.api.Test;

/** The laws of the rules for whole values and for counters, each over many random histories. */
class RuleLawsTest {
    private static final int WRITES = 100_000;
    private static final Comparator<Value> ORDER = ValueOrder.INSTANCE;
    static final List<String> STEPS = List.of("open", "assigned", "done");

    private static CellWrite anyValue(Random random, Value shown) {
        return CellWrite.set(value(random), shown);
    }

    private static Value value(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Value.NULL;
            case 1 -> Value.of(random.nextInt(3) - 0.5);
            case 2 -> Value.of("t" + random.nextInt(5));
            case 3 -> Value.of(new byte[] {(byte) random.nextInt(4)});
            default -> Value.of(random.nextInt(9) - 4);
        };
    }

    static CellWrite step(Random random, Value shown) {
        int place = random.nextInt(STEPS.size() + 1);
        return CellWrite.set(
                place == STEPS.size() ? Value.of("x" + random.nextInt(2)) : Value.of(STEPS.get(place)), shown);
    }

    static CellWrite count(Random random, Value shown) {
        return random.nextInt(4) == 0
                ? MergeServer.reset(random.nextInt(100), shown)
                : CellWrite.add(random.nextInt(21) - 10);
    }

    /** Random histories, each checked by itself and, if order does not matter, against others of the same writes. */
    private static int histories(
            ColumnRule rule,
            Value first,
            RandomHistory.Writer writer,
            boolean anyOrder,
            BiConsumer<RandomHistory, int[]> check) {
        long seed = Long.getLong("seed", 1);
        System.out.println("RuleLawsTest " + rule.getClass().getSimpleName() + " seed " + seed);
        Random random = new Random(seed);
        int[] reached = {0};
        int concurrent = 0;
        for (int writes = 0; writes < WRITES; ) {
            RandomHistory history = new RandomHistory(rule, first, writer, random, random.nextBoolean());
            if (anyOrder) {
                history.again(random, false);
                history.again(random, true);
            }
            check.accept(history, reached);
            writes += history.writes();
            concurrent += (int)
                    history.server.log.stream().filter(Decided::concurrent).count();
        }
        assertThat(concurrent).as("concurrent writes").isGreaterThan(WRITES / 20);
        return reached[0];
    }

    @Test
    void theLastWriterHasTheGreatestStamp() {
        int lost = histories(LastWriter.RULE, Value.of("first"), RuleLawsTest::anyValue, true, (history, reached) -> {
            Value last = history.first;
            for (Decided decided : history.server.log) {
                reached[0] += decided.settled().loser() == Loser.INCOMING ? 1 : 0;
            }
            last = history.server.log.stream()
                    .max(Comparator.comparing(Decided::stamp))
                    .map(decided -> decided.push().write().value())
                    .orElse(last);
            assertThat(history.server.value).isEqualTo(last);
        });
        assertThat(lost).as("writes that lost").isGreaterThan(1_000);
    }

    @Test
    void theLastToArriveWins() {
        int lost = histories(ServerOrder.RULE, Value.of("first"), RuleLawsTest::anyValue, false, (history, reached) -> {
            Value last = history.first;
            long by = -1;
            for (Decided decided : history.server.log) {
                last = decided.push().write().value();
                assertThat(decided.settled().value()).isEqualTo(last);
                // over a value of its own a writer has seen what it overwrites
                boolean overwrites =
                        decided.concurrent() && by != decided.stamp().writer() && !last.equals(decided.before());
                by = decided.stamp().writer();
                assertThat(decided.settled().loser()).isEqualTo(overwrites ? Loser.STORED : Loser.NONE);
                reached[0] += overwrites ? 1 : 0;
            }
        });
        assertThat(lost).as("values that were overwritten unseen").isGreaterThan(1_000);
    }

    @Test
    void theGreatestAndTheSmallestValueOfAllStay() {
        for (ColumnRule rule : List.of(Extremum.MAX, Extremum.MIN)) {
            Comparator<Value> order = rule == Extremum.MAX ? ORDER : ORDER.reversed();
            int kept = histories(rule, Value.of(0), RuleLawsTest::anyValue, true, (history, reached) -> {
                List<Value> all = new ArrayList<>(List.of(history.first));
                for (Decided decided : history.server.log) {
                    all.add(decided.push().write().value());
                    reached[0] += decided.settled().taken() ? 0 : 1;
                }
                all.removeIf(Value::isNull);
                assertThat(history.server.value)
                        .isEqualTo(all.stream().max(order).orElseThrow());
            });
            assertThat(kept).as("writes that changed nothing").isGreaterThan(1_000);
        }
    }

    @Test
    void theFirstValueStays() {
        int refused = histories(FirstWrite.RULE, Value.NULL, RuleLawsTest::anyValue, false, (history, reached) -> {
            Value expected = Value.NULL;
            for (Decided decided : history.server.log) {
                Value written = decided.push().write().value();
                expected = expected.isNull() ? written : expected;
                assertThat(decided.settled().value()).isEqualTo(expected);
                assertThat(decided.settled().loser() == Loser.INCOMING).isEqualTo(!written.equals(expected));
                reached[0] += written.equals(expected) ? 0 : 1;
            }
        });
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void aPersonDecidesAboutEveryWriteThatHadNotSeenTheCell() {
        int asked = histories(Manual.RULE, Value.NULL, RuleLawsTest::anyValue, false, (history, reached) -> {
            for (Decided decided : history.server.log) {
                Verdict.Settled settled = decided.settled();
                Value written = decided.push().write().value();
                boolean clash = decided.concurrent() && !written.equals(decided.before());
                assertThat(settled.undecided()).isEqualTo(clash);
                assertThat(settled.value()).isEqualTo(decided.concurrent() ? decided.before() : written);
                reached[0] += clash ? 1 : 0;
            }
        });
        assertThat(asked).isGreaterThan(1_000);
    }

    @Test
    void threeWaysLoseNothingUnsaid() {
        RandomHistory.Writer writer = (random, shown) -> {
            List<String> lines = LineDiff.lines(shown.asText());
            lines.set(random.nextInt(lines.size()), "line " + random.nextInt(20) + "\n");
            return CellWrite.set(Value.of(String.join("", lines)), shown);
        };
        int merged = histories(ThreeWay.RULE, Value.of("a\nb\nc\nd\n"), writer, false, (history, reached) -> {
            for (Decided decided : history.server.log) {
                Verdict.Settled settled = decided.settled();
                List<String> base =
                        LineDiff.lines(decided.push().write().baseOrNull().asText());
                List<String> incoming =
                        LineDiff.lines(decided.push().write().value().asText());
                List<String> after = LineDiff.lines(settled.value().asText());
                for (String line : incoming) {
                    assertThat(base.contains(line) || after.contains(line) || settled.undecided())
                            .as("%s in %s", line, decided)
                            .isTrue();
                }
                boolean both = decided.concurrent() && !settled.undecided() && !after.equals(incoming);
                reached[0] += both ? 1 : 0;
            }
        });
        assertThat(merged).as("clean merges").isGreaterThan(1_000);
    }

    @Test
    void aPlaceInTheListWinsUnlessItsWriterHadSeenAHigherOne() {
        int back = histories(new Precedence(STEPS), Value.of("open"), RuleLawsTest::step, true, (history, reached) -> {
            for (Decided decided : history.server.log) {
                Verdict.Settled settled = decided.settled();
                Value written = decided.push().write().value();
                if (!decided.concurrent()) {
                    assertThat(settled.value()).isEqualTo(written);
                }
                int before = place(decided.before());
                boolean backwards = place(written) < before && settled.value().equals(written);
                reached[0] += backwards ? 1 : 0;
            }
        });
        assertThat(back).as("writes that went back").isGreaterThan(1_000);
    }

    private static int place(Value value) {
        return STEPS.indexOf(value.asText());
    }

    /** From the greatest reset, every delta that its writer had not seen. */
    private static long counted(RandomHistory history) {
        List<Decided> log = history.server.log;
        int reset = -1;
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).push().write().role() == ColumnRole.RESET
                    && (reset < 0 || log.get(i).stamp().compareTo(log.get(reset).stamp()) > 0)) {
                reset = i;
            }
        }
        long sum = reset < 0
                ? history.first.asLong()
                : log.get(reset).push().write().value().asLong();
        for (int i = 0; i < log.size(); i++) {
            boolean own = reset >= 0
                    && log.get(i).push().writer() == log.get(reset).push().writer();
            boolean seen = reset >= 0 && (i < log.get(reset).push().seenCommits() || (own && i < reset));
            if (log.get(i).push().write().role() == ColumnRole.ADD && !seen) {
                sum += log.get(i).push().write().value().asLong();
            }
        }
        return sum;
    }

    @Test
    void aCounterIsItsGreatestResetAndTheDeltasThatItHadNotSeen() {
        int unseen = histories(Counter.RULE, Value.of(7), RuleLawsTest::count, true, (history, reached) -> {
            assertThat(history.server.value.asLong())
                    .as("%s", history.server.log)
                    .isEqualTo(counted(history));
            reached[0] += (int) history.server.log.stream()
                    .filter(d -> d.concurrent() && d.push().write().role() == ColumnRole.RESET)
                    .count();
        });
        assertThat(unseen).as("resets that had not seen all").isGreaterThan(1_000);
    }

    @Test
    void anIndependentCounterAgrees() {
        RandomHistory.Writer writer = (random, shown) -> CellWrite.add(random.nextInt(21) - 10);
        histories(Counter.RULE, Value.of(0), writer, true, (history, reached) -> {
            Map<Long, PNCounter> replicas = new HashMap<>();
            for (Decided decided : history.server.log) {
                long writerNumber = decided.push().writer();
                SelfUniqueAddress node =
                        new SelfUniqueAddress(new UniqueAddress(new Address("pekko", "test", "host", 1), writerNumber));
                PNCounter own = replicas.getOrDefault(writerNumber, PNCounter.create());
                long delta = decided.push().write().value().asLong();
                replicas.put(writerNumber, own.increment(node, delta));
            }
            PNCounter all = PNCounter.create();
            for (PNCounter replica : replicas.values()) {
                all = all.merge(replica);
            }
            assertThat(history.server.value).isEqualTo(Value.of(all.getValue().longValueExact()));
        });
    }

    @Test
    void theOrderOfValuesIsTotal() {
        long seed = Long.getLong("seed", 1);
        System.out.println("RuleLawsTest ValueOrder seed " + seed);
        Random random = new Random(seed);
        List<Value> edges = new ArrayList<>(List.of(
                Value.NULL,
                Value.of(0L),
                Value.of(0.0),
                Value.of(-0.0),
                Value.of(1L << 53),
                Value.of((1L << 53) + 1),
                Value.of((double) (1L << 53)),
                Value.of(Long.MAX_VALUE),
                Value.of(Long.MIN_VALUE),
                Value.of(9.223372036854775807e18),
                Value.of(-9.223372036854775808e18),
                Value.of(Double.POSITIVE_INFINITY),
                Value.of(Double.NEGATIVE_INFINITY),
                Value.of(Double.MIN_VALUE),
                Value.of(""),
                Value.of("\uffff"),
                Value.of("\ud83d\ude00"),
                Value.of("a"),
                Value.of("ab"),
                Value.of(new byte[0]),
                Value.of(new byte[] {-1}),
                Value.of(new byte[] {1})));
        for (int i = 0; i < 20; i++) {
            edges.add(value(random));
            edges.add(Value.of(Double.longBitsToDouble(random.nextLong())));
            edges.add(Value.of(random.nextLong()));
        }
        for (Value a : edges) {
            for (Value b : edges) {
                int ab = Integer.signum(ORDER.compare(a, b));
                assertThat(ab).as("%s %s", a, b).isEqualTo(-Integer.signum(ORDER.compare(b, a)));
                assertThat(ab == 0).as("%s %s", a, b).isEqualTo(a.equals(b));
                for (Value c : edges) {
                    if (ab <= 0 && ORDER.compare(b, c) <= 0) {
                        assertThat(ORDER.compare(a, c)).as("%s %s %s", a, b, c).isLessThanOrEqualTo(0);
                    }
                }
            }
        }
    }
}
