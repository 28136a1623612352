package dev.godwit.desktop;

import dev.godwit.scheduler.ConditionListeners;
import dev.godwit.scheduler.ConditionSnapshot;
import dev.godwit.scheduler.Conditions;
import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.LinuxConditions;
import dev.godwit.scheduler.Reading;
import dev.godwit.scheduler.WorkClock;
import java.io.File;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conditions of a desktop or a server. Each fact has one source at a time, which its reading names; what nobody knows is
 * unknown. Never throws at the application: a service, a bus or a library that is not there makes its facts unknown.
 *
 * <table>
 * <caption>Who says what</caption>
 * <tr><th>fact</th><th>Linux</th><th>Windows, macOS and others</th></tr>
 * <tr><td>connected</td><td>NetworkManager, while it has a connection; else {@code /sys/class/net}</td><td>OSHI</td></tr>
 * <tr><td>unmetered, validated</td><td>NetworkManager, while it has a connection</td><td>unknown</td></tr>
 * <tr><td>not roaming</td><td>unknown</td><td>unknown</td></tr>
 * <tr><td>charging, battery not low</td><td>UPower; else {@code /sys/class/power_supply}</td><td>OSHI</td></tr>
 * <tr><td>idle</td><td>logind</td><td>unknown</td></tr>
 * <tr><td>storage not low, free bytes</td><td>the file system</td><td>the file system</td></tr>
 * </table>
 *
 * <p>The services of Linux's system bus tell by signals, and waking from sleep is told as a change. Files are read again, and OSHI
 * is asked again, when somebody asks and the last answer is older than {@value #INTERVAL_MILLIS} ms; a scheduler asks while
 * work waits for a condition.
 */
public final class DesktopConditions implements Conditions {
    /** How old what must be polled may become. */
    public static final long INTERVAL_MILLIS = PolledMachine.INTERVAL_MILLIS;

    /** How long an opening waits for the first answers; what comes later is told. */
    static final long FIRST_MILLIS = 2_000;

    private static final String SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket";
    private static final Logger LOG = LoggerFactory.getLogger(DesktopConditions.class);

    private final LinuxConditions files;
    private final LongSupplier elapsedMillis;
    private final ConditionListeners listeners = new ConditionListeners();
    private final @Nullable FactSource source;

    /**
     * The conditions of Linux.
     *
     * @param root where {@code sys} is: the folder {@code /}, but for tests
     * @param dataFolder the folder that holds the data
     * @param elapsedMillis a monotonic clock
     * @param busAddress of the system bus, as in {@code DBUS_SYSTEM_BUS_ADDRESS}; empty for none
     */
    public DesktopConditions(File root, File dataFolder, LongSupplier elapsedMillis, String busAddress) {
        this(
                root,
                dataFolder,
                elapsedMillis,
                changed -> new SystemBus(busAddress, elapsedMillis, changed),
                busAddress.isEmpty());
    }

    /** A source, whom to tell is given. */
    interface Opening {
        FactSource open(Runnable changed);
    }

    DesktopConditions(File root, File dataFolder, LongSupplier elapsedMillis, Opening opening, boolean isAlone) {
        this.files = new LinuxConditions(root, dataFolder, elapsedMillis, INTERVAL_MILLIS);
        this.elapsedMillis = elapsedMillis;
        FactSource opened = null;
        if (!isAlone) {
            try {
                opened = opening.open(listeners::tell);
                opened.awaitFirst(FIRST_MILLIS);
            } catch (RuntimeException | LinkageError e) {
                LOG.info("what only the system's services know of the device is unknown: {}", e.toString());
            }
        }
        this.source = opened;
    }

    /**
     * The conditions of this machine.
     *
     * @param dataFolder the folder that holds the data
     * @param clock whose {@code elapsedMillis} gives readings their age
     */
    public static DesktopConditions open(File dataFolder, WorkClock clock) {
        File root = new File("/");
        if (isLinux()) {
            return new DesktopConditions(root, dataFolder, clock::elapsedMillis, systemBus());
        }
        return new DesktopConditions(
                root,
                dataFolder,
                clock::elapsedMillis,
                changed -> new PolledMachine("OSHI", OshiReadings::read, clock::elapsedMillis, changed),
                false);
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    /** Empty where there is none, as in most containers. */
    private static String systemBus() {
        String address = Optional.ofNullable(System.getenv("DBUS_SYSTEM_BUS_ADDRESS"))
                .filter(given -> !given.isBlank())
                .orElse(SYSTEM_BUS);
        boolean isMissing = address.startsWith("unix:path=")
                && !new File(address.substring("unix:path=".length()).replaceAll("[,;].*", "")).exists();
        return isMissing ? "" : address;
    }

    @Override
    public ConditionSnapshot now() {
        ConditionSnapshot read = files.now();
        if (source == null) {
            return read;
        }
        Map<Fact, Reading> facts = new EnumMap<>(read.facts());
        long now = elapsedMillis.getAsLong();
        source.facts()
                .forEach((fact, said) -> facts.put(
                        fact, new Reading(said.truth(), said.source(), Math.max(0, now - said.readMillis()))));
        return new ConditionSnapshot(facts, read.custom(), read.freeBytes());
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        return listeners.add(listener);
    }

    @Override
    public long lookAgainInMillis() {
        long files = this.files.lookAgainInMillis();
        return source == null ? files : Math.min(files, source.lookAgainInMillis());
    }

    @Override
    public void close() {
        listeners.clear();
        if (source != null) {
            source.close();
        }
        files.close();
    }
}
