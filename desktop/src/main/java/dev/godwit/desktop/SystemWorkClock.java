package dev.godwit.desktop;

import dev.godwit.scheduler.WorkClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The clock of this machine.
 *
 * <ul>
 *   <li>Linux: the time since the start, with sleep, from {@code /proc/uptime}, and the kernel's own boot id. Both are the same for
 *       every process, so delays survive a restart of the process whatever the wall clock does.
 *   <li>Elsewhere: the process's monotonic clock, which on some systems stops while the machine sleeps, plus every forward jump of
 *       the wall clock against it of more than {@value #SLEEP_MILLIS} ms, which is taken for sleep. A wall clock that somebody
 *       sets forward looks the same, and is believed up to {@value #LONGEST_SLEEP_MILLIS} ms; set back, it changes nothing. The boot id
 *       is of the process: from one process to the next the wall clock counts, as after a reboot.
 * </ul>
 *
 * <p>The client's {@code SystemDevice} reads the same two files. The two modules do not see each other, since neither needs the
 * other and a phone has only one of them; what both know is how to read a line.
 */
public final class SystemWorkClock implements WorkClock {
    /** Between two looks a shorter jump is jitter, or a wall clock that is kept right. */
    static final long SLEEP_MILLIS = 5_000;

    /** A longer one is a wall clock that was wrong. */
    static final long LONGEST_SLEEP_MILLIS = 30L * 86_400_000;

    /** Between two readings of the uptime, the process's own clock goes on. */
    private static final long READ_EVERY_MILLIS = 1_000;

    /** While both clocks of the process agree to this, the machine has not slept. */
    private static final long AGREE_MILLIS = 10;

    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final @Nullable Path uptime;
    private final String bootId;
    private final AtomicLong highest = new AtomicLong(Long.MIN_VALUE);
    private @Nullable Look last;

    /** The time that was found, and both clocks of the process then. */
    private record Look(long elapsedMillis, long nanos, long wallMillis) {
        long ran(long nanosNow) {
            return (nanosNow - nanos) / 1_000_000;
        }

        /** By how much the wall clock went on more than the process's. */
        long jumped(long nanosNow, long wallNow) {
            return wallNow - wallMillis - ran(nanosNow);
        }
    }

    /** Looks once at what the machine offers. */
    public SystemWorkClock() {
        this(Path.of("/proc"), System::currentTimeMillis, System::nanoTime);
    }

    SystemWorkClock(Path proc, LongSupplier wallMillis, LongSupplier nanos) {
        this.wallMillis = wallMillis;
        this.nanos = nanos;
        Path file = proc.resolve("uptime");
        String boot = "";
        try {
            boot = Files.readString(proc.resolve("sys/kernel/random/boot_id"), StandardCharsets.US_ASCII)
                    .strip();
            read(file);
        } catch (IOException | SecurityException | IllegalArgumentException | IndexOutOfBoundsException notLinux) {
            boot = "";
        }
        this.uptime = boot.isEmpty() ? null : file;
        this.bootId = boot.isEmpty() ? UUID.randomUUID().toString() : boot;
    }

    @Override
    public long wallMillis() {
        return wallMillis.getAsLong();
    }

    @Override
    public String bootId() {
        return bootId;
    }

    @Override
    public long elapsedMillis() {
        return highest.accumulateAndGet(look(), Math::max);
    }

    private synchronized long look() {
        long nanosNow = nanos.getAsLong();
        long wallNow = wallMillis.getAsLong();
        Look before = last;
        if (before == null) {
            long start = uptime == null ? nanosNow / 1_000_000 : readOr(uptime, nanosNow / 1_000_000);
            last = new Look(start, nanosNow, wallNow);
            return start;
        }
        long ran = before.elapsedMillis() + before.ran(nanosNow);
        long jumped = before.jumped(nanosNow, wallNow);
        if (uptime == null) {
            boolean slept = jumped > SLEEP_MILLIS && jumped <= LONGEST_SLEEP_MILLIS;
            long elapsed = slept ? ran + jumped : ran;
            // a slow drift must not add up to a jump, nor a jump count twice
            if (slept || Math.abs(jumped) > AGREE_MILLIS || before.ran(nanosNow) >= READ_EVERY_MILLIS) {
                last = new Look(elapsed, nanosNow, wallNow);
            }
            return elapsed;
        }
        if (before.ran(nanosNow) < READ_EVERY_MILLIS && Math.abs(jumped) <= AGREE_MILLIS) {
            return ran;
        }
        // the file counts in hundredths: what was given out may be a little ahead of it
        long elapsed = Math.max(readOr(uptime, ran), ran);
        last = new Look(elapsed, nanosNow, wallNow);
        return elapsed;
    }

    /** A file that can be read no more is no reason to stop: then the process's clock goes on. */
    private static long readOr(Path file, long otherwise) {
        try {
            return read(file);
        } catch (IOException | SecurityException | IllegalArgumentException | IndexOutOfBoundsException gone) {
            return otherwise;
        }
    }

    private static long read(Path file) throws IOException {
        String line = Files.readString(file, StandardCharsets.US_ASCII);
        return (long) (Double.parseDouble(line.substring(0, line.indexOf(' '))) * 1000);
    }
}
