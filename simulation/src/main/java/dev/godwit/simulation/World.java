package dev.godwit.simulation;

import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteException;
import dev.godwit.testing.FaultySqlite;
import dev.godwit.testing.FaultySqlite.Death;
import dev.godwit.testing.ManualDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run: the server, the devices, the network and time, all on the calling thread. What would run at once on real machines
 * runs inside of each other here: while an exchange is on its way, and while the server gathers requests for a commit, the
 * next steps of the plan happen.
 */
final class World {
    private final Plan plan;
    private final Path folder;
    private final Trace trace;
    private final Reach reach;
    private final String schema;
    private final SimulatedServer server;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Expectations expectations;
    private final Absences absences;
    private final Snapshots snapshots = new Snapshots();
    private final PassingTime time;
    private final Actions actions;
    private final Course course;
    private int downFor;
    private @Nullable FaultySqlite seenProcess;
    private long seenCommits;

    World(Plan plan, Path folder, Trace trace, Reach reach) {
        this.plan = plan;
        this.folder = folder;
        this.trace = trace;
        this.reach = reach;
        this.schema = FleetSchema.text(plan);
        Limits limits = Bounds.limits(plan);
        this.expectations = new Expectations(reach, limits.conflictsKept() > Bounds.FEW, plan.refusesNothing());
        this.absences = new Absences(expectations, Bounds.retention(plan));
        this.server = new SimulatedServer(
                FleetSchema.read(schema),
                folder,
                limits,
                Bounds.retention(plan),
                plan.seed(),
                new SimulatedServer.Gaps(this::gather, this::operateBetween));
        this.time = new PassingTime(this);
        this.course = new Course(plan.steps(), this::step, trace, time::failed);
        this.actions = new Actions(this, new Workload(expectations, absences, reach, plan));
    }

    Reach reach() {
        return reach;
    }

    Trace trace() {
        return trace;
    }

    SimulatedServer server() {
        return server;
    }

    List<SimulatedDevice> devices() {
        return devices;
    }

    Expectations expectations() {
        return expectations;
    }

