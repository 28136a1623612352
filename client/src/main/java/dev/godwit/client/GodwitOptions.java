package dev.godwit.client;

import dev.godwit.merge.Resolver;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteOptions.Durability;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to open a local database.
 *
 * @param path the SQLite file; created if it does not exist
 * @param driver what opens SQLite files on this platform
 * @param schema the text of the schema file, or null to use the one the database was last opened with
 * @param scopes the scopes to sync besides those that the database has synced before, which stay; null for only these. The
 *     schema's constant scopes are always among them
 * @param transport how to reach the server, or null for a database that only ever works locally
 * @param device clocks and randomness
 * @param durability what survives a power cut
 * @param limits every bound
 * @param application the application's name and version, told to the server with each sync: at most
 *     {@link Limits#NAME_CHARS} characters
 * @param resolvers what decides on this device about its writes that lost and wait in the conflict inbox
 */
public record GodwitOptions(
        String path,
        SqliteDriver driver,
        @Nullable String schema,
        @Nullable List<String> scopes,
        @Nullable Transport transport,
        Device device,
        Durability durability,
        Limits limits,
        String application,
        Resolvers resolvers) {

    /** Copies the list and checks the components. */
    public GodwitOptions {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(driver, "driver");
        scopes = scopes == null ? null : List.copyOf(scopes);
        if (application.length() > Limits.NAME_CHARS) {
            throw new IllegalArgumentException("application has " + application.length()
                    + " characters, and no server reads more than " + Limits.NAME_CHARS);
        }
    }

    /** The defaults: full durability, the machine's own clocks, no transport. */
    public static GodwitOptions of(String path, SqliteDriver driver) {
        return new GodwitOptions(
                path,
                driver,
                null,
                null,
                null,
                new SystemDevice(),
                Durability.FULL,
                Limits.DEFAULT,
                "",
                Resolvers.NONE);
    }

    /** With the text of a schema file. */
    public GodwitOptions withSchema(String text) {
        return new GodwitOptions(
                path, driver, text, scopes, transport, device, durability, limits, application, resolvers);
    }

    /** With the scopes to sync, besides those that the database has synced before: none is dropped by leaving it out. */
    public GodwitOptions withScopes(String... names) {
        return new GodwitOptions(
                path, driver, schema, List.of(names), transport, device, durability, limits, application, resolvers);
    }

    /** With a way to the server. */
    public GodwitOptions withTransport(Transport chosen) {
        return new GodwitOptions(
                path, driver, schema, scopes, chosen, device, durability, limits, application, resolvers);
    }

    /** With other clocks and randomness. */
    public GodwitOptions withDevice(Device chosen) {
        return new GodwitOptions(
                path, driver, schema, scopes, transport, chosen, durability, limits, application, resolvers);
    }

    /** With another durability; {@link Durability#NORMAL} may lose the last commits in a power cut. */
    public GodwitOptions withDurability(Durability chosen) {
        return new GodwitOptions(
                path, driver, schema, scopes, transport, device, chosen, limits, application, resolvers);
    }

    /** With other bounds. */
    public GodwitOptions withLimits(Limits chosen) {
        return new GodwitOptions(
                path, driver, schema, scopes, transport, device, durability, chosen, application, resolvers);
    }

    /** With the application's name and version. */
    public GodwitOptions withApplication(String name) {
        return new GodwitOptions(path, driver, schema, scopes, transport, device, durability, limits, name, resolvers);
    }

    /**
     * With a resolver for a column, {@code manual} or {@code three_way}: after a sync it is asked about each write of this
     * device that lost there and waits in the conflict inbox. {@code ours} is what the cell holds, {@code theirs} what this
     * device had written; the answer is written as an ordinary transaction, and sent before the sync returns. If it throws, or
     * takes longer than {@code Limits.resolverMillis}, the entry is left to a person. Opening refuses one for a column that
     * does not exist or is neither.
     */
    public GodwitOptions withResolver(String table, String column, Resolver resolver) {
        return with(resolvers.with(table, column, resolver));
    }

    /** With a resolver for whole rows of a table as records; columns with a resolver of their own are left to that. */
    public <T extends Record> GodwitOptions withResolver(Class<T> type, String table, ConflictResolver<T> resolver) {
        return with(resolvers.with(new Resolvers.OfRow<>(type, table, resolver)));
    }

    /** With each resolver asked twice, to catch one that is not pure; for tests. */
    public GodwitOptions withResolversTwice() {
        return with(new Resolvers(resolvers.cells(), resolvers.rows(), true));
    }

    private GodwitOptions with(Resolvers chosen) {
        return new GodwitOptions(
                path, driver, schema, scopes, transport, device, durability, limits, application, chosen);
    }
}
