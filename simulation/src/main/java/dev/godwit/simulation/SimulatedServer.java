package dev.godwit.simulation;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.testing.FaultySqlite;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The server process: the real engine on a real file, which is killed, started, copied and put back. */
final class SimulatedServer {
    private final Schema schema;
    private final Path file;
    private final Limits limits;
    private final long retentionMillis;
    private final Random random;
    private final Runnable gathering;
    private final Runnable afterCommit;
    private FaultySqlite process = new FaultySqlite(new JdbcSqlite());
    private @Nullable SyncServer engine;
    private @Nullable SqliteConnection looking;
    private long millisNow = 1_800_000_000_000L;
    private long behindMillis;
    /** How many requests are inside the engine right now. */
    private int inside;
    /** How many there were, and writes of operators. */
    private long visits;
    /** Behind which commit of the process an operator wrote last; -1 if behind none: the next request moves scopes not its own. */
    private long operatedBehind = -1;

    SimulatedServer(Schema schema, Path folder, Limits limits, long retentionMillis, long seed, Gaps gaps) {
        this.schema = schema;
        this.file = folder.resolve("server.db");
        this.limits = limits;
        this.retentionMillis = retentionMillis;
        this.random = new Random(seed);
        this.gathering = gaps.gathering();
        this.afterCommit = gaps.afterCommit();
    }

    /** What happens within requests: while it gathers them for a commit, and between a commit and the answers. */
    record Gaps(Runnable gathering, Runnable afterCommit) {}

    void pass(long millis) {
        millisNow += millis;
    }

    /** What time it is in the world; the server's clock may be behind. */
    long millis() {
        return millisNow;
    }

    private long wallMillis() {
        return millisNow - behindMillis;
    }

    /** Somebody sets its clock back. */
    void setBack(long millis) {
        behindMillis += millis;
    }

    Limits limits() {
        return limits;
    }

    /** Starts the process; it may die while it starts. */
    void start() {
        process = new FaultySqlite(new JdbcSqlite());
        process.afterCommit(afterCommit);
        engine = SyncServer.open(new ServerOptions(
                        schema,
                        process,
                        file.toString(),
                        limits,
                        this::wallMillis,
                        () -> new UUID(random.nextLong(), random.nextLong()),
                        List.of())
                .withRetention(retentionMillis)
                .withCommitsOnCaller(gathering));
    }

    boolean isUp() {
        return engine != null && !process.isDead();
    }

    /** Whether a request is being decided: nothing may be done to the file from outside then. */
    boolean isBusy() {
        return inside > 0;
    }

    FaultySqlite process() {
        return process;
    }

    private SyncServer engine() {
        SyncServer running = engine;
        if (running == null) {
            throw new IllegalStateException("the server is down");
        }
        return running;
    }

    /** Stops in good order. */
    void stop() {
        engine().close();
        engine = null;
    }

    /** What the operating system does after a kill. */
    void bury() {
        process.bury();
        engine = null;
    }

    /** Answers a request, byte for byte. */
    byte[] serve(Grant grant, byte[] request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        inside++;
        visits++;
        try (FrameWriter writer = new FrameWriter(bytes)) {
            engine().sync(grant, SyncCodec.decodeRequest(request, limits), writer::write);
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        } finally {
            inside--;
        }
        return bytes.toByteArray();
    }

    long visits() {
        return visits;
    }

    /** It has committed, and with that taken in what an operator had written before. */
    void committed() {
        operatedBehind = operatedBehind == process.commits() ? operatedBehind : -1;
    }

    /** Whether only a request that comes now can move a scope. */
    boolean isAlone() {
        return inside == 0 && operatedBehind < 0;
    }

    void tick() {
        engine().tick();
    }

    void forget() {
        engine().forget();
    }

    /** Runs SQL as an operator with a tool of his own; what a constraint refuses is not done. */
    boolean operate(String sql) {
        operatedBehind = process.commits();
        visits++;
        return look(connection -> {
            try {
                connection.execute(sql);
                return true;
            } catch (SqliteException refused) {
                if (!refused.code().isConstraint()) {
                    throw refused;
                }
                return false;
            }
        });
    }

    /** Asks the file, past the engine. */
    <T> T look(Function<SqliteConnection, T> question) {
        SqliteConnection open = looking;
        if (open == null) {
            open = new JdbcSqlite().open(SqliteOptions.of(file.toString()));
            looking = open;
        }
        return question.apply(open);
    }

    /** The newest commit number of each scope. */
    Map<String, Long> heads() {
        return look(connection -> {
            Map<String, Long> heads = new HashMap<>();
            Sql.rows(connection, "select name, head from godwit_scope")
                    .forEach(row -> heads.put(row[0].asText(), row[1].asLong()));
            return heads;
        });
    }

    /** The text in the one row that a query finds by a key. */
    String text(String sql, String key) {
        return look(
                connection -> Sql.rows(connection, sql, Value.of(key)).get(0)[0].asText());
    }

    void backUp(Path copy) {
        letGo();
        DatabaseFiles.copy(file, copy);
    }

    /** Puts a copy in the place of the file; the process must be down. */
    void restore(Path copy) {
        letGo();
        DatabaseFiles.copy(copy, file);
    }

    private void letGo() {
        SqliteConnection open = looking;
        looking = null;
        if (open != null) {
            open.close();
        }
    }

    void end() {
        letGo();
        if (isUp()) {
            stop();
        } else {
            bury();
        }
    }
}
