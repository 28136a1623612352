package dev.godwit.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Linux says in files, over trees of such files. */
class LinuxConditionsTest {
    @TempDir
    Path root;

    private final AtomicLong clock = new AtomicLong(1_000);
    private long free = 10_000_000_000L;
    private long total = 100_000_000_000L;

    @BeforeEach
    void classes() throws IOException {
        Files.createDirectories(root.resolve("sys/class/net"));
    }

    private LinuxConditions linux() {
        DataDisk disk = new DataDisk(root.toFile()) {
            @Override
            long freeBytes() {
                return free;
            }

            @Override
            long totalBytes() {
                return total;
            }
        };
        return new LinuxConditions(root.toFile(), disk, clock::get, 5_000);
    }

    /** Files as {@code name=content}, separated by blanks. */
    private void device(String path, String files) throws IOException {
        Path folder = Files.createDirectories(root.resolve("sys/class").resolve(path));
        for (String file : files.trim().split(" +")) {
            String[] parts = file.split("=");
            Files.writeString(folder.resolve(parts[0]), parts[1].replace('_', ' ') + "\n");
        }
    }

    private Truth now(Fact fact) {
        try (LinuxConditions linux = linux()) {
            return linux.now().of(fact).truth();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                     | -                                  | -                 | TRUE
            -                                     | type=Mains online=1                | -                 | TRUE
            type=Battery status=Discharging       | type=Mains online=0                | -                 | FALSE
            type=Battery status=Discharging       | -                                  | -                 | FALSE
            type=Battery status=Charging          | -                                  | -                 | TRUE
            type=Battery status=Charging          | type=Mains online=0                | -                 | TRUE
            type=Battery status=Full              | -                                  | -                 | TRUE
            type=Battery status=Not_charging      | -                                  | -                 | TRUE
            type=Battery status=Full              | type=Mains online=0                | -                 | FALSE
            type=Battery status=Unknown           | -                                  | -                 | UNKNOWN
            type=Battery status=Unknown           | type=Mains online=0                | -                 | FALSE
            type=Battery status=Unknown           | type=USB online=2                  | -                 | TRUE
            type=Battery status=Discharging       | type=Mains online=0                | type=USB online=1 | TRUE
            type=Battery status=Discharging       | type=Mains                         | -                 | FALSE
            type=Battery                          | type=Mains online=x                | -                 | UNKNOWN
            type=Battery status=Discharging scope=Device | -                           | -                 | TRUE
            type=Battery status=Discharging present=0    | -                           | -                 | TRUE
            type=UPS status=Discharging           | -                                  | -                 | FALSE
            type=Battery status=Discharging       | type=Battery status=Charging       | -                 | TRUE
            status=Discharging                    | -                                  | -                 | TRUE
            """)
    void chargingIsExternalPower(String first, String second, String third, Truth charging) throws IOException {
        Files.createDirectories(root.resolve("sys/class/power_supply"));
        String[] supplies = {first, second, third};
        for (int i = 0; i < supplies.length; i++) {
            if (supplies[i] != null) {
                device("power_supply/supply" + i, supplies[i]);
            }
        }
        assertThat(now(Fact.CHARGING)).isEqualTo(charging);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                   | -                        | TRUE
            type=Battery capacity=16            | -                        | TRUE
            type=Battery capacity=15            | -                        | FALSE
            type=Battery capacity=3             | type=Battery capacity=80 | TRUE
            type=Battery capacity=3             | type=Battery             | UNKNOWN
            type=Battery capacity_level=Low     | -                        | FALSE
            type=Battery capacity_level=Normal  | -                        | TRUE
            type=Battery capacity_level=Unknown | -                        | UNKNOWN
            type=Battery capacity=3 scope=Device | -                       | TRUE
            type=Battery capacity=-5            | -                        | UNKNOWN
            """)
    void aBatteryIsLowByItsLevel(String first, String second, Truth notLow) throws IOException {
        Files.createDirectories(root.resolve("sys/class/power_supply"));
        if (first != null) {
            device("power_supply/BAT0", first);
        }
        if (second != null) {
            device("power_supply/BAT1", second);
        }
        assertThat(now(Fact.BATTERY_NOT_LOW)).isEqualTo(notLow);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                | -                                          | FALSE
            type=1 operstate=up device=x     | -                                          | TRUE
            type=1 operstate=down device=x   | -                                          | FALSE
            type=1 operstate=dormant device=x | type=1 operstate=up device=x              | TRUE
            type=1 operstate=down device=x   | type=1 operstate=up bridge=x               | FALSE
            type=1 operstate=down device=x   | type=1 operstate=up                        | FALSE
            type=1 operstate=down device=x   | type=512 operstate=unknown carrier=1       | TRUE
            type=1 operstate=unknown carrier=1 device=x | -                               | TRUE
            type=1 operstate=unknown carrier=0 device=x | -                               | FALSE
            type=1 operstate=unknown device=x | -                                         | UNKNOWN
            type=1 operstate=unknown device=x | type=1 operstate=down device=x            | UNKNOWN
            type=1 operstate=up              | -                                          | TRUE
            type=1 operstate=up bridge=x     | -                                          | FALSE
            type=65534 operstate=up tun_flags=x | -                                       | FALSE
            type=772 operstate=up            | -                                          | FALSE
            """)
    void aNetworkIsALinkThatIsUp(String first, String second, Truth connected) throws IOException {
        device("net/lo", "type=772 operstate=unknown carrier=1");
        if (first != null) {
            device("net/link0", first);
        }
        if (second != null) {
            device("net/link1", second);
        }
        assertThat(now(Fact.CONNECTED)).isEqualTo(connected);
    }

    @Test
    void withoutFilesEverythingIsUnknownAndSaysWhoWasAsked() throws IOException {
        Files.delete(root.resolve("sys/class/net"));
        Files.delete(root.resolve("sys/class"));
        free = -1;
        try (LinuxConditions linux = linux()) {
            for (Fact fact : Fact.values()) {
                assertThat(linux.now().of(fact).truth()).as(fact.name()).isEqualTo(Truth.UNKNOWN);
                assertThat(linux.now().of(fact).source()).isNotEmpty();
            }
            assertThat(linux.now().of(Fact.IDLE).source()).isEqualTo("Linux, which says it in no file");
            assertThat(linux.now().of(Fact.CHARGING).source()).isEqualTo("/sys/class/power_supply");
            assertThat(linux.now().freeBytes()).isEqualTo(-1);
        }
    }

    @Test
    void aFileThatIsNoFileIsUnknown() throws IOException {
        device("power_supply/BAT0", "type=Battery");
        Files.createDirectories(root.resolve("sys/class/power_supply/BAT0/status"));
        Files.write(root.resolve("sys/class/power_supply/BAT0/capacity"), new byte[1 << 20]);
        assertThat(now(Fact.CHARGING)).isEqualTo(Truth.UNKNOWN);
        assertThat(now(Fact.BATTERY_NOT_LOW)).isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void storageIsLowBelowHalfAGigabyteOrATwentieth() {
        free = 499_999_999;
        assertThat(now(Fact.STORAGE_NOT_LOW)).isEqualTo(Truth.FALSE);
        free = 500_000_000;
        assertThat(now(Fact.STORAGE_NOT_LOW)).isEqualTo(Truth.TRUE);
        total = 1_000_000_000;
        free = 50_000_000;
        assertThat(now(Fact.STORAGE_NOT_LOW)).isEqualTo(Truth.TRUE);
        free = 49_999_999;
        assertThat(now(Fact.STORAGE_NOT_LOW)).isEqualTo(Truth.FALSE);
        total = 0;
        assertThat(now(Fact.STORAGE_NOT_LOW)).isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void theRealDiskIsAskedAndOneThatIsNotThereIsUnknown() {
        File folder = root.toFile();
        try (LinuxConditions linux = new LinuxConditions(folder, folder, clock::get, 5_000)) {
            assertThat(linux.now().freeBytes()).isPositive().isLessThanOrEqualTo(folder.getTotalSpace());
            assertThat(linux.now().of(Fact.STORAGE_NOT_LOW).truth()).isNotEqualTo(Truth.UNKNOWN);
        }
        try (LinuxConditions linux = new LinuxConditions(folder, new File(folder, "gone"), clock::get, 5_000)) {
            assertThat(linux.now().freeBytes()).isEqualTo(-1);
        }
    }

    @Test
    void filesAreReadOnceInAnInterval() throws IOException {
        device("net/eth0", "type=1 operstate=up device=x");
        LinuxConditions linux = linux();
        device("net/eth0", "operstate=down");
        clock.addAndGet(4_999);
        assertThat(linux.lookAgainInMillis()).isEqualTo(1);
        assertThat(linux.now().of(Fact.CONNECTED)).isEqualTo(new Reading(Truth.TRUE, "/sys/class/net/eth0", 4_999));
        clock.addAndGet(1);
        assertThat(linux.lookAgainInMillis()).isZero();
        assertThat(linux.now().of(Fact.CONNECTED)).isEqualTo(new Reading(Truth.FALSE, "/sys/class/net", 0));
        assertThat(linux.lookAgainInMillis()).isEqualTo(5_000);
    }

    @Test
    void aPollTellsOfWhatIsNotAsItWasTold() throws IOException {
        device("net/eth0", "type=1 operstate=up device=x");
        LinuxConditions linux = linux();
        List<Truth> told = new ArrayList<>();
        linux.listen(() -> told.add(linux.now().of(Fact.CONNECTED).truth()));
        linux.poll();
        free += 1_000;
        linux.poll();
        assertThat(told).as("nothing that matters").isEmpty();
        device("net/eth0", "operstate=down");
        clock.addAndGet(5_000);
        assertThat(linux.now().of(Fact.CONNECTED).truth()).as("asked, not told").isEqualTo(Truth.FALSE);
        linux.poll();
        linux.poll();
        assertThat(told).containsExactly(Truth.FALSE);
        free -= 10_000_000;
        linux.poll();
        assertThat(told).hasSize(2);
        linux.close();
        device("net/eth0", "operstate=up");
        linux.poll();
        assertThat(told).hasSize(2);
    }

    @Test
    void watchedItPollsByItselfUntilItIsClosed() throws Exception {
        device("net/eth0", "type=1 operstate=up device=x");
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(2);
        try (LinuxConditions linux = new LinuxConditions(root.toFile(), root.toFile(), clock::get, 100)) {
            linux.listen(() -> {
                told.countDown();
                if (failed.getCount() > 0) {
                    Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> failed.countDown());
                    throw new IllegalStateException("a listener that throws does not end the watching");
                }
            });
            linux.watch(executor);
            device("net/eth0", "operstate=down");
            assertThat(failed.await(1, TimeUnit.MINUTES)).isTrue();
            device("net/eth0", "operstate=up");
            assertThat(told.await(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(executor.shutdownNow().stream()
                        .filter(task -> !((java.util.concurrent.Future<?>) task).isCancelled()))
                .as("closed, it polls no more")
                .isEmpty();
    }

    @Test
    void anIntervalThatIsTooShortIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinuxConditions(root.toFile(), root.toFile(), clock::get, 99))
                .withMessage("the interval is 100 to 3600000 ms, and not 99");
    }
}
