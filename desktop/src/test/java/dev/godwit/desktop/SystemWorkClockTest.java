package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of a machine whose files and clocks are moved by hand. */
class SystemWorkClockTest {
    private static final long HOUR = 3_600_000;

    @TempDir
    Path proc;

    private long wall = 1_800_000_000_000L;
    private long nanos = -5_000_000_000L;
    private long uptime = 100_000;

    private SystemWorkClock linux(String boot) throws IOException {
        Path random = Files.createDirectories(proc.resolve("sys/kernel/random"));
        Files.writeString(random.resolve("boot_id"), boot + "\n");
        writeUptime();
        return clock();
    }

    private SystemWorkClock clock() {
        return new SystemWorkClock(proc, () -> wall, () -> nanos);
    }

    private void writeUptime() throws IOException {
        Files.writeString(proc.resolve("uptime"), uptime / 1000 + "." + uptime / 10 % 100 / 10 + "0 77.11\n");
    }

    /** The process runs. */
    private void run(long millis) throws IOException {
        nanos += millis * 1_000_000;
        asleep(millis);
    }

    /** Only the kernel's clocks go on. */
    private void asleep(long millis) throws IOException {
        wall += millis;
        uptime += millis;
        if (Files.exists(proc.resolve("uptime"))) {
            writeUptime();
        }
    }

    @Test
    void onLinuxSleepCountsAndTheBootIdIsTheKernels() throws IOException {
        SystemWorkClock clock = linux("b-1");
        assertThat(clock.bootId()).isEqualTo("b-1");
        assertThat(clock.elapsedMillis()).isEqualTo(100_000);
        run(300);
        assertThat(clock.elapsedMillis()).isEqualTo(100_300);
        run(5_000);
        assertThat(clock.elapsedMillis()).isEqualTo(105_300);
        asleep(8 * HOUR);
        assertThat(clock.elapsedMillis()).isEqualTo(105_300 + 8 * HOUR);
        assertThat(clock.wallMillis()).isEqualTo(wall);
        assertThat(clock().elapsedMillis()).as("another process").isEqualTo(105_300 + 8 * HOUR);
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, HOUR, -1_800_000_000_000L, 1_000_000_000_000L, 7_000, -7_000})
    void onLinuxAWallClockThatIsSetChangesNothing(long by) throws IOException {
        SystemWorkClock clock = linux("b-1");
        clock.elapsedMillis();
        run(2_000);
        wall += by;
        assertThat(clock.elapsedMillis()).isEqualTo(102_000);
        run(2_000);
        assertThat(clock.elapsedMillis()).isEqualTo(104_000);
    }

    @Test
    void itNeverGoesBackWhateverTheFileSays() throws IOException {
        SystemWorkClock clock = linux("b-1");
        long before = clock.elapsedMillis();
        for (String line : new String[] {"3.00 1.0\n", "", "nonsense", "-5 1\n", "NaN 1\n", "1e300", " "}) {
            Files.writeString(proc.resolve("uptime"), line);
            nanos += 1_500_000_000;
            wall += 1_500;
            long now = clock.elapsedMillis();
            assertThat(now).as("after \"%s\"", line).isEqualTo(before + 1_500);
            before = now;
        }
        Files.delete(proc.resolve("uptime"));
        nanos += 2_000_000_000;
        wall += 2_000;
        assertThat(clock.elapsedMillis()).as("a file that is gone").isEqualTo(before + 2_000);
    }

    @Test
    void elsewhereAJumpOfTheWallClockIsTakenForSleep() throws IOException {
        SystemWorkClock clock = clock();
        long start = clock.elapsedMillis();
        run(10_000);
        assertThat(clock.elapsedMillis() - start).isEqualTo(10_000);
        wall += 8 * HOUR;
        assertThat(clock.elapsedMillis() - start).isEqualTo(10_000 + 8 * HOUR);
        assertThat(clock.elapsedMillis() - start).as("counts once").isEqualTo(10_000 + 8 * HOUR);
        run(10_000);
        assertThat(clock.elapsedMillis() - start).isEqualTo(20_000 + 8 * HOUR);
    }

    @ParameterizedTest
    @ValueSource(longs = {4_999, -HOUR, -10, 31L * 24 * HOUR, -1_800_000_000_000L})
    void elsewhereAnyOtherChangeOfTheWallClockIsNot(long by) throws IOException {
        SystemWorkClock clock = clock();
        long start = clock.elapsedMillis();
        for (int i = 1; i <= 3; i++) {
            run(2_000);
            wall += by;
            assertThat(clock.elapsedMillis() - start).isEqualTo(i * 2_000L);
        }
    }

    @Test
    void elsewhereTheBootIdIsOfTheProcess() {
        assertThat(clock().bootId()).isNotBlank().isNotEqualTo(clock().bootId());
    }

    @Test
    void thisMachinesClockGoesOn() {
        SystemWorkClock clock = new SystemWorkClock();
        long before = clock.elapsedMillis();
        for (int i = 0; i < 10_000; i++) {
            long now = clock.elapsedMillis();
            assertThat(now).isGreaterThanOrEqualTo(before);
            before = now;
        }
        assumeTrue(Files.exists(Path.of("/proc/uptime")), "SKIPPED: not Linux");
        assertThat(clock.bootId()).isEqualTo(new SystemWorkClock().bootId());
    }
}
