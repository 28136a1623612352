package dev.godwit.scheduler;

import java.io.File;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What Linux says in files: power and battery level in {@code /sys/class/power_supply}, links in {@code /sys/class/net}, free bytes
 * of the folder that holds the data. Whether a network is metered, roams or reaches the Internet, and whether somebody uses the
 * device, is in no file: unknown. A file that is missing or cannot be read makes its fact unknown and is no error.
 *
 * <p>Has no thread of its own. Files are read by whoever asks, at most once in an interval; in between, and while another thread
 * reads, the last readings are given with their age. Who wants to be told of changes lets {@link #poll} be called, or gives an
 * executor to {@link #watch}.
 */
public final class LinuxConditions implements Conditions {
    /** The shortest interval between two readings. */
    public static final long MIN_INTERVAL_MILLIS = 100;

    /** The longest. */
    public static final long MAX_INTERVAL_MILLIS = 3_600_000;

    /** What is free changes all the time; it is told from this many bytes on. */
    private static final long TOLD_BYTES = 1 << 20;

    private static final String NO_FILE = "Linux, which says it in no file";

    private final LinuxPower power;
    private final LinuxNetwork network;
    private final DataDisk disk;
    private final LongSupplier elapsedMillis;
    private final long intervalMillis;
    private final ConditionListeners listeners = new ConditionListeners();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile ReadAt last;
    private volatile ConditionSnapshot told;
    private @Nullable ScheduledFuture<?> watching;

    private record ReadAt(ConditionSnapshot snapshot, long millis) {}

    /**
     * Reads for the first time.
     *
     * @param root where {@code sys} is: the folder {@code /}, but for tests
     * @param dataFolder the folder that holds the data
     * @param elapsedMillis a monotonic clock
     * @param intervalMillis files are read again when the last readings are so old
     */
    public LinuxConditions(File root, File dataFolder, LongSupplier elapsedMillis, long intervalMillis) {
        this(root, new DataDisk(dataFolder), elapsedMillis, intervalMillis);
    }

    LinuxConditions(File root, DataDisk disk, LongSupplier elapsedMillis, long intervalMillis) {
        if (intervalMillis < MIN_INTERVAL_MILLIS || intervalMillis > MAX_INTERVAL_MILLIS) {
            throw new IllegalArgumentException("the interval is " + MIN_INTERVAL_MILLIS + " to " + MAX_INTERVAL_MILLIS
                    + " ms, and not " + intervalMillis);
        }
        File classes = new File(root, "sys/class");
        this.power = new LinuxPower(classes);
        this.network = new LinuxNetwork(classes);
        this.disk = disk;
        this.elapsedMillis = elapsedMillis;
        this.intervalMillis = intervalMillis;
        this.last = new ReadAt(read(), elapsedMillis.getAsLong());
        this.told = last.snapshot();
    }

    private ConditionSnapshot read() {
        Map<Fact, Reading> facts = new EnumMap<>(Fact.class);
        for (Fact fact : Fact.values()) {
            facts.put(fact, new Reading(Truth.UNKNOWN, NO_FILE, 0));
        }
        facts.put(Fact.CONNECTED, network.connected());
        facts.put(Fact.CHARGING, power.charging());
        facts.put(Fact.BATTERY_NOT_LOW, power.batteryNotLow());
        facts.put(Fact.STORAGE_NOT_LOW, disk.notLow());
        return new ConditionSnapshot(facts, Map.of(), disk.freeBytes());
    }

    @Override
    public ConditionSnapshot now() {
        if (elapsedMillis.getAsLong() - last.millis() >= intervalMillis) {
            readAgain();
        }
        ReadAt latest = last;
        return aged(latest.snapshot(), Math.max(0, elapsedMillis.getAsLong() - latest.millis()));
    }

    /** Unless another thread is at it. */
    private void readAgain() {
        if (reading.compareAndSet(false, true)) {
            try {
                long began = elapsedMillis.getAsLong();
                last = new ReadAt(read(), began);
            } finally {
                reading.set(false);
            }
        }
    }

    private static ConditionSnapshot aged(ConditionSnapshot snapshot, long ageMillis) {
        Map<Fact, Reading> facts = new HashMap<>();
        snapshot.facts()
                .forEach((fact, reading) -> facts.put(fact, new Reading(reading.truth(), reading.source(), ageMillis)));
        return new ConditionSnapshot(facts, snapshot.custom(), snapshot.freeBytes());
    }

    /** Reads now, and tells the listeners, on this thread, if something is not as it was when they were told last. */
    public void poll() {
        readAgain();
        ConditionSnapshot latest = last.snapshot();
        ConditionSnapshot before = told;
        if (differ(before, latest)) {
            told = latest;
            listeners.tell();
        }
    }

    private static boolean differ(ConditionSnapshot one, ConditionSnapshot other) {
        for (Fact fact : Fact.values()) {
            if (one.of(fact).truth() != other.of(fact).truth()) {
                return true;
            }
        }
        return one.freeBytes() / TOLD_BYTES != other.freeBytes() / TOLD_BYTES;
    }

    /**
     * Polls at the interval on somebody's executor, until this is closed; what a listener throws goes to the thread's handler of
     * uncaught exceptions. A second call replaces the first.
     */
    public synchronized void watch(ScheduledExecutorService executor) {
        stopWatching();
        watching = executor.scheduleWithFixedDelay(
                this::pollAndGoOn, intervalMillis, intervalMillis, TimeUnit.MILLISECONDS);
    }

    /** An exception would end the polling without a word. */
    private void pollAndGoOn() {
        try {
            poll();
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private synchronized void stopWatching() {
        if (watching != null) {
            watching.cancel(false);
            watching = null;
        }
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        return listeners.add(listener);
    }

    /** When the files are to be read again. */
    @Override
    public long lookAgainInMillis() {
        return Math.max(0, last.millis() + intervalMillis - elapsedMillis.getAsLong());
    }

    @Override
    public void close() {
        stopWatching();
        listeners.clear();
    }
}
