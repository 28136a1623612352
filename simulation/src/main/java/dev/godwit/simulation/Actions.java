package dev.godwit.simulation;

import dev.godwit.client.Commit;
import dev.godwit.client.Conflict;
import dev.godwit.client.GodwitException;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.client.Transactions;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.TransactionId;
import dev.godwit.server.Grant;
import dev.godwit.simulation.StepKind.Fault;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.testing.FaultySqlite;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What each kind of step does to the world. Each says in a few words what it did. */
final class Actions {
    static final String NOTHING = "nothing";
    private static final long YEARS = 365L * 24 * 3_600_000;

    private final World world;
    private final Workload workload;
    private final ServerActions toServer;
    private final Copies copies;
    private final Scenes scenes;

    Actions(World world, Workload workload) {
        this.world = world;
        this.workload = workload;
        this.toServer = new ServerActions(world, workload);
        this.copies = new Copies(world, workload, this);
        this.scenes = new Scenes(world, workload.boxes(), this, copies);
    }

    String act(Step step, SimulatedDevice device) {
        Random random = new Random(step.seed());
        return switch (step.kind()) {
            case WRITE -> writes(device, random);
            case SYNC ->
                world.plan().hasReturns() && random.nextBoolean()
                        ? syncInPart(device, random)
                        : sync(
                                device,
                                Weather.random(
                                        random,
                                        world.has(Fault.NETWORK),
                                        world.plan().hasPieces()));
            case FOREIGN_WRITE -> foreignWrite(device, random);
            case SETTLE_PARKED -> locally(device, () -> settleParked(device, random));
            case DECIDE_CONFLICT -> locally(device, () -> decide(device, random));
            case UNDO -> locally(device, () -> undo(device, random));
            case REOPEN -> reopen(device, random);
            case OPERATOR_WRITE,
                    TICK,
                    FORGET,
                    KILL_SERVER,
                    RESTART_SERVER,
                    SERVER_DISK,
                    BACK_UP_SERVER,
                    RESTORE_SERVER,
                    SERVER_CLOCK ->
                step.kind() == StepKind.FORGET && world.plan().hasCopies()
                        ? scenes.forgetWhileOnTheWay(step, device, random)
                        : atServer(step, random);
            case OFFLINE, ONLINE -> {
                device.online(step.kind() == StepKind.ONLINE);
                yield "";
            }
            case REPEAT_REQUEST -> device.network.repeat(random) ? "an old one" : NOTHING;
            case SECOND_PROCESS ->
                device.isSyncing() || !world.plan().hasPieces() ? syncBesides(device) : overtake(step, device, random);
            case KILL_DEVICE -> kill(device, random);
            case DEVICE_DISK -> disk(device.process(), random);
            case WALL_CLOCK -> wallClock(device, random);
            case REBOOT -> reboot(device);
            case LONG_ABSENCE -> {
                world.pass((long) (random.nextDouble() * 4 * 24 * 3_600_000));
                yield "";
            }
            case BACK_UP_DEVICE -> copies.backUp(device);
            case RESTORE_DEVICE -> copies.restore(device);
            case CLONE_DEVICE ->
                world.plan().hasCopies() ? scenes.copyWhilePending(device, random) : copies.copy(step, device, random);
            case REVOKE -> revoke(device, random);
            case READ_ONLY -> {
                device.network.grant(World.granting(device.subject, device.scopes, true));
                yield "";
            }
            case GRANT -> {
                device.network.grant(World.granting(device.subject, device.scopes));
                yield "";
            }
        };
    }

    /** Does it to the server, unless that is down or decides something. */
    String atServer(Step step, Random random) {
        return world.server().isUp() && !world.server().isBusy() ? toServer.act(step, random) : NOTHING;
    }

    /** Does something that writes to the device's database, and takes what a constraint or a broken disk makes of it. */
    String locally(SimulatedDevice device, java.util.function.Supplier<String> action) {
        try {
            return action.get();
        } catch (Workload.NotNow nothingToDo) {
            return NOTHING;
        } catch (SqliteException refused) {
            if (refused.code().isConstraint()) {
                return "refused by a constraint";
            }
            return failedDisk(device, refused);
        } catch (GodwitException refused) {
            if (refused.kind() == GodwitException.Kind.REQUEST) {
                return "refused: " + refused.getMessage();
            }
            return failedDisk(device, refused);
        }
    }

