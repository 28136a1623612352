package dev.godwit.simulation;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.Grant;
import dev.godwit.sql.SqliteException;
import dev.godwit.testing.FaultySqlite;
import dev.godwit.testing.FaultySqlite.Death;
import dev.godwit.testing.ManualDevice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One run: the server, the devices, the network and time, all on the calling thread. What would run at once on real machines
 * runs inside of each other here: while an exchange is on its way, and while the server gathers requests for a commit, the
 * next steps of the plan happen.
 */
final class World {
    private static final int NESTED_AT_MOST = 5;
    private static final int FEW = 4;
    private static final int TINY_PUSH = 200;
    private static final long DAY = 24L * 3_600_000;

    /** In some runs only, since the engine changes the catalogue around such triggers, which is slow. */
    private static final String TRIGGER = """
            create trigger job_seen after update of title on job begin
              update item set stock = stock + 1 where id = 'red-i1';
            end;
            """;

    /** By their text: it takes long to read one. */
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private final Plan plan;
    private final Path folder;
    private final Trace trace;
    private final Reach reach;
    private final String schema;
    private final SimulatedServer server;
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Expectations expectations;
    private final Snapshots snapshots = new Snapshots();
    private final Actions actions;
    private boolean begun;
    private int next;
    private int depth;
    private int downFor;
    private @Nullable FaultySqlite seenProcess;
    private long seenCommits;

    World(Plan plan, Path folder, Trace trace, Reach reach) {
        this.plan = plan;
        this.folder = folder;
        this.trace = trace;
        this.reach = reach;
        this.schema = schema() + (plan.seed() % 8 == 0 ? TRIGGER : "");
        Limits limits = limits(new Random(plan.seed()), plan.options().swarm());
        this.expectations = new Expectations(reach, limits.conflictsKept() > FEW);
        this.server = new SimulatedServer(
                SCHEMAS.computeIfAbsent(schema, text -> new SchemaReader(new JdbcSqlite()).read("fleet.sql", text)),
                folder,
                limits,
                Math.max(DAY, plan.options().days() * DAY / 2),
                plan.seed(),
                this::gather);
        this.actions = new Actions(this, new Workload(expectations, reach));
    }

    private static String schema() {
        try (InputStream in = World.class.getResourceAsStream("fleet.sql")) {
            if (in == null) {
                throw new IllegalStateException("fleet.sql is not beside " + World.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Small bounds in most runs, so that everything is cut somewhere. */
    private static Limits limits(Random random, boolean swarm) {
        // the smallest ones make many requests: a swarm has them less often
        int[] pages = swarm ? new int[] {2, 7, 7, 50, 50, 2_000} : new int[] {2, 7, 2_000};
        int[] pushes = swarm ? new int[] {1, 3, 20, 1_000, 1_000, 1_000} : new int[] {1, 3, 1_000};
        int[] receipts = {2, 2_000};
        return Limits.DEFAULT
                .with("pageRows", pages[random.nextInt(pages.length)])
                .with("pushTransactions", pushes[random.nextInt(pushes.length)])
                .with("receiptsPerCut", receipts[random.nextInt(2)])
                .with("attemptsKept", 5)
                .with("pushBytes", random.nextInt(4) == 0 ? TINY_PUSH : 4 << 20)
                .with("conflictsKept", random.nextInt(4) == 0 ? FEW : 100_000)
                .with("conflictsUndecided", 100_000)
                .with("syncLockWaitMillis", 1)
                .with("acceptedKeptMillis", DAY);
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

    Snapshots snapshots() {
        return snapshots;
    }

    Path folder() {
        return folder;
    }

    /**
     * How many transactions the application makes in a row this time. Long bursts are not sent one by one: each answer would put
     * all the others back.
     */
    int burst(Random random) {
        Limits limits = server.limits();
        boolean sentInFewRequests =
                limits.pushTransactions() > SimulationOptions.SHORT_BURST && limits.pushBytes() > TINY_PUSH;
        int most = sentInFewRequests ? plan.options().burst() : SimulationOptions.SHORT_BURST;
        boolean longer = most > SimulationOptions.SHORT_BURST && random.nextInt(3) == 0;
        return 1 + random.nextInt(longer ? most : Math.min(most, SimulationOptions.SHORT_BURST));
    }

    boolean has(StepKind.Fault fault) {
        return plan.options().faults().contains(fault);
    }

    /** Runs the plan, lets the faults stop, and looks whether all is well. */
    void run() {
        server.start();
        begin();
        begun = true;
        while (next < plan.steps().size()) {
            step(plan.steps().get(next++));
        }
        new Ending(this, plan.seed()).run();
    }

    private void begin() {
        Random random = new Random(plan.seed() + 1);
        boolean generous = random.nextInt(4) == 0;
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
            devices.get(0).db().write(tx -> Workload.begin(tx, team));
        }
        devices.forEach(device -> {
            if (!device.db().sync().isSynced()) {
                throw new Violation("P5", device.name + " cannot sync before anything has happened");
            }
        });
    }

    SimulatedDevice add(String name, String subject, Set<String> scopes) {
        SimulatedNetwork network = new SimulatedNetwork(this, granting(subject, scopes));
        SimulatedDevice device = new SimulatedDevice(
                new SimulatedDevice.Making(
                        name, subject, folder.resolve(name + ".db"), scopes, schema, server.limits()),
                new ManualDevice(plan.seed() * 31 + name.hashCode(), server.wallMillis()),
                network);
        network.of(device);
        devices.add(device);
        return device;
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
        server.pass(millis);
        devices.forEach(device -> device.clock.pass(millis));
    }

    /** Runs the next steps of the plan inside of what is under way. */
    void meanwhile(int steps) {
        if (depth >= NESTED_AT_MOST) {
            return;
        }
        depth++;
        trace.begin();
        for (int i = 0; i < steps && next < plan.steps().size(); i++) {
            step(plan.steps().get(next++));
        }
        trace.end();
        depth--;
    }

    /** The server is about to commit: a sync that comes next in the plan comes into the same commit. */
    private void gather() {
        Step following = begun && next < plan.steps().size() ? plan.steps().get(next) : null;
        if (following != null && following.kind() == StepKind.SYNC && depth < NESTED_AT_MOST) {
            reach.count("requests that met in a commit");
            meanwhile(1);
        }
    }

    void step(Step step) {
        pass(step.millis());
        raise();
        SimulatedDevice device = devices.get(step.device());
        if (!device.isUp() && !device.isSyncing()) {
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
    private void afterwards(SimulatedDevice device, boolean checking) {
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

    /** What holds at every moment. */
    void check(SimulatedDevice device) {
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
        lookAtServer();
        Leaks.check(device, grant, answer);
        return answer;
    }

    /** Takes note of what the server holds, if it has committed anything since. */
    private void lookAtServer() {
        if (server.process() != seenProcess || server.process().commits() != seenCommits) {
            seenProcess = server.process();
            seenCommits = seenProcess.commits();
            expectations.noteDecided(server);
            snapshots.remember(server);
        }
    }

    void end() {
        devices.forEach(SimulatedDevice::bury);
        server.end();
    }
}
