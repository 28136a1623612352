package dev.godwit.rows;

import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteConnection;
import java.util.List;

/**
 * Takes the application's own triggers on synced tables away while the engine writes server state, and puts them back:
 * what they would do was done on the device that made the change (H6d). Both within one transaction, so nobody else sees
 * them gone.
 */
public final class ApplicationTriggers {
    private final SqliteConnection connection;
    private final List<Value[]> removed;

    private ApplicationTriggers(SqliteConnection connection, List<Value[]> removed) {
        this.connection = connection;
        this.removed = removed;
    }

    /** Drops them; costs one look at the catalogue where there are none. */
    public static ApplicationTriggers remove(SqliteConnection connection, Schema schema) {
        List<Value[]> found = Sql.rows(
                        connection,
                        "select tbl_name, name, sql from sqlite_master where type = 'trigger' and name not like 'godwit\\_%'"
                                + " escape '\\'")
                .stream()
                .filter(row -> schema.table(row[0].asText()).isPresent())
                .toList();
        found.forEach(row -> connection.execute("drop trigger " + Sql.name(row[1].asText())));
        return new ApplicationTriggers(connection, found);
    }

    /** Creates them again as they were. */
    public void restore() {
        removed.forEach(row -> connection.execute(row[2].asText()));
    }
}
