package dev.godwit.simulation;

import dev.godwit.simulation.StepKind.Fault;
import java.util.EnumSet;
import java.util.Set;

/**
 * How large a run is and what goes wrong in it.
 *
 * @param devices how many devices there are at first; copies come on top
 * @param days about how many days pass
 * @param steps how many steps there are
 * @param burst how many transactions an application makes in a row, at most
 * @param swarm whether each run leaves out about half of the kinds of steps, and does the others more often: many different
 *     small worlds find more than many alike (Groce and others, Swarm Testing, ISSTA 2012)
 * @param faults what goes wrong
 */
record SimulationOptions(int devices, int days, int steps, int burst, boolean swarm, Set<Fault> faults) {
    /** What most bursts are, whatever the bound. */
    static final int SHORT_BURST = 5;

    static final int DEVICES = 3;
    static final int DAYS = 4;
    static final int STEPS = 50;
    static final int BURST = 80;

    static final SimulationOptions DEFAULT =
            new SimulationOptions(DEVICES, DAYS, STEPS, BURST, true, EnumSet.allOf(Fault.class));

    /** Long runs in which everything happens. */
    static final SimulationOptions EVEN =
            new SimulationOptions(DEVICES, DAYS, 200, SHORT_BURST, false, EnumSet.allOf(Fault.class));

    SimulationOptions {
        check("--devices", devices, 1, 20);
        check("--days", days, 1, 400);
        check("--steps", steps, 1, 100_000);
        check("--burst", burst, 1, 1_000);
        EnumSet<Fault> all = EnumSet.of(Fault.NONE);
        all.addAll(faults);
        faults = all;
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " = " + value + ": it is from " + least + " to " + most);
        }
    }
}
