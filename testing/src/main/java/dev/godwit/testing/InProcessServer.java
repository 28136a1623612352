package dev.godwit.testing;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.RowValidator;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server in this process, on a real file. It can be stopped, started again, and read with plain SQL. */
public final class InProcessServer implements AutoCloseable {
    private final JdbcSqlite driver = new JdbcSqlite();
    private final Path file;
    private final Limits limits;
    private final List<RowValidator> validators;
    private final Random random;
    private UnaryOperator<ServerOptions> changed = UnaryOperator.identity();
    private Schema schema;
    private long wallMillis;
    private @Nullable SyncServer engine;

    /** Starts on a file, with a schema. */
    public InProcessServer(Path file, String schema, Limits limits, List<RowValidator> validators, long seed) {
        this.file = file;
        this.limits = limits;
        this.validators = validators;
        this.random = new Random(seed);
        this.schema = new SchemaReader(driver).read("schema", schema);
        this.wallMillis = 1_800_000_000_000L;
        start();
    }

    /** Starts on a file, with a schema and nothing special. */
    public static InProcessServer start(Path file, String schema) {
        return new InProcessServer(file, schema, Limits.DEFAULT, List.of(), 1);
    }

    /** Starts again after {@link #close()}. */
    public void start() {
        engine = SyncServer.open(changed.apply(new ServerOptions(
                schema,
                driver,
                file.toString(),
                limits,
                () -> wallMillis,
                () -> new UUID(random.nextLong(), random.nextLong()),
                validators)));
    }

    /** Stops, and starts again with other options: resolvers, a retention. */
    public void restart(UnaryOperator<ServerOptions> change) {
        changed = change;
        close();
        start();
    }

    /** Starts again with a schema that has grown. */
    public void start(String grown) {
        schema = new SchemaReader(driver).read("schema", grown);
        start();
    }

    /** The running engine. */
    public SyncServer engine() {
        SyncServer running = engine;
        if (running == null) {
            throw new IllegalStateException("the server is stopped");
        }
        return running;
    }

    /** Whether it runs. */
    public boolean isRunning() {
        return engine != null;
    }

    /** Its database file. */
    public Path file() {
        return file;
    }

    /** Its bounds. */
    public Limits limits() {
        return limits;
    }

    /** Its wall clock. */
    public long wallMillis() {
        return wallMillis;
    }

    /** Lets time pass. */
    public void pass(long millis) {
        wallMillis += millis;
    }

    /** A connection of an operator: any SQL, as any tool would run it. */
    public SqliteConnection sql() {
        return driver.open(SqliteOptions.of(file.toString()));
    }

    @Override
    public void close() {
        SyncServer running = engine;
        engine = null;
        if (running != null) {
            running.close();
        }
    }
}
