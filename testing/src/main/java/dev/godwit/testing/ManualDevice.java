package dev.godwit.testing;

import dev.godwit.client.Device;
import java.util.Random;
import java.util.UUID;

/** A device whose clocks move, and whose random numbers come, only as a test says. Not safe for use by two threads. */
public final class ManualDevice implements Device {
    private final Random random;
    private long wallMillis;
    private long elapsedMillis;
    private int boots;
    private String boot = "boot-0";

    /** With the seed of its random numbers and its wall clock. */
    public ManualDevice(long seed, long wallMillis) {
        this.random = new Random(seed);
        this.wallMillis = wallMillis;
    }

    /** Lets time pass on both clocks. */
    public void pass(long millis) {
        wallMillis += millis;
        elapsedMillis += millis;
    }

    /** Somebody sets the wall clock. */
    public void setWall(long millis) {
        wallMillis = millis;
    }

    /** The machine is restarted: the elapsed clock begins again. */
    public void reboot() {
        boots++;
        boot = "boot-" + boots;
        elapsedMillis = 0;
    }

    /** The machine has another name for the same boot. */
    public void setBoot(String name) {
        boot = name;
    }

    @Override
    public long wallMillis() {
        return wallMillis;
    }

    @Override
    public long elapsedMillis() {
        return elapsedMillis;
    }

    @Override
    public String bootId() {
        return boot;
    }

    @Override
    public UUID randomId() {
        return new UUID(
                (random.nextLong() & ~0xf000L) | 0x4000L,
                (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
    }

    @Override
    public long randomBelow(long bound) {
        return bound <= 0 ? 0 : Math.floorMod(random.nextLong(), bound);
    }
}
