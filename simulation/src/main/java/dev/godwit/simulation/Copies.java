package dev.godwit.simulation;

import dev.godwit.simulation.StepKind.Fault;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Copies of devices: kept, put back, opened as devices of their own; and devices that join. */
final class Copies {
    private static final int COPIES_AT_MOST = 2;

    private final World world;
    private final Workload workload;
    private final Actions actions;
    private final Map<String, Integer> deviceMarks = new HashMap<>();
    private int made;

    Copies(World world, Workload workload, Actions actions) {
        this.world = world;
        this.workload = workload;
        this.actions = actions;
    }

    private Path backupOf(SimulatedDevice device) {
        return world.folder().resolve(device.name + ".backup");
    }

    String backUp(SimulatedDevice device) {
        DatabaseFiles.copy(device.file, backupOf(device));
        deviceMarks.put(device.name, world.expectations().mark());
        return "";
    }

    String restore(SimulatedDevice device) {
        Integer mark = deviceMarks.get(device.name);
        if (mark == null || device.isSyncing()) {
            return Actions.NOTHING;
        }
        device.bury();
        DatabaseFiles.copy(backupOf(device), device.file);
        world.expectations().excuseSince(device, mark);
        world.expectations().forgetAges();
        world.open(device);
        world.reach().count("devices restored");
        // often it comes as it was, before anything new is written
        return mark % 2 == 0 ? actions.sync(device, Weather.FAIR) : "";
    }

    String copy(Step step, SimulatedDevice device, Random random) {
        if (made == COPIES_AT_MOST) {
            return Actions.NOTHING;
        }
        made++;
        if (world.plan().hasReturns()) {
            return copyThatIsLate(step, device, random);
        }
        if (world.plan().options().swarm() && random.nextBoolean()) {
            return join(device, random);
        }
        return "as " + copied(device, made).name;
    }

    /** The copy of a device that has this number. */
    SimulatedDevice copied(SimulatedDevice device, int number) {
        SimulatedDevice clone = copyOf(device, number);
        open(clone);
        return clone;
    }

    private void open(SimulatedDevice clone) {
        world.open(clone);
        world.reach().count("devices cloned");
    }

    /** Of a device with rows that may get other keys: it sends them, and the copy hears of it. */
    private String copyThatIsLate(Step step, SimulatedDevice device, Random random) {
        SimulatedDevice other =
                world.devices().get((step.device() + 1) % world.plan().options().devices());
        if (device.isSyncing()
                || other.isSyncing()
                || !other.isUp()
                || !world.server().isUp()) {
            return Actions.NOTHING;
        }
        String said;
        try {
            said = actions.locally(other, () -> workload.claims().makeSome(other, random, workload.team(other, random)))
                    + actions.sync(other, Weather.FAIR);
        } finally {
            // nobody looks after who dies in another's step
            world.afterwards(other, false);
        }
        if (!device.isUp() || device.isSyncing()) {
            return said + ", and it is gone meanwhile";
        }
        said += " | "
                + actions.locally(
                        device, () -> workload.claims().makeSome(device, random, workload.team(device, random)));
        SimulatedDevice clone = copyOf(device, made);
        said += " | " + actions.sync(device, Weather.FAIR);
        open(clone);
        try {
            return said + " | as " + clone.name + ": " + actions.syncInPart(clone, random);
        } finally {
            world.afterwards(clone, false);
        }
    }

    private SimulatedDevice copyOf(SimulatedDevice device, int number) {
        SimulatedDevice clone = world.add(device.name + "c" + number, device.subject, device.scopes);
        DatabaseFiles.copy(device.file, clone.file);
        world.absences().copied(device.name, clone.name);
        return clone;
    }

    /** Somebody gets a device of his own, and its first download is interrupted. */
    private String join(SimulatedDevice like, Random random) {
        String name = "n" + made;
        SimulatedDevice newcomer = world.add(name, "newcomer" + made, like.scopes);
        newcomer.open(true);
        world.reach().count("devices joined");
        Weather cut = new Weather(Weather.Mishap.ANSWER_CUT, 0, random.nextInt(3), false, random.nextLong());
        return "as " + name + ": " + actions.sync(newcomer, world.has(Fault.NETWORK) ? cut : Weather.FAIR);
    }
}
