package dev.godwit.scheduler;

import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** How to open a scheduler. Immutable. */
public final class SchedulerOptions {
    private final SqliteDriver driver;
    private final SqliteOptions database;
    private final WorkClock clock;
    private final DoubleSupplier chance;
    private final Map<String, Worker> workers;
    private final Conditions conditions;
    private final WorkLimits limits;
    private final boolean isOnlyProcess;
    private final CircuitBreaker.Rules circuits;
    private final boolean isOwnFile;
    private final int visitsMost;

    private SchedulerOptions(
            SqliteDriver driver, SqliteOptions database, WorkClock clock, DoubleSupplier chance, Rest rest) {
        this.driver = driver;
        this.database = database;
        this.clock = clock;
        this.chance = chance;
        this.workers = Collections.unmodifiableMap(new LinkedHashMap<>(rest.workers));
        this.conditions = rest.conditions;
        this.limits = rest.limits;
        this.isOnlyProcess = rest.isOnlyProcess;
        this.circuits = rest.circuits;
        this.isOwnFile = rest.isOwnFile;
        this.visitsMost = rest.visitsMost;
    }

    /** {@code visitsMost} is 0 for a scheduler that is no visitor. */
    private record Rest(
            Map<String, Worker> workers,
            Conditions conditions,
            WorkLimits limits,
            boolean isOnlyProcess,
            CircuitBreaker.Rules circuits,
            boolean isOwnFile,
            int visitsMost) {}

    /**
     * The least there has to be.
     *
     * @param database the application's own file, or another; opened by the scheduler with a connection of its own
     * @param chance from 0, less than 1, another each time; for the jitter of backoffs and the numbers of works
     */
    public static SchedulerOptions of(
            SqliteDriver driver, SqliteOptions database, WorkClock clock, DoubleSupplier chance) {
        return new SchedulerOptions(
                driver,
                database,
                clock,
                chance,
                new Rest(
                        Map.of(),
                        new ManualConditions(),
                        WorkLimits.DEFAULT,
                        false,
                        CircuitBreaker.Rules.DEFAULT,
                        false,
                        0));
    }

    /** With a worker under its name, which stays the same as long as there is work for it. */
    public SchedulerOptions withWorker(String name, Worker worker) {
        Map<String, Worker> more = new LinkedHashMap<>(workers);
        more.put(name, worker);
        return with(new Rest(more, conditions, limits, isOnlyProcess, circuits, isOwnFile, visitsMost));
    }

    /** With somebody who knows the device. The scheduler does not close it. */
    public SchedulerOptions withConditions(Conditions known) {
        return with(new Rest(workers, known, limits, isOnlyProcess, circuits, isOwnFile, visitsMost));
    }

    /** With other bounds. */
    public SchedulerOptions withLimits(WorkLimits bounds) {
        return with(new Rest(workers, conditions, bounds, isOnlyProcess, circuits, isOwnFile, visitsMost));
    }

    /**
     * The application promises that no other process has a scheduler on this file. Work that a killed process left running then
     * runs again at once, and not when its lease ends.
     */
    public SchedulerOptions asOnlyProcess() {
        return with(new Rest(workers, conditions, limits, true, circuits, isOwnFile, visitsMost));
    }

    /**
     * With other rules for hosts that keep failing (see {@link WorkRequest#withHost}). What is known of hosts is shared by all work
     * of the scheduler, and forgotten with the process.
     */
    public SchedulerOptions withCircuits(CircuitBreaker.Rules rules) {
        return with(new Rest(workers, conditions, limits, isOnlyProcess, rules, isOwnFile, visitsMost));
    }

    /**
     * The application promises that the file holds nothing but the scheduler's tables and queues. If the file itself is damaged, so
     * that no table can be read, it is then set aside under another name and made anew, and this is reported; without the promise
     * nobody touches it, and what asks the scheduler for something hears the error.
     */
    public SchedulerOptions asOwnFile() {
        return with(new Rest(workers, conditions, limits, isOnlyProcess, circuits, true, visitsMost));
    }

    /**
     * For a process that does what is due and ends, while the application is not there: works whose worker it does not know are
     * left as they are, not parked, and no more than so many runs are begun. See {@link Scheduler#awaitIdle}.
     *
     * @throws IllegalArgumentException if that is less than one
     */
    public SchedulerOptions asVisitor(int mostRuns) {
        if (mostRuns < 1) {
            throw new IllegalArgumentException("a visitor begins at least one run: " + mostRuns);
        }
        return with(new Rest(workers, conditions, limits, isOnlyProcess, circuits, isOwnFile, mostRuns));
    }

    private SchedulerOptions with(Rest rest) {
        return new SchedulerOptions(driver, database, clock, chance, rest);
    }

    SqliteDriver driver() {
        return driver;
    }

    SqliteOptions database() {
        return database;
    }

    WorkClock clock() {
        return clock;
    }

    DoubleSupplier chance() {
        return chance;
    }

    Map<String, Worker> workers() {
        return workers;
    }

    Conditions conditions() {
        return conditions;
    }

    WorkLimits limits() {
        return limits;
    }

    boolean isOwnFile() {
        return isOwnFile;
    }

    CircuitBreaker.Rules circuits() {
        return circuits;
    }

    boolean isOnlyProcess() {
        return isOnlyProcess;
    }

    boolean isVisitor() {
        return visitsMost > 0;
    }

    /** How many runs may be begun. */
    long mostRuns() {
        return visitsMost > 0 ? visitsMost : Long.MAX_VALUE;
    }
}
