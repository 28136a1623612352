package dev.godwit.simulation;

import dev.godwit.client.SyncResult;
import dev.godwit.simulation.StepKind.Fault;
import dev.godwit.sql.SqliteException;
import dev.godwit.testing.FaultySqlite.Death;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Time, which is the same for all, and what devices do by themselves as it passes: each at its moment. */
final class PassingTime {
    private final World world;
    private boolean isFair;
    private @Nullable RuntimeException failure;

    PassingTime(World world) {
        this.world = world;
    }

    /** From now on the weather is fair. */
    void isFair() {
        isFair = true;
    }

    /** Something failed inside of an exchange; a background that made it would take that for a failed attempt. */
    void failed(RuntimeException inside) {
        failure = inside;
    }

    void pass(long millis) {
        long left = millis;
        runDue();
        while (left > 0) {
            long step = left;
            for (SimulatedDevice device : world.devices()) {
                step = Math.min(step, Math.max(1, rests(device)));
            }
            world.server().pass(step);
            for (SimulatedDevice device : world.devices()) {
                device.pass(step);
            }
            left -= step;
            runDue();
        }
    }

    private static long rests(SimulatedDevice device) {
        return device.isSyncing()
                ? Long.MAX_VALUE
                : device.background()
                        .map(background -> background.rests(device.process()))
                        .orElse(Long.MAX_VALUE);
    }

    private void runDue() {
        for (SimulatedDevice device : List.copyOf(world.devices())) {
            if (rests(device) <= 0) {
                device.background().ifPresent(background -> runDue(device, background));
            }
        }
    }

    /** One device does what is due. */
    void runDue(SimulatedDevice device, SimulatedBackground background) {
        device.network.weather(weather(device));
        device.syncing(true);
        try {
            run(device, background);
        } catch (Death death) {
            world.trace().line(device.name + " died by itself");
        } finally {
            device.network.weather(Weather.FAIR);
            device.syncing(false);
        }
        world.afterwards(device, true);
    }

    private Weather weather(SimulatedDevice device) {
        Random random = new Random(world.server().millis() * 31 + device.name.hashCode());
        return isFair
                ? Weather.FAIR
                : Weather.random(random, world.has(Fault.NETWORK), world.plan().hasPieces());
    }

    /** Runs what is due. What it comes to is told and looked at as after a sync by hand. */
    private void run(SimulatedDevice device, SimulatedBackground background) {
        try {
            List<SyncResult> results = background.run(device.process());
            if (failure != null) {
                throw failure;
            }
            for (SyncResult result : results) {
                world.reach().count("syncs by themselves");
                world.synced(device, result);
                world.trace().line(device.name + " by itself: " + result);
            }
        } catch (Violation consequence) {
            throw failure == null ? consequence : failure;
        } catch (SqliteException broken) {
            if (!world.mendDisk(device)) {
                throw broken;
            }
        }
        // a work that met it has only had a failed attempt
        world.mendDisk(device);
    }
}