    Absences absences() {
        return absences;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    Path folder() {
        return folder;
    }

    Plan plan() {
        return plan;
    }

    boolean has(StepKind.Fault fault) {
        return plan.options().faults().contains(fault);
    }

    /** Runs the plan, lets the faults stop, and looks whether all is well. */
    void run() {
        server.start();
        begin();
        course.run();
        time.isFair();
        new Ending(this, plan.seed()).run();
    }

    private void begin() {
        Random random = new Random(plan.seed() + 1);
        boolean generous = random.nextInt(4) == 0 || plan.hasStrays();
        for (int i = 0; i < plan.options().devices(); i++) {
            Set<String> scopes = new TreeSet<>(i == 0 ? Workload.teams() : Set.of("red"));
            if (random.nextBoolean()) {
                scopes.add("blue");
            }
            SimulatedDevice device = add("d" + i, "user" + i, scopes);
            if (generous) {
                // may write to scopes that it does not sync
                device.network.grant(granting(device.subject, Workload.teams()));
            }
            device.open(true);
        }
        for (String team : new TreeSet<>(Workload.teams())) {
            devices.get(0).db().write(tx -> Workload.begin(tx, team, plan));
        }
        devices.forEach(device -> {
            if (!device.db().sync().isSynced()) {
                throw new Violation("P5", device.name + " cannot sync before anything has happened");
            }
            absences.synced(device.name, server.millis());
        });
    }

    SimulatedDevice add(String name, String subject, Set<String> scopes) {
        SimulatedNetwork network = new SimulatedNetwork(this, granting(subject, scopes));
        SimulatedDevice device = new SimulatedDevice(
                new SimulatedDevice.Making(
                        name, subject, folder.resolve(name + ".db"), scopes, schema, server.limits()),
                new ManualDevice(plan.seed() * 31 + name.hashCode(), server.millis()),
                network,
                plan.hasBackgrounds() ? background(name) : null);
        network.of(device);
        devices.add(device);
        return device;
    }

    private SimulatedBackground background(String name) {
        return new SimulatedBackground(
                folder.resolve(name + ".db"), server.millis(), server.limits(), plan.seed() * 37 + name.hashCode());
    }

    static Grant granting(String subject, Set<String> scopes) {
        return granting(subject, scopes, false);
    }

    static Grant granting(String subject, Set<String> scopes, boolean readOnly) {
        Set<String> all = new TreeSet<>(scopes);
        all.add(Snapshots.SHARED);
        return new Grant(subject, all, readOnly);
    }

    void pass(long millis) {
        time.pass(millis);
    }

    /** What else happens while something is under way. */
    Course course() {
        return course;
    }

    /** The server is about to commit: a sync that comes next in the plan comes into the same commit. */
    private void gather() {
        Step following = course.following();
        if (following != null && following.kind() == StepKind.SYNC && course.mayNest()) {
            reach.count("requests that met in a commit");
            course.meanwhile(1);
        }
    }

    /** The server has committed, and reads what it answers next; now and then an operator comes between. */
    private void operateBetween() {
        Step following = course.following();
        if (following != null && plan.hasBoxes() && server.isBusy() && following.seed() % 4 == 0) {
            reach.count("writes by operators between commit and answer");
            trace.line("an operator, before the answer: " + actions.operate(following));
        }
    }

    void step(Step step) {
        pass(step.millis());
        raise();
        SimulatedDevice device = devices.get(step.device());
        if (!device.isUp() && !device.isSyncing()) {
            if (step.seed() % 3 == 0) {
                visit(device);
            }
            open(device);
        }
        String did = "nothing: it is down";
        long checkedBefore = device.process().commits();
        try {
            if (device.isUp()) {
                did = actions.act(step, device);
            }
        } catch (Death death) {
            did = "died";
        }
        trace.line("#" + step.number() + " " + device.name + " " + step.kind().words() + ": " + did);
        afterwards(
                device,
                step.kind() == StepKind.SYNC
                        || (device.process().commits() != checkedBefore && step.number() % 3 == 0));
    }

    /** Buries who has died, and looks at the database of who has not. */
    void afterwards(SimulatedDevice device, boolean checking) {
        if (server.process().isDead() && !server.isBusy()) {
            server.bury();
        }
        if (device.process().isDead()) {
            if (!device.isSyncing()) {
                reach.count("devices killed");
                device.bury();
            }
        } else if (checking) {
            check(device);
        }
    }

    /** The user goes on while the device waits for an answer. */
    void goOnWriting(SimulatedDevice device, Random random) {
        trace.begin();
        for (int i = random.nextInt(3); i >= 0 && device.isUp(); i--) {
            trace.line(device.name + " goes on: " + actions.write(device, random));
        }
        trace.end();
    }

    /** Whether a device's disk has failed as planned; from now on it works again. */
    boolean mendDisk(SimulatedDevice device) {
        boolean failed = device.process().hasFailed();
        if (failed) {
            device.process().plan(FaultySqlite.Plan.NONE, 0);
            reach.count("disk errors on devices");
        }
        return failed;
    }

    /** What holds at every moment. */
    void check(SimulatedDevice device) {
        if (!device.isSyncing()) {
            device.background().ifPresent(background -> background.check(device.db(), device.name));
        }
        var status = device.db().status();
        boolean whole = device.scopes.containsAll(Workload.teams())
                && status.denied().isEmpty()
                && status.checkpoints().values().stream().allMatch(commit -> commit > 0);
        Invariants.check(
                device.name,
                whole,
                sql -> device.db().query(sql).stream()
                        .map(row -> row.values().toString())
                        .toList());
    }

    /** A sync has ended: takes note of what it came to, and of what the device must show now. */
    void synced(SimulatedDevice device, SyncResult result) {
        reach.count("syncs " + result.outcome().name().toLowerCase(java.util.Locale.ROOT));
        reach.add("conflicts", result.conflicts());
        reach.add("rows received", result.received());
        reach.add("blocked", device.db().status().blocked());
        if (result.isSynced()) {
            expectations.synced(device);
        }
        if (result.isSynced() && device.db().status().pending() == 0) {
            absences.synced(device.name, server.millis());
            snapshots.check(device);
            Leaks.checkHeld(device);
            reach.count("checkpoints compared");
        }
    }

    /**
     * Before the application is started, the operating system starts what does the due work without it.
     *
     * @return whether there is something to send, and nothing that tries to was due
     */
    boolean visit(SimulatedDevice device) {
        boolean isWaiting = false;
        try {
            device.visit();
            Optional<SimulatedBackground> background = device.background();
            if (background.isPresent()) {
                reach.count("visits");
                long asked = reach.of("requests");
                time.runDue(device, background.get());
                isWaiting = device.isUp()
                        && reach.of("requests") == asked
                        && background.get().isWaiting(device.db());
            }
            if (device.isUp()) {
                device.close();
            }
        } catch (Death death) {
            device.bury();
        }
        return isWaiting;
    }

    /** Starts an application that is down; it may die again as it starts. */
    void open(SimulatedDevice device) {
        try {
            device.open(false);
        } catch (Death death) {
            device.bury();
            device.open(false);
        }
    }

    /** Somebody starts a server that is down, a few steps later. */
    private void raise() {
        if (!server.isUp() && !server.isBusy() && downFor++ >= 2) {
            startServer();
        }
    }

    void startServer() {
        downFor = 0;
        reach.count("server starts");
        server.start();
        snapshots.remember(server);
    }

    /** An exchange with the server; null if there is none, or it dies over it. */
    byte @Nullable [] serve(SimulatedDevice device, Grant grant, byte[] request) {
        if (!server.isUp()) {
            return null;
        }
        byte[] answer;
        Untouched untouched = Untouched.before(server, grant);
        try {
            answer = server.serve(grant, request);
        } catch (Death death) {
            reach.count("servers killed");
            if (!server.isBusy()) {
                server.bury();
            }
            return null;
        } catch (SqliteException failure) {
            if (!server.process().hasFailed()) {
                throw failure;
            }
            reach.count("disk errors on the server");
            return null;
        } catch (IllegalStateException cutOff) {
            if (!server.process().isDead()) {
                throw cutOff;
            }
            return null;
        } finally {
            if (server.process().hasFailed()) {
                server.process().plan(FaultySqlite.Plan.NONE, 0);
            }
        }
        try {
            lookAtServer();
            Leaks.check(device, grant, answer);
            untouched.check(device, server);
        } catch (Violation found) {
            time.failed(found);
            throw found;
        }
        return answer;
    }

    /** Takes note of what the server holds, if it has committed anything since. */
    private void lookAtServer() {
        if (server.process() != seenProcess || server.process().commits() != seenCommits) {
            seenProcess = server.process();
            seenCommits = seenProcess.commits();
            server.committed();
            expectations.noteDecided(server);
            snapshots.remember(server);
        }
    }

    void end() {
        devices.forEach(SimulatedDevice::end);
        server.end();
    }
}
