package dev.godwit.simulation;

import dev.godwit.client.BackgroundSync;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.testing.FaultySqlite;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The faults stop. Within the promised time every device is where the server is; then everything is looked for. */
final class Ending {
    private static final long ALLOWANCE_MILLIS = 30_000;
    private static final int ROUNDS = 40;
    private static final int RESTARTS = 4;
    private static final long YEAR = 365 * Bounds.DAY;

    private final World world;
    private final Random random;

    Ending(World world, long seed) {
        this.world = world;
        this.random = new Random(seed + 2);
    }

    void run() {
        world.trace().line("the faults stop");
        heal();
        if (world.has(StepKind.Fault.CLOCK)) {
            setClocksBack();
            if (world.plan().hasRestarts()) {
                restartMachines();
            }
        }
        long took = settle();
        world.trace().line("quiet after " + took + " ms");
        judge();
    }

    private void heal() {
        SimulatedServer server = world.server();
        if (!server.isUp()) {
            server.bury();
            world.startServer();
        }
        server.process().plan(FaultySqlite.Plan.NONE, 0);
        for (SimulatedDevice device : world.devices()) {
            device.process().plan(FaultySqlite.Plan.NONE, 0);
            device.network.up(true);
            device.network.weather(Weather.FAIR);
            device.network.grant(World.granting(device.subject, device.scopes));
            if (!device.isUp()) {
                device.bury();
                device.open(false);
            }
            device.background().ifPresent(SimulatedBackground::heal);
        }
    }

    /** Users who write and then set their clocks back: what is scheduled by then is not put off by that. */
    private void setClocksBack() {
        Random writes = new Random(world.plan().seed() + 3);
        for (SimulatedDevice device : world.devices()) {
            if (device.background().isPresent() && writes.nextBoolean()) {
                world.goOnWriting(device, writes);
                device.setWall(world.server().millis() - YEAR);
                world.trace().line(device.name + "'s clock is set back by a year");
            }
        }
    }

    /**
     * Machines that are started again and again, on which nobody opens the application: whoever stands in for it when they start
     * sends what is pending when its time has come, however little of that was within one start.
     */
    private void restartMachines() {
        Random choice = new Random(world.plan().seed() + 4);
        List<SimulatedDevice> machines = world.devices().stream()
                .filter(device -> device.background().isPresent() && choice.nextBoolean())
                .toList();
        machines.forEach(device -> restart(device, false));
        long most = world.server().limits().backoffMaxMillis() + ALLOWANCE_MILLIS;
        for (int i = 1; i <= RESTARTS && !machines.isEmpty(); i++) {
            boolean isLast = i == RESTARTS;
            world.pass(most / RESTARTS);
            machines.forEach(device -> restart(device, isLast));
        }
        machines.forEach(world::open);
    }

    private void restart(SimulatedDevice device, boolean isDue) {
        if (device.isUp()) {
            if (device.db().status().pending() > 0) {
                world.expectations().forgetAges();
            }
            device.bury();
        }
        device.reboot();
        world.reach().count("machines started without the application");
        boolean isWaiting = world.visit(device);
        if (isDue && isWaiting) {
            throw new Violation(
                    "P5",
                    device.name + " has something to send, and in its longest backoff it was started " + RESTARTS
                            + " times, and nothing was done about it");
        }
    }

    /** Each device wakes within its longest backoff, and again when the server says that there is more. */
    private long settle() {
        Limits limits = world.server().limits();
        long healed = world.server().millis();
        // also where nobody asks it: a write of an operator is no commit before
        world.server().tick();
        for (SimulatedDevice device : world.devices()) {
            world.pass(random.nextInt(
                    (int) limits.backoffMaxMillis() / world.devices().size()));
            if (device.background().isEmpty()) {
                sync(device);
            }
        }
        long most = limits.backoffMaxMillis() + ALLOWANCE_MILLIS;
        for (int round = 0; !isQuiet(); round++) {
            if (round == ROUNDS || world.server().millis() - healed > most) {
                throw new Violation("P5", "after " + round + " rounds without faults there is no quiet: " + restless());
            }
            world.pass(world.plan().hasBackgrounds() ? most / ROUNDS : limits.backoffMinMillis() / 2);
            world.server().tick();
            world.devices().stream().filter(device -> !isQuiet(device)).forEach(this::wake);
        }
        long took = world.server().millis() - healed;
        if (took > most) {
            throw new Violation("P5", "all was quiet only " + took + " ms after the faults had stopped");
        }
        return took;
    }

    /** The server says that there is more; somebody presses the button where syncing has stopped. What is pending goes by itself. */
    private void wake(SimulatedDevice device) {
        BackgroundSync background =
                device.background().map(SimulatedBackground::sync).orElse(null);
        if (background == null) {
            sync(device);
        } else if (background.stopped().isPresent()) {
            world.reach().count("retries by hand");
            background.retry();
        } else if (device.db().status().pending() == 0) {
            background.poke();
        }
    }

    private void sync(SimulatedDevice device) {
        SyncResult result = device.db().sync();
        world.trace().line(device.name + " " + result);
        world.reach().add("conflicts", result.conflicts());
        if (result.outcome() == SyncResult.End.FAILED) {
            throw new Violation("P5", device.name + " cannot sync though nothing is wrong: " + result);
        }
        world.check(device);
    }

    private boolean isQuiet() {
        return world.devices().stream().allMatch(this::isQuiet);
    }

    private boolean isQuiet(SimulatedDevice device) {
        Map<String, Long> heads = world.server().heads();
        return device.db().status().pending() == 0
                && device.db().status().checkpoints().entrySet().stream()
                        .allMatch(at -> heads.getOrDefault(at.getKey(), 0L).equals(at.getValue()));
    }

    private List<String> restless() {
        return world.devices().stream()
                .filter(device -> !isQuiet(device))
                .map(device -> device.name + " " + device.db().status())
                .toList();
    }

    private void judge() {
        SimulatedServer server = world.server();
        Invariants.check(
                "the server",
                true,
                sql -> server.look(connection -> dev.godwit.rows.Sql.rows(connection, sql).stream()
                        .map(java.util.Arrays::toString)
                        .toList()));
        SimulatedDevice fresh = world.add("fresh", "fresh", Workload.teams());
        fresh.open(true);
        sync(fresh);
        for (SimulatedDevice device : world.devices()) {
            compare(device, server);
            int received = device.db().sync().received();
            if (received != 0) {
                throw new Violation("P3", device.name + " received " + received + " rows though nothing has changed");
            }
        }
        world.absences().end(server.millis());
        world.expectations().judge(world.devices(), server);
        world.trace().line("all is well: " + server.heads());
    }

    private void compare(SimulatedDevice device, SimulatedServer server) {
        world.check(device);
        Set<String> scopes = device.db().status().checkpoints().keySet();
        for (String scope : scopes) {
            Snapshots.compare(
                    "P5",
                    device.name + " shows in " + scope + ", when all is quiet,",
                    Snapshots.ofServer(server, scope),
                    Snapshots.ofDevice(device.db(), scope));
        }
        Leaks.checkHeld(device);
        List<String> integrity = device.db().query("pragma integrity_check").stream()
                .map(row -> row.values().toString())
                .toList();
        if (!integrity.toString().contains("ok")) {
            throw new Violation("P1", device.name + "'s file is damaged: " + integrity);
        }
    }
}
