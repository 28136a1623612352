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
 * @param faults what goes wrong
 */
record SimulationOptions(int devices, int days, int steps, Set<Fault> faults) {
    static final SimulationOptions DEFAULT = new SimulationOptions(3, 4, 200, EnumSet.allOf(Fault.class));

    SimulationOptions {
        check("--devices", devices, 1, 20);
        check("--days", days, 1, 400);
        check("--steps", steps, 1, 100_000);
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
