package dev.godwit.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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
        for (StepKind kind : StepKind.values()) {
            int weight = kind.weight;
            if (hasPieces(seed, options) && kind.inPieces > 0) {
                weight = kind.inPieces;
            } else if (hasCopies(seed, options) && kind.withCopies >= 0) {
                weight = kind.withCopies;
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

    /** Whether no right is taken away, nothing is lost, thrown away or forgotten: then the server has no reason to refuse most work. */
    boolean refusesNothing() {
        return !hasStrays() && steps.stream().noneMatch(step -> REFUSING.contains(step.kind()));
    }

    Plan without(List<Step> left) {
        return new Plan(seed, options, left);
    }
}
