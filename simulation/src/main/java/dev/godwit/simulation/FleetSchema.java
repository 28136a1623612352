package dev.godwit.simulation;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Schema;
import dev.godwit.schema.SchemaReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schema of all simulated databases: every kind of column, every policy. */
final class FleetSchema {
    /** In some runs only, since the engine changes the catalogue around such triggers, which is slow. */
    private static final String TRIGGER = """
            create trigger job_seen after update of title on job begin
              update item set stock = stock + 1 where id = 'red-i1';
            end;
            """;

    /** By their text: it takes long to read one. */
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private FleetSchema() {}

    static String text(Plan plan) {
        return file() + (plan.seed() % 8 == 0 ? TRIGGER : "");
    }

    static Schema read(String schema) {
        return SCHEMAS.computeIfAbsent(schema, text -> new SchemaReader(new JdbcSqlite()).read("fleet.sql", text));
    }

    private static String file() {
        try (InputStream in = FleetSchema.class.getResourceAsStream("fleet.sql")) {
            if (in == null) {
                throw new IllegalStateException("fleet.sql is not beside " + FleetSchema.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
