package dev.godwit.scheduler;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A week of a device, from a seed: what it is asked for, what happens to it, and a model that looks on. */
final class Week {
    static final long DAY = 24 * WorkRoom.HOUR;
    private static final long MINUTE = WorkRoom.MINUTE;
    private static final long SECOND = 1_000;
    private static final String SYNC = "sync";

    final WeekModel model;
    final Radio radio = new Radio();
    final Radio eager = new Radio();
    private final Path file;
    private final Random random;
    private final ManualClock clock = new ManualClock(WorkRoom.START);
    private final ManualConditions device = new ManualConditions();
    private final String seed;
    private final boolean hasJumps;
    private boolean isOver;
    private WorkDriver driver;
    int wakeUps;
    int requests;
    int writes;
    int syncs;

    Week(Path file, long seed) {
        this.file = file;
        this.seed = "seed " + seed;
        this.random = new Random(seed);
        this.hasJumps = seed % 2 == 0;
        this.model = new WeekModel(clock, this.seed, hasJumps);
    }

    /** Lives through the week, and then as long as it takes for all to be done that can be. */
    void live() {
        for (Fact fact : Fact.values()) {
            device.set(fact, random.nextBoolean());
        }
        open();
        long end = passed + 7 * DAY;
        while (passed < end) {
            pass((long) (-Math.log(1 - random.nextDouble()) * 20 * MINUTE));
            happen();
            model.check(driver.scheduler(), random.nextInt(4) == 0);
        }
        end();
        driver.close();
    }

    private long passed;

    private void open() {
        SchedulerOptions options = SchedulerOptions.of(
                        new JdbcSqlite(),
                        SqliteOptions.of(file.toString()).withDurability(SqliteOptions.Durability.NORMAL),
                        clock,
                        random::nextDouble)
                .withConditions(device)
                .withLimits(WorkLimits.DEFAULT
                        .with("lookMillis", 6 * WorkRoom.HOUR)
                        .with("finishedKept", 100_000)
                        .with("runsKept", 10))
                .asOnlyProcess();
        for (String worker : List.of("net", "local", SYNC)) {
            options = options.withWorker(worker, this::work);
        }
        driver = WorkDriver.open(options, model);
        driver.run();
    }

    /** Time passes, and the scheduler wakes up when it wants to. */
    private void pass(long millis) {
        long left = Math.max(1, millis);
        passed += left;
        driver.run();
        while (left > 0) {
            long step = Math.min(left, Math.max(1, driver.look()));
            clock.advance(step);
            left -= step;
            wakeUps += left > 0 ? 1 : 0;
            driver.run();
        }
    }

    private void happen() {
        int dice = random.nextInt(100);
        if (dice < 25) {
            write();
        } else if (dice < 60) {
            ask();
        } else if (dice < 78) {
            flap();
        } else if (dice < 84) {
            changeMind();
        } else if (dice < 88) {
            model.count("sleep");
            passed += sleep(random.nextInt(8) * WorkRoom.HOUR);
        } else if (dice < 92 && hasJumps) {
            model.count("jump");
            clock.jumpWall((random.nextInt(49) - 24) * WorkRoom.HOUR + random.nextInt(1_000));
        } else if (dice < 95) {
            model.count("kill");
            driver.kill();
            open();
        } else if (dice < 97) {
            model.count("reboot");
            driver.kill();
            clock.reboot(random.nextInt(60) * MINUTE);
            model.rebooted();
            open();
        } else {
            model.count("restart");
            driver.close();
            open();
        }
        driver.run();
    }

    private long sleep(long millis) {
        clock.advance(millis);
        return millis;
    }

    /** The application writes something now and again, which is to be synced. */
    private void write() {
        for (int i = random.nextInt(10); i >= 0; i--) {
            passed += sleep(random.nextInt(10) * SECOND);
            writeOnce();
        }
    }

    private void writeOnce() {
        writes++;
        WorkRequest request = WorkRequest.of(SYNC)
                .withName(SYNC, UniqueName.Policy.COALESCE)
                .withConstraint(Constraint.connected())
                .withDelay(30 * SECOND)
                .withBudget(Budget.DEFAULT.withAttempts(0))
                .withBackoff(new Backoff(Backoff.Kind.EXPONENTIAL, 30 * SECOND, SECOND, WorkRoom.HOUR));
        enqueue(request);
        eager.use(clock.elapsedMillis(), 2 * SECOND);
    }

    private void enqueue(WorkRequest request) {
        requests++;
        model.asked(request, driver.scheduler().enqueue(request), false);
    }

    private WorkRequest request() {
        WorkRequest request = WorkRequest.of(random.nextBoolean() ? "net" : "local")
                .withPriority(random.nextInt(5))
                .withBackoff(new Backoff(Backoff.Kind.values()[random.nextInt(2)], 10 * SECOND, SECOND, WorkRoom.HOUR));
        return switch (random.nextInt(5)) {
            case 0 -> request.withConstraint(Constraint.unmetered());
            case 1 ->
                request.withConstraint(
                        Constraint.charging().and(Constraint.idle()).softFor(6 * WorkRoom.HOUR));
            case 2 -> request.withConstraint(Constraint.connected());
            default -> request;
        };
    }

