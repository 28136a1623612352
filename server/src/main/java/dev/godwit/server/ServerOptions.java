package dev.godwit.server;

import dev.godwit.merge.Resolver;
import dev.godwit.model.Limits;
import dev.godwit.model.Pace;
import dev.godwit.model.Schema;
import dev.godwit.sql.SqliteDriver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to open a server.
 *
 * @param schema the schema in force
 * @param driver opens SQLite files
 * @param path the server's database file; created if it does not exist
 * @param limits every bound
 * @param wallMillis the server's clock, in milliseconds since 1970
 * @param randomness random ids
 * @param validators rules of the application
 * @param resolvers who decides about concurrent writes of {@code custom} columns, by {@code table.column} in lower case
 * @param resolversTwice whether each is asked twice, to catch one that is not pure; for tests
 * @param retentionMillis how long a device may stay away and still be told only what has changed
 * @param pace how often devices shall sync by themselves, and how much they shall send at a time; they hold it to their own bounds
 * @param gathering null: a thread of its own commits what waits; else the caller's thread does, after running this, which may
 *     bring more requests to the same commit: for a simulation on one thread
 */
public record ServerOptions(
        Schema schema,
        SqliteDriver driver,
        String path,
        Limits limits,
        LongSupplier wallMillis,
        Supplier<UUID> randomness,
        List<RowValidator> validators,
        Map<String, Resolver> resolvers,
        boolean resolversTwice,
        long retentionMillis,
        Pace pace,
        @Nullable Runnable gathering) {
    /** How long a device may stay away by default: 30 days. */
    public static final long RETENTION_MILLIS = 30L * 24 * 3600 * 1000;

    /** Without resolvers, with the default retention, and with the pace left to the devices. */
    public ServerOptions(
            Schema schema,
            SqliteDriver driver,
            String path,
            Limits limits,
            LongSupplier wallMillis,
            Supplier<UUID> randomness,
            List<RowValidator> validators) {
        this(
                schema,
                driver,
                path,
                limits,
                wallMillis,
                randomness,
                validators,
                Map.of(),
                false,
                RETENTION_MILLIS,
                Pace.NONE,
                null);
    }

    /** With the default limits and no rules of the application. */
    public static ServerOptions of(
            Schema schema, SqliteDriver driver, String path, LongSupplier wallMillis, Supplier<UUID> randomness) {
        return new ServerOptions(schema, driver, path, Limits.DEFAULT, wallMillis, randomness, List.of());
    }

    /** With a resolver for a column. */
    public ServerOptions withResolver(String table, String column, Resolver resolver) {
        return with(to -> to.resolvers.put(Resolver.name(table, column), resolver));
    }

    /** With each resolver asked twice, to catch one that is not pure. */
    public ServerOptions withResolversTwice() {
        return with(to -> to.resolversTwice = true);
    }

    /** With another time that a device may stay away. */
    public ServerOptions withRetention(long millis) {
        return with(to -> to.retentionMillis = millis);
    }

    /** With a pace for the devices. Those that do not know of it, and those that do not follow it, are served all the same. */
    public ServerOptions withPace(Pace wanted) {
        return with(to -> to.pace = wanted);
    }

    /** With commits on the threads that ask for them, each after it has run this: for a simulation on one thread. */
    public ServerOptions withCommitsOnCaller(Runnable gathers) {
        return with(to -> to.gathering = gathers);
    }

    /** The same with another schema. */
    ServerOptions withSchema(Schema other) {
        return with(to -> to.schema = other);
    }

    /** What may be changed of the options, for one of it to be changed. */
    private final class Draft {
        Schema schema = ServerOptions.this.schema;
        final Map<String, Resolver> resolvers = new HashMap<>(ServerOptions.this.resolvers);
        boolean resolversTwice = ServerOptions.this.resolversTwice;
        long retentionMillis = ServerOptions.this.retentionMillis;
        Pace pace = ServerOptions.this.pace;

        @Nullable
        Runnable gathering = ServerOptions.this.gathering;
    }

    private ServerOptions with(Consumer<Draft> change) {
        Draft to = new Draft();
        change.accept(to);
        return new ServerOptions(
                to.schema,
                driver,
                path,
                limits,
                wallMillis,
                randomness,
                validators,
                to.resolvers,
                to.resolversTwice,
                to.retentionMillis,
                to.pace,
                to.gathering);
    }

    /** Copies the collections. */
    public ServerOptions {
        Objects.requireNonNull(pace, "pace");
        validators = List.copyOf(validators);
        resolvers = Map.copyOf(resolvers);
    }
}
