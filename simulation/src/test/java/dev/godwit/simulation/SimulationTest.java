package dev.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A few fleets under all faults; {@code -Dseeds=2000} runs more, {@code -Dseed=…} tells one. {@code godwit simulate} is the same. */
class SimulationTest {
    private static final List<String> REACHED = List.of(
            "transactions",
            "accepted",
            "conflicts",
            "parked",
            "checkpoints compared",
            "requests lost",
            "answers cut",
            "devices killed",
            "servers killed",
            "disk errors on devices",
            "clocks set",
            "devices joined");

    @Test
    void everyPromiseHoldsInEveryRun() {
        String chosen = System.getProperty("seed", "");
        if (!chosen.isEmpty()) {
            Outcome told = Simulation.run(Plan.random(Long.parseLong(chosen), SimulationOptions.DEFAULT), true);
            told.story().forEach(System.out::println);
            assertThat(told.violation()).isNull();
            return;
        }
        int seeds = Integer.getInteger("seeds", 10);
        Campaign.Sum sum = new Campaign(2, false, soFar -> false)
                .run(1, seeds, seed -> Plan.random(seed, SimulationOptions.DEFAULT), outcome -> {});
        System.out.println("SimulationTest: " + seeds + " seeds from 1, reached "
                + sum.reach().counts());
        assertThat(sum.failures().stream()
                        .map(failure -> "-Dseed=" + failure.plan().seed() + " " + failure.violation())
                        .toList())
                .isEmpty();
        assertThat(REACHED).allMatch(what -> sum.reach().of(what) > 0);
    }

    @Test
    void theSameSeedDoesTheSame() {
        Set<String> hashes = new HashSet<>();
        SimulationOptions few = new SimulationOptions(2, 1, 25, 20, true, SimulationOptions.DEFAULT.faults());
        for (long seed : List.of(3L, 8L)) {
            Plan plan = Plan.random(seed, few);
            Outcome first = Simulation.run(plan, false);
            Outcome second = Simulation.run(plan, true);
            assertThat(second.hash()).as("seed " + seed).isEqualTo(first.hash());
            assertThat(second.reach().counts()).isEqualTo(first.reach().counts());
            assertThat(second.story()).isNotEmpty();
            assertThat(hashes.add(first.hash()))
                    .as("seed " + seed + " does what no other did")
                    .isTrue();
        }
    }

    @Test
    void aSwarmLeavesOutOtherKindsEachTimeAndNeverTheWorkItself() {
        Map<StepKind, Integer> runs = new EnumMap<>(StepKind.class);
        for (long seed = 1; seed <= 200; seed++) {
            Plan.random(seed, SimulationOptions.DEFAULT).steps().stream()
                    .map(Step::kind)
                    .distinct()
                    .forEach(kind -> runs.merge(kind, 1, Integer::sum));
        }
        for (StepKind kind : StepKind.values()) {
            boolean work = kind == StepKind.WRITE || kind == StepKind.SYNC;
            // the one that not every run draws from
            int least = kind == StepKind.SERVER_CLOCK ? 15 : 30;
            assertThat(runs.get(kind)).as(kind.words()).isBetween(work ? 200 : least, work ? 200 : 120);
        }
    }
}