    private String failedDisk(SimulatedDevice device, RuntimeException failure) {
        if (!world.mendDisk(device)) {
            throw failure;
        }
        return "the disk failed";
    }

    /** An operator writes, whatever the server is doing. */
    String operate(Step step) {
        return toServer.operate(new Random(step.seed()));
    }

    /** A transaction of the application. */
    String write(SimulatedDevice device, Random random) {
        workload.time(world.server().millis());
        return locally(device, () -> workload.write(device, random));
    }

    private String writes(SimulatedDevice device, Random random) {
        StringBuilder said = new StringBuilder();
        for (int i = Bounds.burst(world.plan(), world.server().limits(), random); i > 0; i--) {
            said.append(said.isEmpty() ? "" : " | ").append(write(device, random));
        }
        return said.toString();
    }

    /** A sync with this weather; quiet if one is under way. */
    String sync(SimulatedDevice device, Weather weather) {
        if (device.isSyncing()) {
            return NOTHING;
        }
        device.network.weather(weather);
        device.syncing(true);
        try {
            return locally(device, () -> {
                SyncResult result = device.db().sync();
                world.synced(device, result);
                return result.toString();
            });
        } finally {
            device.network.weather(Weather.FAIR);
            device.syncing(false);
        }
    }

    /** One that breaks off behind some answer, between the news of what is sent again and its rows; the user goes on. */
    String syncInPart(SimulatedDevice device, Random random) {
        device.network.breaksOffBehind(Math.max(1, random.nextInt(4)));
        String said;
        try {
            said = sync(device, Weather.FAIR);
        } finally {
            device.network.breaksOffBehind(SimulatedNetwork.ALL);
        }
        if (!device.isUp()) {
            return said;
        }
        return said + ", and then: " + locally(device, () -> workload.claims().notes(device, random));
    }

    private String foreignWrite(SimulatedDevice device, Random random) {
        String sql = workload.foreign(device, random);
        try (SqliteConnection other = new JdbcSqlite().open(SqliteOptions.of(device.file.toString()))) {
            // as SQLite is without our driver
            other.execute("pragma recursive_triggers = off");
            other.execute(sql);
            device.background().ifPresent(SimulatedBackground::foreignWrite);
            world.reach().count("writes by other programs");
            return sql;
        } catch (SqliteException refused) {
            if (!refused.code().isConstraint()) {
                throw refused;
            }
            return "refused by a constraint";
        }
    }

    private String settleParked(SimulatedDevice device, Random random) {
        List<OutboxEntry> outbox = device.db().outbox();
        for (OutboxEntry entry : outbox) {
            boolean parked = entry.status().equals("parked");
            // a retry of an edit knows its text by the length, which says little where words fill gaps
            if (parked && random.nextBoolean() && !world.plan().hasGaps()) {
                return retry(device, entry.id(), outbox);
            } else if (parked || (entry.status().equals("pending") && random.nextInt(6) == 0)) {
                // before it is done: the device may die when it is
                world.expectations().excuse(entry.id());
                device.db().discard(entry.id());
                world.reach().count("discarded");
                return "discarded " + entry.id();
            }
        }
        return NOTHING;
    }

    /** Those that were parked because they build on it go with it, under new ids that nobody tells; and it may die over it. */
    private String retry(SimulatedDevice device, TransactionId id, List<OutboxEntry> before) {
        before.stream()
                .filter(one -> one.status().equals("parked"))
                .forEach(one -> world.expectations().excuse(one.id()));
        seen(device);
        Commit commit = device.db().retry(id);
        world.expectations().again(device, id, commit);
        world.reach().count("retried");
        return "retried " + id;
    }

    private String decide(SimulatedDevice device, Random random) {
        List<Conflict> undecided = device.db().inbox().undecided();
        if (undecided.isEmpty()) {
            return NOTHING;
        }
        Conflict one = undecided.get(random.nextInt(undecided.size()));
        seen(device);
        world.expectations().replaced(String.valueOf(one.mine()).replace("'", ""));
        world.expectations().replaced(String.valueOf(one.theirs()).replace("'", ""));
        Commit commit = switch (random.nextInt(3)) {
            case 0 -> device.db().inbox().takeMine(one.id());
            case 1 -> device.db().inbox().takeTheirs(one.id());
            default -> device.db().inbox().dismiss(one.id());
        };
        world.expectations().acknowledged(device, commit, null);
        world.reach().count("conflicts decided");
        return "decided " + one.id();
    }

