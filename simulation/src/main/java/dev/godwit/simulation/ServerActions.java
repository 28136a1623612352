package dev.godwit.simulation;

import dev.godwit.sql.SqliteException;
import dev.godwit.testing.FaultySqlite;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the steps that are about the server do to it. */
final class ServerActions {
    private static final Pattern MEMO = Pattern.compile("update memo set body = '(.*)' where id = '(.*)'");

    private final World world;
    private final Workload workload;
    private @Nullable ServerCopy serverCopy;

    private record ServerCopy(Path file, long millis, Set<String> decided, int operated) {}

    ServerActions(World world, Workload workload) {
        this.world = world;
        this.workload = workload;
    }

    /** Does it; the server is up, and decides nothing just now. */
    String act(Step step, Random random) {
        SimulatedServer server = world.server();
        return switch (step.kind()) {
            case OPERATOR_WRITE -> operate(random);
            case TICK -> atServer(server::tick);
            case FORGET -> atServer(server::forget);
            case KILL_SERVER -> killServer(random);
            case RESTART_SERVER -> {
                server.stop();
                world.startServer();
                yield "";
            }
            case SERVER_DISK -> Actions.disk(server.process(), random);
            case BACK_UP_SERVER -> {
                Path file = world.folder().resolve("server.backup");
                server.backUp(file);
                serverCopy = new ServerCopy(
                        file,
                        server.millis(),
                        world.expectations().decided(),
                        world.expectations().operated());
                yield "";
            }
            case SERVER_CLOCK -> {
                server.setBack((long) (random.nextDouble() * Bounds.DAY));
                world.expectations().forgetAges();
                world.reach().count("server clocks set back");
                yield "";
            }
            default -> restoreServer();
        };
    }

    /** An operator writes; nobody holds the lock of the file. */
    String operate(Random random) {
        world.reach().count("writes by operators");
        SimulatedServer server = world.server();
        String sql = workload.operator(random);
        Matcher memo = MEMO.matcher(sql);
        String before = memo.matches() ? server.text("select body from memo where id = ?", memo.group(2)) : "";
        if (!server.operate(sql)) {
            return "refused by a constraint";
        }
        if (memo.matches()) {
            world.expectations()
                    .operated(new Wrote.Value(memo.group(2), "body", memo.group(1), before, server.millis()));
        }
        return sql;
    }

    /** What the server does by itself may meet its death, or a broken disk. */
    private String atServer(Runnable action) {
        SimulatedServer server = world.server();
        try {
            action.run();
            world.snapshots().remember(server);
            return "";
        } catch (SqliteException failure) {
            if (!server.process().hasFailed()) {
                throw failure;
            }
            server.process().plan(FaultySqlite.Plan.NONE, 0);
            return "the disk failed";
        } catch (FaultySqlite.Death death) {
            world.reach().count("servers killed");
            return "the server died";
        }
    }

    private String killServer(Random random) {
        if (random.nextInt(3) == 0) {
            world.server().process().kill();
            world.reach().count("servers killed");
            return "now";
        }
        FaultySqlite.Plan how =
                random.nextBoolean() ? FaultySqlite.Plan.DIES_BEFORE_COMMIT : FaultySqlite.Plan.DIES_AFTER_COMMIT;
        world.server().process().plan(how, random.nextInt(3));
        return how.toString();
    }

    /** Nobody restores a backup older than what devices keep for the case; and if, then its loss is known. */
    private String restoreServer() {
        ServerCopy copy = serverCopy;
        SimulatedServer server = world.server();
        if (copy == null || server.millis() - copy.millis() >= server.limits().acceptedKeptMillis()) {
            return Actions.NOTHING;
        }
        Set<String> losers = world.expectations().losers(server);
        server.bury();
        server.restore(copy.file());
        world.expectations().decidedOnly(copy.decided());
        world.expectations().operatedOnly(copy.operated());
        world.expectations().forgetAges();
        world.snapshots().forget(world.devices());
        world.startServer();
        losers.removeAll(world.expectations().losers(server));
        world.expectations().losersForgotten(losers);
        world.reach().count("servers restored");
        return "";
    }
}
