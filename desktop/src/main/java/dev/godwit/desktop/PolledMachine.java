package dev.godwit.desktop;

import dev.godwit.scheduler.Fact;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Readings of a library that tells nothing by itself: read again when somebody asks and the last ones are older than the interval,
 * on a thread that ends when it has nothing to do. So nothing is polled while nobody asks.
 */
final class PolledMachine implements FactSource {
    /** How old readings may become. */
    static final long INTERVAL_MILLIS = 60_000;

    private static final long IDLE_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(DesktopConditions.class);

    private final String source;
    private final Supplier<MachineReadings> reader;
    private final LongSupplier elapsedMillis;
    private final Runnable changed;
    private final AtomicBoolean reading = new AtomicBoolean();
    private final CountDownLatch first = new CountDownLatch(1);
    private final ThreadPoolExecutor executor;
    private volatile Map<Fact, Said> facts = Map.of();
    private volatile long readMillis;
    private volatile boolean isGivenUp;
    private boolean hasFailed;

    /** Reads for the first time, beside the caller. */
    PolledMachine(String source, Supplier<MachineReadings> reader, LongSupplier elapsedMillis, Runnable changed) {
        this.source = source;
        this.reader = reader;
        this.elapsedMillis = elapsedMillis;
        this.changed = changed;
        this.executor =
                new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1), task -> {
                    Thread thread = new Thread(task, "godwit-conditions");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        readMillis = elapsedMillis.getAsLong();
        readSoon();
    }

    @Override
    public void awaitFirst(long millis) {
        try {
            first.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Map<Fact, Said> facts() {
        if (lookAgainInMillis() == 0) {
            readSoon();
        }
        return facts;
    }

    @Override
    public long lookAgainInMillis() {
        return isGivenUp ? Long.MAX_VALUE : Math.max(0, readMillis + INTERVAL_MILLIS - elapsedMillis.getAsLong());
    }

    private void readSoon() {
        if (!executor.isShutdown() && reading.compareAndSet(false, true)) {
            executor.execute(this::read);
        }
    }

    private void read() {
        Map<Fact, Said> before = facts;
        try {
            long now = elapsedMillis.getAsLong();
            readMillis = now;
            facts = Map.copyOf(Said.all(reader.get().facts(), source, now));
        } catch (LinkageError | IllegalStateException e) {
            // its part for this system is not here, and will not come
            isGivenUp = true;
            facts = Map.of();
            LOG.info("{} does not load: what it would know of the device is unknown. {}", source, e.toString());
        } catch (RuntimeException e) {
            facts = Map.of();
            if (!hasFailed) {
                LOG.info("{} fails: what it would know of the device is unknown.", source, e);
            }
            hasFailed = true;
        } finally {
            reading.set(false);
        }
        if (Said.differ(before, facts)) {
            tell();
        }
        first.countDown();
    }

    private void tell() {
        try {
            changed.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("a listener to the conditions of the device failed", e);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