    private void ask() {
        WorkRequest request = request();
        switch (random.nextInt(9)) {
            case 0 -> enqueue(request.withDelay(random.nextInt(300) * MINUTE));
            case 1 ->
                enqueue(request.withKey("k" + random.nextInt(3))
                        .withKeyRule(random.nextInt(4) == 0 ? KeyRule.STOP : KeyRule.GO_ON));
            case 2 -> enqueue(request.expedited());
            case 3 -> enqueue(request.withBudget(Budget.DEFAULT.withAttempts(1 + random.nextInt(3))));
            case 4 ->
                enqueue(request.withBudget(Budget.DEFAULT
                        .withAge((1 + random.nextInt(100)) * MINUTE)
                        .withDeadline(clock.wallMillis() + (1 + random.nextInt(300)) * MINUTE)));
            case 5 ->
                enqueue(request.withName("n" + random.nextInt(2), policy())
                        .withDelay(random.nextInt(3) * WorkRoom.HOUR));
            case 6 -> chain();
            default -> {
                if (driver.scheduler().tagged("periodic").size() < 8) {
                    enqueue(request.withPeriod(period()).withTag("periodic"));
                }
            }
        }
    }

    private UniqueName.Policy policy() {
        List<UniqueName.Policy> policies = List.of(
                UniqueName.Policy.KEEP,
                UniqueName.Policy.REPLACE,
                UniqueName.Policy.APPEND,
                UniqueName.Policy.APPEND_OR_REPLACE);
        return policies.get(random.nextInt(policies.size()));
    }

    private Period period() {
        long interval = (15 + random.nextInt(600)) * MINUTE;
        Period period = random.nextBoolean()
                ? Period.every(interval)
                : Period.anchored(interval, clock.wallMillis() - random.nextInt(1_000_000))
                        .withCatchUp(Period.CatchUp.values()[random.nextInt(2)]);
        return random.nextBoolean() ? period : period.withFlex(interval / 4);
    }

    private void chain() {
        List<String> steps = new ArrayList<>();
        WorkChain chain = WorkChain.empty();
        List<WorkRequest> asked = new ArrayList<>();
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            WorkRequest request = request();
            asked.add(request);
            String need = steps.isEmpty() ? "" : steps.get(random.nextInt(steps.size()));
            chain = need.isEmpty() ? chain.then("s" + i, request) : chain.then("s" + i, request, need);
            steps.add("s" + i);
        }
        requests += steps.size();
        var enqueued = driver.scheduler().enqueue(chain);
        for (int i = 0; i < steps.size(); i++) {
            model.asked(asked.get(i), enqueued.get(steps.get(i)), true);
        }
    }

    private void flap() {
        device.set(Fact.values()[random.nextInt(Fact.values().length)], random.nextInt(3) > 0);
    }

    /** A person cancels something, or tries it again, or logs in. */
    private void changeMind() {
        List<Work> parked = driver.scheduler().list(WorkState.PARKED, 100);
        List<Work> waiting = driver.scheduler().list(WorkState.ENQUEUED, 100);
        int dice = random.nextInt(3);
        if (dice == 0 && !parked.isEmpty()) {
            driver.scheduler().retry(parked.get(random.nextInt(parked.size())).id());
        } else if (dice == 1 && !waiting.isEmpty()) {
            driver.scheduler()
                    .cancel(waiting.get(random.nextInt(waiting.size())).id());
        } else {
            driver.scheduler().loggedIn();
        }
    }

    /** A run: takes time, may be stopped by the device half-way, and ends somehow. */
    private WorkOutcome work(WorkContext run) {
        model.begins(run);
        long takes = 1 + random.nextInt(3_000);
        if (model.worker(run.id()).equals(SYNC)) {
            syncs++;
            radio.use(clock.elapsedMillis(), takes);
        }
        clock.advance(takes);
        passed += takes;
        if (!isOver && random.nextInt(5) == 0) {
            flap();
            driver.look();
            if (run.isStopped()) {
                model.count("stop " + run.stopReason().orElseThrow());
            }
        }
        int dice = isOver ? 0 : random.nextInt(100);
        if (dice < 65) {
            return WorkOutcome.success();
        } else if (dice < 80) {
            return WorkOutcome.retry("status 500");
        } else if (dice < 84) {
            return new WorkOutcome.RetryAfter(random.nextInt(60) * MINUTE, "status 503");
        } else if (dice < 88) {
            return new WorkOutcome.DeferUntil(Constraint.charging());
        } else if (dice < 91) {
            return new WorkOutcome.DeferFor(random.nextInt(60) * MINUTE);
        } else if (dice < 95) {
            return WorkOutcome.failed("status 422");
        } else if (dice < 97) {
            return new WorkOutcome.NeedsLogin("status 401");
        }
        throw new IllegalStateException("boom");
    }

    /** All is well, and stays so: what can be done is done. */
    private void end() {
        isOver = true;
        for (Fact fact : Fact.values()) {
            device.set(fact, true);
        }
        driver.scheduler().loggedIn();
        driver.scheduler()
                .list(WorkState.PARKED, 10_000)
                .forEach(work -> driver.scheduler().retry(work.id()));
        driver.scheduler().tagged("periodic").forEach(work -> driver.scheduler().cancel(work.id()));
        pass(2 * DAY);
        model.check(driver.scheduler(), true);
        // what has a deadline may be parked; nothing waits but behind that
        for (Work work : driver.scheduler().list(WorkState.ENQUEUED, 10_000)) {
            throw new AssertionError(driver.scheduler().explain(work.id(), java.time.ZoneOffset.UTC) + ", " + seed);
        }
    }

    /** A radio that stays on for a while after its use, as a phone's does. */
    static final class Radio {
        private static final long TAIL = 10_000;
        private long until;
        long millis;
        int times;

        void use(long now, long takes) {
            long end = now + takes + TAIL;
            if (now > until || now < until - DAY) {
                millis += end - now;
                times++;
                until = end;
            } else if (end > until) {
                millis += end - until;
                until = end;
            }
        }
    }
}
