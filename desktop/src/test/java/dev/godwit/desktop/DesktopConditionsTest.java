package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Reading;
import dev.godwit.scheduler.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The conditions of Linux over a real bus, with services of our own that bear the names of the real ones. */
@Timeout(180)
class DesktopConditionsTest {
    private static final long GENEROUS_SECONDS = 30;

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Semaphore told = new Semaphore(0);
    private PrivateBus bus;
    private DesktopConditions conditions;

    @BeforeEach
    void start() throws Exception {
        bus = PrivateBus.start(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (conditions != null) {
            conditions.close();
        }
        if (bus != null) {
            bus.close();
        }
    }

    private void open() {
        conditions = new DesktopConditions(folder.toFile(), folder.toFile(), clock::get, bus.address());
        conditions.listen(told::release);
    }

    private Truth truth(Fact fact) {
        return conditions.now().of(fact).truth();
    }

    /** Looks only when a listener was told: what is not told is not found. */
    private void until(Predicate<ConditionSnapshot> state) throws InterruptedException {
        while (!state.test(conditions.now())) {
            assertThat(told.tryAcquire(GENEROUS_SECONDS, TimeUnit.SECONDS))
                    .as("told of a change; now %s", conditions.now())
                    .isTrue();
        }
    }

    private void until(Fact fact, Truth truth) throws InterruptedException {
        until(now -> now.of(fact).truth() == truth);
    }

    private static Variant<?> number(long value) {
        return new Variant<>(new UInt32(value));
    }

    private static Variant<?> path(String value) {
        return new Variant<>(new DBusPath(value));
    }

    private PrivateBus.Service power() throws Exception {
        return bus.own(BusService.POWER)
                .with(0, "OnBattery", new Variant<>(true))
                .with(0, "DaemonVersion", new Variant<>("1.90"))
                .with(1, "IsPresent", new Variant<>(true))
                .with(1, "Percentage", new Variant<>(80.0))
                .with(1, "WarningLevel", number(1))
                .with(1, "State", number(2));
    }

    /** As the real one says it, with properties that nobody here asks for. */
    private PrivateBus.Service network() throws Exception {
        return bus.own(BusService.NETWORK)
                .with(0, "State", number(70))
                .with(0, "Connectivity", number(4))
                .with(0, "Metered", number(4))
                .with(0, "PrimaryConnection", path("/org/freedesktop/NetworkManager/ActiveConnection/1"))
                .with(0, "Devices", new Variant<>(List.of(new DBusPath("/a"), new DBusPath("/b")), "ao"))
                .with(0, "GlobalDnsConfiguration", new Variant<>(Map.of("a", new Variant<>("b")), "a{sv}"));
    }

    @Test
    void whatServicesSayIsKnownWhenTheOpeningReturns() throws Exception {
        power().open();
        network().open();
        bus.own(BusService.LOGIN).with(0, "IdleHint", new Variant<>(true)).open();
        open();
        assertThat(truth(Fact.CHARGING)).isEqualTo(Truth.FALSE);
        assertThat(truth(Fact.BATTERY_NOT_LOW)).isEqualTo(Truth.TRUE);
        assertThat(truth(Fact.CONNECTED)).isEqualTo(Truth.TRUE);
        assertThat(truth(Fact.UNMETERED)).isEqualTo(Truth.TRUE);
        assertThat(truth(Fact.VALIDATED)).isEqualTo(Truth.TRUE);
        assertThat(truth(Fact.IDLE)).isEqualTo(Truth.TRUE);
        assertThat(truth(Fact.NOT_ROAMING)).isEqualTo(Truth.UNKNOWN);
        assertThat(conditions.now().freeBytes()).isPositive();
        clock.addAndGet(7_000);
        assertThat(conditions.now().of(Fact.CHARGING)).isEqualTo(new Reading(Truth.FALSE, "UPower", 7_000));
        assertThat(conditions.now().of(Fact.UNMETERED).source()).isEqualTo("NetworkManager");
        assertThat(conditions.now().of(Fact.IDLE).source()).isEqualTo("logind");
    }

    @Test
    void aChangedPropertyIsToldAndRead() throws Exception {
        PrivateBus.Service power = power().open();
        PrivateBus.Service network = network().open();
        PrivateBus.Service login = bus.own(BusService.LOGIN)
                .with(0, "IdleHint", new Variant<>(false))
                .open();
        open();
        power.set(0, "OnBattery", new Variant<>(false));
        until(Fact.CHARGING, Truth.TRUE);
        power.set(1, "Percentage", new Variant<>(9.5));
        until(Fact.BATTERY_NOT_LOW, Truth.FALSE);
        network.set(0, "Metered", number(3));
        until(Fact.UNMETERED, Truth.FALSE);
        network.set(0, "Metered", number(0));
        until(Fact.UNMETERED, Truth.UNKNOWN);
        network.set(0, "Connectivity", number(2));
        until(Fact.VALIDATED, Truth.FALSE);
        login.set(0, "IdleHint", new Variant<>(true));
        until(Fact.IDLE, Truth.TRUE);
        network.set(0, "PrimaryConnection", path("/"));
        until(Fact.CONNECTED, Truth.UNKNOWN);
        assertThat(truth(Fact.VALIDATED))
                .as("of a network that it does not manage")
                .isEqualTo(Truth.UNKNOWN);
    }

    @Test
    void theFactsOfAServiceThatDiesAreUnknownUntilItComesBack() throws Exception {
        PrivateBus.Service network = network().open();
        power().open();
        open();
        assertThat(truth(Fact.UNMETERED)).isEqualTo(Truth.TRUE);
        network.die();
        until(Fact.UNMETERED, Truth.UNKNOWN);
        assertThat(conditions.now().of(Fact.UNMETERED).source()).doesNotContain("NetworkManager");
        assertThat(truth(Fact.CHARGING)).as("the other service lives").isEqualTo(Truth.FALSE);
        network().with(0, "Metered", number(1)).open();
        until(Fact.UNMETERED, Truth.FALSE);
    }

    @Test
    void withoutUPowerTheKernelsFilesSayWhatTheyKnow() throws Exception {
        Path battery = Files.createDirectories(folder.resolve("sys/class/power_supply/BAT0"));
        Files.writeString(battery.resolve("type"), "Battery\n");
        Files.writeString(battery.resolve("status"), "Charging\n");
        Files.writeString(battery.resolve("capacity"), "50\n");
        PrivateBus.Service power = power().open();
        open();
        assertThat(conditions.now().of(Fact.CHARGING).source()).isEqualTo("UPower");
        power.die();
        until(Fact.CHARGING, Truth.TRUE);
        assertThat(conditions.now().of(Fact.CHARGING).source()).startsWith("/sys/class/power_supply");
    }

    @Test
    void aBusThatDiesMakesItsFactsUnknownAndNothingThrows() throws Exception {
        network().open();
        open();
        assertThat(truth(Fact.UNMETERED)).isEqualTo(Truth.TRUE);
        bus.kill();
        until(Fact.UNMETERED, Truth.UNKNOWN);
        assertThat(truth(Fact.STORAGE_NOT_LOW)).isNotEqualTo(Truth.UNKNOWN);
        bus.begin();
        network().with(0, "Metered", number(1)).open();
        until(Fact.UNMETERED, Truth.FALSE);
    }

    @Test
    void aBusThatIsNotThereMakesNoTrouble() {
        conditions = new DesktopConditions(
                folder.toFile(), folder.toFile(), clock::get, "unix:path=" + folder.resolve("none"));
        assertThat(truth(Fact.UNMETERED)).isEqualTo(Truth.UNKNOWN);
        assertThat(conditions.now().freeBytes()).isPositive();
        conditions.close();
        for (String address : List.of("", "nonsense", "unix:")) {
            conditions = new DesktopConditions(folder.toFile(), folder.toFile(), clock::get, address);
            assertThat(truth(Fact.IDLE)).isEqualTo(Truth.UNKNOWN);
            conditions.close();
        }
    }

    @Test
    void whatMakesNoSenseIsUnknown() throws Exception {
        bus.own(BusService.POWER)
                .with(0, "OnBattery", new Variant<>("yes"))
                .with(1, "State", number(99))
                .with(1, "Percentage", new Variant<>(Double.NaN))
                .with(1, "IsPresent", number(1))
                .with(1, "WarningLevel", new Variant<>(-3))
                .open();
        PrivateBus.Service network = network()
                .with(0, "Metered", new Variant<>("no"))
                .with(0, "Connectivity", number(4_000_000_000L))
                .open();
        bus.own(BusService.LOGIN).with(0, "IdleHint", new Variant<>(1.0)).open();
        open();
        for (Fact fact : List.of(Fact.CHARGING, Fact.BATTERY_NOT_LOW, Fact.UNMETERED, Fact.VALIDATED, Fact.IDLE)) {
            assertThat(truth(fact)).as("%s", fact).isEqualTo(Truth.UNKNOWN);
        }
        assertThat(truth(Fact.CONNECTED)).isEqualTo(Truth.TRUE);
        network.set(0, "PrimaryConnection", new Variant<>(12));
        network.set(0, "State", number(20));
        until(Fact.CONNECTED, Truth.UNKNOWN);
    }

    @Test
    void wakingUpIsToldThoughNoPropertyHasChanged() throws Exception {
        PrivateBus.Service login = bus.own(BusService.LOGIN)
                .with(0, "IdleHint", new Variant<>(false))
                .open();
        open();
        told.drainPermits();
        login.signalSleep(true);
        login.signalSleep(false);
        assertThat(told.tryAcquire(GENEROUS_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aListenerThatThrowsEndsNothing() throws Exception {
        PrivateBus.Service network = network().open();
        open();
        conditions.listen(() -> {
            throw new IllegalStateException("a listener's own");
        });
        network.set(0, "Metered", number(1));
        until(Fact.UNMETERED, Truth.FALSE);
        network.set(0, "Metered", number(2));
        until(Fact.UNMETERED, Truth.TRUE);
    }

    @Test
    void afterTheCloseNobodyIsTold() throws Exception {
        PrivateBus.Service network = network().open();
        open();
        conditions.close();
        told.drainPermits();
        network.set(0, "Metered", number(1));
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("godwit-conditions");
        assertThat(told.availablePermits()).isZero();
    }
}
