package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a constraint says at a moment, by examples and by laws over generated constraints and devices. */
class EvaluationTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long NOON = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    private static Evaluation evaluate(String constraint, ConditionSnapshot device) {
        return Evaluation.of(Constraint.parse(constraint), device, NOON, 0);
    }

    private static ConditionSnapshot device(Fact fact, Truth truth) {
        return new ConditionSnapshot(Map.of(fact, new Reading(truth, "a test", 0)), Map.of(), -1);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            connected, true
            unmetered, false
            not-roaming, true
            validated, true
            charging, false
            battery-not-low, true
            idle, false
            storage-not-low, true
            free(1000), true
            custom(vpn), false
            all(), true
            """)
    void ofWhatIsUnknownTheTableDecides(String leaf, boolean met) {
        Evaluation unknown = evaluate(leaf, ConditionSnapshot.UNKNOWN);
        Evaluation opposite = evaluate("not(" + leaf + ")", ConditionSnapshot.UNKNOWN);
        assertThat(unknown.met()).isEqualTo(met);
        assertThat(opposite.met()).isEqualTo(!met);
        if (!leaf.equals("all()")) {
            assertThat(unknown.truth()).isEqualTo(Truth.UNKNOWN);
            assertThat(opposite.truth()).isEqualTo(Truth.UNKNOWN);
        }
        for (Fact fact : Fact.values()) {
            if (ConstraintText.word(fact).equals(leaf)) {
                assertThat(fact.ifUnknown()).isEqualTo(met);
            }
        }
    }

    @Test
    void whatIsSaidOfANetworkDoesNotHoldWithoutOne() {
        Reading yes = new Reading(Truth.TRUE, "a test", 0);
        Reading no = new Reading(Truth.FALSE, "a test", 0);
        ConditionSnapshot stale = new ConditionSnapshot(Map.of(Fact.CONNECTED, no, Fact.UNMETERED, yes), Map.of(), -1);
        assertThat(evaluate("unmetered", stale).truth()).isEqualTo(Truth.FALSE);
        assertThat(evaluate("unmetered", stale).met()).isFalse();
        assertThat(Evaluation.of(Constraint.metered(), stale, NOON, 0).met()).isFalse();
        assertThat(evaluate("not-roaming", device(Fact.CONNECTED, Truth.FALSE)).met())
                .isFalse();
        assertThat(evaluate("unmetered", device(Fact.UNMETERED, Truth.TRUE)).met())
                .isTrue();
        assertThat(Evaluation.of(Constraint.metered(), device(Fact.CONNECTED, Truth.TRUE), NOON, 0)
                        .met())
                .as("metered unknown is taken as metered")
                .isTrue();
    }

    @Test
    void whatIsMissingIsToldByLeafAndAsAWhole() {
        ConditionSnapshot offline = device(Fact.CONNECTED, Truth.FALSE);
        Evaluation waiting =
                evaluate("all(unmetered,storage-not-low,any(charging,free(5),all(idle,connected)))", offline);
        assertThat(waiting.unmet()).as("free bytes are unknown, so enough").containsExactly(Constraint.unmetered());
        assertThat(waiting.missing().readable()).isEqualTo("an unmetered network");
        Evaluation both = evaluate("all(unmetered,storage-not-low,any(charging,all(idle,battery-not-low)))", offline);
        assertThat(both.unmet()).containsExactly(Constraint.unmetered(), Constraint.charging(), Constraint.idle());
        assertThat(both.missing().readable()).isEqualTo("an unmetered network, and charging or an idle device");
        Evaluation not = evaluate("not(any(charging,not(connected),all()))", offline);
        assertThat(not.unmet()).as("what is always so has no leaf").containsExactly(Constraint.connected());
        assertThat(evaluate("not(all())", offline).unmet()).containsExactly(Constraint.NONE.not());
        assertThat(evaluate("soft(all(unmetered,connected),1000)", offline)
                        .missing()
                        .readable())
                .isEqualTo("(an unmetered network and a network) (for at most 1 second)");
        Evaluation met = evaluate("free(10)", new ConditionSnapshot(Map.of(), Map.of(), 10));
        assertThat(met).isEqualTo(new Evaluation(true, Truth.TRUE, List.of(), Constraint.NONE, NEVER));
        assertThat(evaluate("free(11)", new ConditionSnapshot(Map.of(), Map.of(), 10))
                        .met())
                .isFalse();
    }

    @Test
    void softConstraintsRelaxWithAge() {
        Constraint soft = Constraint.charging().softFor(1_000);
        assertThat(Evaluation.of(soft, ConditionSnapshot.UNKNOWN, NOON, 999).met())
                .isFalse();
        assertThat(Evaluation.of(soft, ConditionSnapshot.UNKNOWN, NOON, 999).changesInMillis())
                .isEqualTo(1);
        assertThat(Evaluation.of(soft, ConditionSnapshot.UNKNOWN, NOON, 1_000))
                .isEqualTo(new Evaluation(true, Truth.TRUE, List.of(), Constraint.NONE, NEVER));
        assertThat(Evaluation.of(soft, ConditionSnapshot.UNKNOWN, NOON, -5).changesInMillis())
                .isEqualTo(1_000);
    }

    @Test
    void timeThatCannotHelpIsNotWaitedFor() {
        assertThat(evaluate("all(charging,window(13:00-14:00,UTC))", ConditionSnapshot.UNKNOWN)
                        .changesInMillis())
                .isEqualTo(NEVER);
        assertThat(evaluate("any(connected,window(13:00-14:00,UTC))", ConditionSnapshot.UNKNOWN)
                        .changesInMillis())
                .isEqualTo(NEVER);
        assertThat(evaluate("all(connected,window(13:00-14:00,UTC))", ConditionSnapshot.UNKNOWN)
                        .changesInMillis())
                .isEqualTo(3_600_000);
        assertThat(evaluate("all(soft(charging,7200000),window(13:00-15:00,UTC))", ConditionSnapshot.UNKNOWN)
                        .changesInMillis())
                .as("both are awaited")
                .isEqualTo(7_200_000);
    }

    /** Whatever turns out to be so of what is unknown: what was certain stays so, and the rule never contradicts it. */
    @Test
    void whatIsCertainStaysSoWhateverTurnsOutOfTheUnknown() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints generated = new RandomConstraints(random);
        int[] reached = new int[3];
        for (int i = 0; i < 20_000; i++) {
            Constraint constraint = generated.any(4);
            ConditionSnapshot device = generated.device();
            long waited = random.nextInt(100_000_000);
            Evaluation before = Evaluation.of(constraint, device, NOON, waited);
            Evaluation known = Evaluation.of(constraint, generated.completed(device), NOON, waited);
            reached[before.truth().ordinal()]++;
            assertThat(known.truth()).as(constraint.encode()).isEqualTo(Truth.of(known.met()));
            if (before.truth() != Truth.UNKNOWN) {
                assertThat(Truth.of(before.met())).as(constraint.encode()).isEqualTo(before.truth());
                assertThat(known.truth()).as(constraint.encode()).isEqualTo(before.truth());
            }
        }
        for (Truth truth : Truth.values()) {
            assertThat(reached[truth.ordinal()])
                    .as("times that it was " + truth)
                    .isGreaterThan(2_000);
        }
    }

    @Test
    void aConstraintAndItsOppositeAreNeverBothMetAndWhatIsMissingIsNotMet() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints generated = new RandomConstraints(random);
        int opposites = 0;
        for (int i = 0; i < 20_000; i++) {
            Constraint constraint = generated.any(4);
            ConditionSnapshot device = generated.device();
            long waited = random.nextInt(100_000_000);
            Evaluation evaluation = Evaluation.of(constraint, device, NOON, waited);
            String name = constraint.encode();
            if (!ConstraintText.isSoft(constraint)) {
                Evaluation opposite = Evaluation.of(constraint.not(), device, NOON, waited);
                assertThat(opposite.met()).as(name).isNotEqualTo(evaluation.met());
                assertThat(opposite.truth())
                        .as(name)
                        .isEqualTo(evaluation.truth().not());
                assertThat(opposite.changesInMillis()).as(name).isEqualTo(evaluation.changesInMillis());
                opposites++;
            }
            assertThat(evaluation.unmet().isEmpty()).as(name).isEqualTo(evaluation.met());
            assertThat(evaluation.missing().equals(Constraint.NONE)).as(name).isEqualTo(evaluation.met());
            assertThat(Evaluation.of(evaluation.missing(), device, NOON, waited).met())
                    .as(name)
                    .isEqualTo(evaluation.met());
            for (Constraint leaf : evaluation.unmet()) {
                assertThat(Evaluation.of(leaf, device, NOON, waited).met())
                        .as(name + ": " + leaf)
                        .isFalse();
            }
        }
        assertThat(opposites).isGreaterThan(5_000);
    }

    /** Nothing changes before the time that was told; and following the told times finds what was reached by looking often. */
    @Test
    void beforeTheTimeThatIsToldNothingChanges() {
        long seed = Long.getLong("seed", 1);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RandomConstraints generated = new RandomConstraints(random);
        int changed = 0;
        for (int i = 0; i < 3_000; i++) {
            Constraint constraint = generated.any(4);
            ConditionSnapshot device = generated.device();
            // Around the change to winter time in Berlin and New York.
            long start = Instant.parse("2026-10-24T00:00:00Z").toEpochMilli() + random.nextInt(700_000_000);
            long look = 0;
            Evaluation told = Evaluation.of(constraint, device, start, 0);
            for (long later = 0; later < 2 * 86_400_000L; later += 1_200_000 + random.nextInt(1_200_000)) {
                while (told.changesInMillis() != NEVER && look + told.changesInMillis() <= later) {
                    assertThat(told.changesInMillis()).isPositive();
                    look += told.changesInMillis();
                    Evaluation next = Evaluation.of(constraint, device, start + look, look);
                    changed += next.met() != told.met() ? 1 : 0;
                    told = next;
                }
                assertThat(told.met())
                        .as("%s at %d + %d", constraint.encode(), start, later)
                        .isEqualTo(Evaluation.of(constraint, device, start + later, later)
                                .met());
            }
        }
        assertThat(changed).isGreaterThan(1_000);
    }
}
