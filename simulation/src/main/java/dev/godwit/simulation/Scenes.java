package dev.godwit.simulation;

import dev.godwit.testing.FaultySqlite.Death;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Several steps in a row that are seldom drawn so, of the runs that are about {@linkplain Plan#hasCopies() copies} and a server
 * that soon forgets.
 */
final class Scenes {
    private static final int COPIES_AT_MOST = 4;
    private static final int WRITES = 3;
    private static final long MINUTE = 60_000;

    private final World world;
    private final Boxes boxes;
    private final Actions actions;
    private final Copies copies;
    private int copied;

    Scenes(World world, Boxes boxes, Actions actions, Copies copies) {
        this.world = world;
        this.boxes = boxes;
        this.actions = actions;
        this.copies = copies;
    }

    private interface Write {
        String into(SimulatedDevice device, Random random, String team);
    }

    /** A device is copied before it sends what it has counted, and its copy counts on top of that when it has been sent. */
    String copyWhilePending(SimulatedDevice device, Random random) {
        if (copied == COPIES_AT_MOST) {
            return Actions.NOTHING;
        }
        String team = anyOf(device.scopes, random);
        String said = write(device, boxes::count, team, random);
        SimulatedDevice copy = copies.copied(device, ++copied);
        said += "as " + copy.name;
        // the server hears of what it has answered with the second
        said += sync(device) + sync(device);
        said += " | " + copy.name + ": " + write(copy, boxes::count, team, random);
        return said + (random.nextBoolean() ? sync(copy) : "");
    }

    /** What a device takes out is on its way for as long as the server remembers, while another puts it in anew. */
    String forgetWhileOnTheWay(Step step, SimulatedDevice device, Random random) {
        SimulatedDevice other =
                world.devices().get((step.device() + 1) % world.plan().options().devices());
        TreeSet<String> common = new TreeSet<>(device.scopes);
        common.retainAll(other.scopes);
        String team = anyOf(common, random);
        String said = actions.atServer(step, random);
        world.pass(5 * MINUTE);
        said += sync(other) + sync(device);
        said += " | " + device.name + ": "
                + alive(device, () -> actions.locally(device, () -> boxes.takeFrom(device, random, team, other)));
        said += " | " + other.name + ": " + alive(other, () -> actions.locally(other, () -> boxes.renew(other, team)));
        said += write(other, boxes::element, team, random) + sync(other);
        world.pass(Bounds.retention(world.plan()) - 3 * MINUTE);
        return said + actions.atServer(step, random) + sync(device);
    }

    private static String anyOf(Iterable<String> teams, Random random) {
        List<String> all = new java.util.ArrayList<>();
        teams.forEach(all::add);
        return all.get(random.nextInt(all.size()));
    }

    private String write(SimulatedDevice device, Write write, String team, Random random) {
        StringBuilder said = new StringBuilder();
        for (int i = random.nextInt(WRITES); i >= 0; i--) {
            said.append(alive(device, () -> actions.locally(device, () -> write.into(device, random, team))))
                    .append(" | ");
        }
        return said.toString();
    }

    private String sync(SimulatedDevice device) {
        return " | " + device.name + " " + alive(device, () -> actions.sync(device, Weather.FAIR));
    }

    /** Does it unless the device is down or dies over it: another one may be the one whose step this is. */
    private String alive(SimulatedDevice device, java.util.function.Supplier<String> action) {
        if (!device.isUp()) {
            return Actions.NOTHING;
        }
        try {
            return action.get();
        } catch (Death death) {
            world.afterwards(device, false);
            return "died";
        }
    }
}
