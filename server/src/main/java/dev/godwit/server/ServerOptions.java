package dev.godwit.server;

import dev.godwit.model.Limits;
import dev.godwit.model.Schema;
import dev.godwit.sql.SqliteDriver;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

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
 */
public record ServerOptions(
        Schema schema,
        SqliteDriver driver,
        String path,
        Limits limits,
        LongSupplier wallMillis,
        Supplier<UUID> randomness,
        List<RowValidator> validators) {
    /** With the default limits and no rules of the application. */
    public static ServerOptions of(
            Schema schema, SqliteDriver driver, String path, LongSupplier wallMillis, Supplier<UUID> randomness) {
        return new ServerOptions(schema, driver, path, Limits.DEFAULT, wallMillis, randomness, List.of());
    }

    /** The same with another schema. */
    ServerOptions withSchema(Schema other) {
        return new ServerOptions(other, driver, path, limits, wallMillis, randomness, validators);
    }

    /** Copies the list. */
    public ServerOptions {
        validators = List.copyOf(validators);
    }
}
