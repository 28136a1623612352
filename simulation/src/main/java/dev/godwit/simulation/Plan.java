package dev.godwit.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Everything that a run does, drawn from its seed before it begins. Each step brings a seed of its own, so a shorter plan is
 * the same story with something left out.
 */
record Plan(long seed, SimulationOptions options, List<Step> steps) {
    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600_000;
    private static final Set<StepKind> REFUSING = EnumSet.of(
            StepKind.REVOKE,
            StepKind.READ_ONLY,
            StepKind.RESTORE_DEVICE,
            StepKind.CLONE_DEVICE,
            StepKind.RESTORE_SERVER,
            StepKind.SETTLE_PARKED,
            StepKind.FORGET);

    /** How often what puts older databases back is drawn where that is what a run is about; and not what needs the rows to be sure of. */
    private static final Map<StepKind, Integer> IN_PIECES =
            Map.of(StepKind.SECOND_PROCESS, 10, StepKind.CLONE_DEVICE, 4, StepKind.REVOKE, 2, StepKind.GRANT, 6);

    private static final Map<StepKind, Integer> WITH_COPIES = Map.of(
            StepKind.LONG_ABSENCE, 0,
            StepKind.FORGET, 8,
            StepKind.RESTORE_DEVICE, 0,
            StepKind.CLONE_DEVICE, 8,
            StepKind.RESTORE_SERVER, 0);
    private static final Map<StepKind, Integer> IN_RETURNS = Map.of(
            StepKind.BACK_UP_SERVER, 6,
            StepKind.RESTORE_SERVER, 8,
            StepKind.BACK_UP_DEVICE, 5,
            StepKind.RESTORE_DEVICE, 5,
            StepKind.CLONE_DEVICE, 3,
            StepKind.SETTLE_PARKED, 0,
            StepKind.DECIDE_CONFLICT, 0,
            StepKind.UNDO, 0);

    Plan {
        steps = List.copyOf(steps);
    }

    static Plan random(long seed, SimulationOptions options) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        List<StepKind> bag = bag(seed, random, options);
        long mean = 24L * HOUR * options.days() / options.steps();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < options.steps(); i++) {
            steps.add(new Step(
                    i + 1,
                    bag.get(random.nextInt(bag.size())),
                    random.nextInt(options.devices()),
                    pause(random, mean),
                    random.nextLong()));
        }
        return new Plan(seed, options, steps);
    }

    /** Each kind as often as it is heavy. A swarm leaves some out, and has the others twice; writes and syncs are in all. */
    private static List<StepKind> bag(long seed, Random random, SimulationOptions options) {
        List<StepKind> bag = new ArrayList<>();
        Map<StepKind, Integer> own = weights(seed, options);
        for (StepKind kind : StepKind.values()) {
            int weight = kind.weight;
            if (own.containsKey(kind)) {
                weight = own.get(kind);
            } else if (kind == StepKind.SERVER_CLOCK) {
                // it takes no part in the drawing, so that the seeds of old still tell what they told
                weight = hasBoxes(seed, options) ? kind.weight : 0;
            } else if (options.swarm() && kind != StepKind.WRITE && kind != StepKind.SYNC) {
                weight = random.nextBoolean() ? 2 * kind.weight : 0;
            }
            for (int i = 0; i < weight && options.faults().contains(kind.fault); i++) {
                bag.add(kind);
            }
        }
        return bag;
    }

    /** How often what a run is about is drawn in it, where that is another number than in most. */
    private static Map<StepKind, Integer> weights(long seed, SimulationOptions options) {
        if (hasPieces(seed, options)) {
            return IN_PIECES;
        }
        if (hasCopies(seed, options)) {
            return WITH_COPIES;
        }
        return hasReturns(seed, options) ? IN_RETURNS : Map.of();
    }

    /** Mostly moments, sometimes the better part of a day; about {@code mean} on average. */
    private static long pause(Random random, long mean) {
        int dice = random.nextInt(20);
        if (dice == 0) {
            return (long) (random.nextDouble() * mean * 24);
        }
        return dice < 6 ? (long) (random.nextDouble() * mean) : (long) (random.nextDouble() * 5 * SECOND);
    }

    /** Whether devices sync by themselves too: in every third run of a swarm. */
    boolean hasBackgrounds() {
        return options.swarm() && seed % 3 == 0;
    }

    /** Whether machines are started in the end on which nobody opens the application: in every second run with backgrounds. */
    boolean hasRestarts() {
        return hasBackgrounds() && seed % 6 == 0;
    }

    /** Whether there are boxes: in every sixth run of a swarm, in which nothing syncs by itself. */
    boolean hasBoxes() {
        return hasBoxes(seed, options);
    }

    private static boolean hasBoxes(long seed, SimulationOptions options) {
        return options.swarm() && seed % 6 == 2;
    }

    /**
     * Whether copies of devices and a server that soon forgets meet what is put into boxes: in every second run that has some.
     * A device is copied over what it has not sent, and what is on its way to the server is so for as long as that remembers.
     */
    boolean hasCopies() {
        return hasCopies(seed, options);
    }

    private static boolean hasCopies(long seed, SimulationOptions options) {
        return options.swarm() && seed % 12 == 2;
    }

    /**
     * Whether downloads come in pieces, with syncs of others between them: in every sixth run of a swarm. Pages are small, every
     * second answer is cut, newcomers and scopes that are given back begin anew, and second processes sync.
     */
    boolean hasPieces() {
        return hasPieces(seed, options);
    }

    private static boolean hasPieces(long seed, SimulationOptions options) {
        return options.swarm() && seed % 6 == 4;
    }

    /**
     * Whether work strays: in every sixth run of a swarm. It goes into scopes that its device does not sync, and texts are edited
     * in transactions that may be refused for something else.
     */
    boolean hasStrays() {
        return options.swarm() && seed % 6 == 5;
    }

    /** Whether texts have gaps, which words fill so that the length stays: in every second run in which work strays. */
    boolean hasGaps() {
        return options.swarm() && seed % 12 == 5;
    }

    /**
     * Whether older databases are put back again and again: in every twelfth run of a swarm. Much of the work is about rows under
     * keys that others take, everybody writes notes on them, and syncs break off behind any answer, with a note on what is shown.
     */
    boolean hasReturns() {
        return hasReturns(seed, options);
    }

    private static boolean hasReturns(long seed, SimulationOptions options) {
        return options.swarm() && seed % 12 == 1;
    }

    /** Whether no right is taken away, nothing is lost, thrown away or forgotten: then the server has no reason to refuse most work. */
    boolean refusesNothing() {
        return !hasStrays() && steps.stream().noneMatch(step -> REFUSING.contains(step.kind()));
    }

    Plan without(List<Step> left) {
        return new Plan(seed, options, left);
    }
}