    /** Whoever acts now has all values of the device before his eyes. */
    private void seen(SimulatedDevice device) {
        world.expectations().forgetAges();
        world.expectations().forgetOwners();
        device.db()
                .query(
                        "select body, place from memo union all select who, note from claim union all select who, note from ticket")
                .forEach(row -> row.values().stream()
                        .filter(value -> !value.isNull())
                        .forEach(value -> world.expectations().replaced(value.asText())));
    }

    private String undo(SimulatedDevice device, Random random) {
        List<Transactions.Remembered> list = device.db().transactions().list().stream()
                .filter(one ->
                        !one.state().equals("parked") && !world.expectations().isWatched(one.id()))
                .toList();
        if (list.isEmpty()) {
            return NOTHING;
        }
        TransactionId id = list.get(random.nextInt(list.size())).id();
        seen(device);
        Transactions.Undone undone = device.db().transactions().undo(id);
        world.expectations().acknowledged(device, undone.commit(), null);
        world.reach().count("undone");
        return "undid " + id;
    }

    private String reopen(SimulatedDevice device, Random random) {
        if (device.isSyncing()) {
            return NOTHING;
        }
        device.close();
        device.open(false);
        device.background().ifPresent(one -> one.sync().foreground(random.nextBoolean()));
        return "";
    }

    /** Another program has the database open under another name, and syncs while the first waits for its answer (H8). */
    private String syncBesides(SimulatedDevice device) {
        if (!device.isSyncing() || device.isSyncingBesides()) {
            return NOTHING;
        }
        String result = device.syncBesides();
        world.reach().count("syncs of a second process");
        return result;
    }

    /** While an answer is on its way that decides nothing, another device writes, and a second process gets that before. */
    private String overtake(Step step, SimulatedDevice device, Random random) {
        String said = sync(device, Weather.FAIR);
        int other = (step.device() + 1) % world.plan().options().devices();
        device.network.overtakenBy(List.of(
                new Step(step.number(), StepKind.WRITE, other, 0, random.nextLong()),
                new Step(step.number(), StepKind.SYNC, other, 0, random.nextLong()),
                new Step(step.number(), StepKind.SECOND_PROCESS, step.device(), 0, random.nextLong())));
        said += ", and again: " + sync(device, Weather.FAIR);
        device.network.overtakenBy(List.of()); // where there was no exchange
        return said;
    }

    private String kill(SimulatedDevice device, Random random) {
        if (random.nextInt(3) == 0) {
            device.process().kill();
            return "now";
        }
        FaultySqlite.Plan how =
                random.nextBoolean() ? FaultySqlite.Plan.DIES_BEFORE_COMMIT : FaultySqlite.Plan.DIES_AFTER_COMMIT;
        int after = random.nextInt(5);
        device.process().plan(how, after);
        return how + " after " + after;
    }

    static String disk(FaultySqlite process, Random random) {
        FaultySqlite.Plan how = List.of(
                        FaultySqlite.Plan.DISK_FULL, FaultySqlite.Plan.DISK_ERROR, FaultySqlite.Plan.DISK_GONE)
                .get(random.nextInt(3));
        int after = random.nextInt(60);
        process.plan(how, after);
        return how + " after " + after;
    }

    private String wallClock(SimulatedDevice device, Random random) {
        long wrong = (long) ((random.nextDouble() - 0.5) * 20 * YEARS);
        device.setWall(world.server().millis() + (random.nextInt(3) == 0 ? 0 : wrong));
        world.reach().count("clocks set");
        return "";
    }

    private String reboot(SimulatedDevice device) {
        if (device.isSyncing()) {
            return NOTHING;
        }
        device.bury();
        device.reboot();
        world.expectations().forgetAges();
        world.open(device);
        return "";
    }

    private String revoke(SimulatedDevice device, Random random) {
        Set<String> left = new TreeSet<>(device.scopes);
        left.remove(List.copyOf(left).get(random.nextInt(left.size())));
        Grant less = World.granting(device.subject, left);
        device.network.grant(less);
        world.reach().count("rights taken away");
        return "all but " + left;
    }
}
