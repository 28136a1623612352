package dev.godwit.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.SecureRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The machine itself. On Linux and Android the boot id and the uptime come from {@code /proc}, so that the age of a write
 * is known across restarts of the process; elsewhere only within one process.
 */
public final class SystemDevice implements Device {
    private static final Path BOOT_ID = Paths.get("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Paths.get("/proc/uptime");

    /** Between two readings of the uptime, which costs more than a small transaction, the process's own clock goes on. */
    private static final long READ_EVERY_MILLIS = 1_000;

    /** While both clocks of the process agree to this, the machine has not slept, which stops only one of them. */
    private static final long AGREE_MILLIS = 10;

    private final SecureRandom random = new SecureRandom();
    private final String bootId;
    private final boolean uptimeReadable;
    private volatile @Nullable Reading last;

    /** The uptime, and both clocks of the process when it was read. */
    private record Reading(long uptimeMillis, long nanos, long wallMillis) {

        long at(long nanosNow) {
            return uptimeMillis + (nanosNow - nanos) / 1_000_000;
        }

        boolean holds(long nanosNow, long wallNow) {
            long ran = (nanosNow - nanos) / 1_000_000;
            return ran < READ_EVERY_MILLIS && Math.abs(wallNow - wallMillis - ran) <= AGREE_MILLIS;
        }
    }

    /** Looks once at what the machine offers. */
    public SystemDevice() {
        String boot = null;
        try {
            boot = new String(Files.readAllBytes(BOOT_ID), StandardCharsets.US_ASCII).trim();
            readUptime();
        } catch (IOException | SecurityException | NumberFormatException notLinux) {
            boot = null;
        }
        this.uptimeReadable = boot != null;
        this.bootId = boot != null ? boot : randomId().toString();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long elapsedMillis() {
        long nanos = System.nanoTime();
        if (!uptimeReadable) {
            return nanos / 1_000_000;
        }
        long wall = System.currentTimeMillis();
        Reading known = last;
        if (known != null && known.holds(nanos, wall)) {
            return known.at(nanos);
        }
        try {
            // the file counts in hundredths: what was given out may be a little ahead of it
            long uptime = known == null ? readUptime() : Math.max(readUptime(), known.at(nanos));
            last = new Reading(uptime, nanos, wall);
            return uptime;
        } catch (IOException vanished) {
            throw new IllegalStateException("cannot read " + UPTIME + " any more", vanished);
        }
    }

    private static long readUptime() throws IOException {
        String line = new String(Files.readAllBytes(UPTIME), StandardCharsets.US_ASCII);
        return (long) (Double.parseDouble(line.substring(0, line.indexOf(' '))) * 1000);
    }

    @Override
    public String bootId() {
        return bootId;
    }

    @Override
    public UUID randomId() {
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low);
    }

    @Override
    public long randomBelow(long bound) {
        return bound <= 0 ? 0 : Math.floorMod(random.nextLong(), bound);
    }
}
