package dev.godwit.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.scheduler.Fact;
import dev.godwit.scheduler.Truth;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readings that must be asked for: when they are, and what happens when that fails. */
@Timeout(60)
class PolledMachineTest {
    private static final MachineReadings.Battery BATTERY = new MachineReadings.Battery(0.5, false, false, true, false);

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final Semaphore told = new Semaphore(0);
    private final Semaphore wasRead = new Semaphore(0);
    private volatile Supplier<MachineReadings> machine = () -> new MachineReadings(List.of(BATTERY), List.of());
    private PolledMachine polled;

    private void open() {
        polled = new PolledMachine(
                "a library",
                () -> {
                    reads.incrementAndGet();
                    try {
                        return machine.get();
                    } finally {
                        wasRead.release();
                    }
                },
                clock::get,
                told::release);
        polled.awaitFirst(50_000);
    }

    @AfterEach
    void close() {
        polled.close();
    }

    private void readAgain() throws InterruptedException {
        wasRead.drainPermits();
        clock.addAndGet(PolledMachine.INTERVAL_MILLIS);
        polled.facts();
        assertThat(wasRead.tryAcquire(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsReadWhileNobodyAsksNorMoreOftenThanTheInterval() throws Exception {
        open();
        assertThat(polled.facts().get(Fact.CHARGING)).isEqualTo(new Said(Truth.FALSE, "a library", 0));
        clock.addAndGet(10 * PolledMachine.INTERVAL_MILLIS);
        assertThat(reads).hasValue(1);
        assertThat(polled.lookAgainInMillis()).isZero();
        machine = () -> new MachineReadings(List.of(), List.of());
        told.drainPermits();
        polled.facts();
        assertThat(told.tryAcquire(50, TimeUnit.SECONDS)).isTrue();
        assertThat(polled.facts().get(Fact.CHARGING).truth()).isEqualTo(Truth.TRUE);
        assertThat(polled.lookAgainInMillis()).isEqualTo(PolledMachine.INTERVAL_MILLIS);
        for (int i = 0; i < 100; i++) {
            polled.facts();
        }
        assertThat(reads).hasValue(2);
    }

    @Test
    void aLibraryThatDoesNotLoadIsNotAskedAgain() throws Exception {
        for (Throwable e : List.of(new NoClassDefFoundError("gone"), new IllegalStateException("no provider"))) {
            machine = () -> {
                if (e instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e;
            };
            open();
            assertThat(polled.facts()).isEqualTo(Map.of());
            assertThat(polled.lookAgainInMillis()).isEqualTo(Long.MAX_VALUE);
            polled.close();
        }
        assertThat(reads).hasValue(2);
    }

    @Test
    void aLibraryThatFailsOnceIsAskedAgain() throws Exception {
        open();
        Supplier<MachineReadings> well = machine;
        machine = () -> {
            throw new UnsupportedOperationException("a bug of the library");
        };
        told.drainPermits();
        readAgain();
        assertThat(told.tryAcquire(50, TimeUnit.SECONDS))
                .as("what was known is not")
                .isTrue();
        assertThat(polled.facts()).isEqualTo(Map.of());
        machine = well;
        readAgain();
        assertThat(told.tryAcquire(50, TimeUnit.SECONDS)).isTrue();
        assertThat(polled.facts().get(Fact.CHARGING).truth()).isEqualTo(Truth.FALSE);
    }

    @Test
    void afterTheCloseNothingIsRead() {
        open();
        polled.close();
        clock.addAndGet(PolledMachine.INTERVAL_MILLIS);
        assertThat(polled.facts()).isNotEmpty();
        assertThat(reads).hasValue(1);
    }
}
