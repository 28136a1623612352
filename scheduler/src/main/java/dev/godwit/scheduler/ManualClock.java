package dev.godwit.scheduler;

/** A clock that stands still until it is moved; for tests and simulations. Safe for use by many threads. */
public final class ManualClock implements WorkClock {
    private final String device;
    private long wall;
    private long elapsed;
    private int boot = 1;

    /** Begins at a time of the wall clock, a thousand seconds after the device was started. */
    public ManualClock(long wallMillis) {
        this(wallMillis, "");
    }

    /** The same for one of several devices: no two with different names have a boot in common. */
    public ManualClock(long wallMillis, String device) {
        this.device = device;
        this.wall = wallMillis;
        this.elapsed = 1_000_000;
    }

    @Override
    public synchronized long wallMillis() {
        return wall;
    }

    @Override
    public synchronized long elapsedMillis() {
        return elapsed;
    }

    @Override
    public synchronized String bootId() {
        return device + "boot-" + boot;
    }

    /** Time passes. */
    public synchronized void advance(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("millis < 0: " + millis + "; to set the wall clock back, use jumpWall");
        }
        wall += millis;
        elapsed += millis;
    }

    /** Somebody sets the wall clock, forward or, with a negative number, back. */
    public synchronized void jumpWall(long millis) {
        wall += millis;
    }

    /** The device is off for a while and starts again. */
    public synchronized void reboot(long offMillis) {
        wall += offMillis;
        elapsed = 0;
        boot++;
    }
}
