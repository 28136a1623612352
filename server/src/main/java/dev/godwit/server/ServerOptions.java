package dev.godwit.server;

import dev.godwit.merge.Resolver;
import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.sql.SqliteDriver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
        @Nullable Runnable gathering) {
    /** How long a device may stay away by default: 30 days. */
    public static final long RETENTION_MILLIS = 30L * 24 * 3600 * 1000;

    /** Without resolvers, and with the default retention. */
    public ServerOptions(
            Schema schema,
            SqliteDriver driver,
            String path,
            Limits limits,
            LongSupplier wallMillis,
            Supplier<UUID> randomness,
            List<RowValidator> validators) {
        this(schema, driver, path, limits, wallMillis, randomness, validators, Map.of(), false, RETENTION_MILLIS, null);
    }

    /** With the default limits and no rules of the application. */
    public static ServerOptions of(
            Schema schema, SqliteDriver driver, String path, LongSupplier wallMillis, Supplier<UUID> randomness) {
        return new ServerOptions(schema, driver, path, Limits.DEFAULT, wallMillis, randomness, List.of());
    }

    /** With a resolver for a column. */
    public ServerOptions withResolver(String table, String column, Resolver resolver) {
        Map<String, Resolver> more = new HashMap<>(resolvers);
        more.put(Resolver.name(table, column), resolver);
        return with(more, resolversTwice, retentionMillis, gathering);
    }

    /** With each resolver asked twice, to catch one that is not pure. */
    public ServerOptions withResolversTwice() {
        return with(resolvers, true, retentionMillis, gathering);
    }

    /** With another time that a device may stay away. */
    public ServerOptions withRetention(long millis) {
        return with(resolvers, resolversTwice, millis, gathering);
    }

    /** With commits on the threads that ask for them, each after it has run this: for a simulation on one thread. */
    public ServerOptions withCommitsOnCaller(Runnable gathers) {
        return with(resolvers, resolversTwice, retentionMillis, gathers);
    }

    private ServerOptions with(Map<String, Resolver> asked, boolean twice, long retention, @Nullable Runnable gathers) {
        return new ServerOptions(
                schema, driver, path, limits, wallMillis, randomness, validators, asked, twice, retention, gathers);
    }

    /** The same with another schema. */
    ServerOptions withSchema(Schema other) {
        return new ServerOptions(
                other,
                driver,
                path,
                limits,
                wallMillis,
                randomness,
                validators,
                resolvers,
                resolversTwice,
                retentionMillis,
                gathering);
    }

    /** Copies the collections. */
    public ServerOptions {
        validators = List.copyOf(validators);
        resolvers = Map.copyOf(resolvers);
    }
}
