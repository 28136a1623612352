package dev.godwit.schema;

import dev.godwit.schema.Catalogue.Entry;
import dev.godwit.sql.SqliteConnection;
import java.util.ArrayList;
import java.util.List;

/** Writes a first schema file for a database that has tables: everything as it is, in one scope. */
public final class StartingSchema {
    private static final String WARNING = """
            -- A starting schema for Godwit. Everybody who is granted the scope 'shared' sees every row of every table.
            -- To share less, give a table a scope column (`team text scope not null`) instead of its policy row below.
            -- Counters, sets and the like: add a merge word to the column's type, for instance `integer counter not null`.

            """;

    private StartingSchema() {}

    /** The text of the file. Tables that cannot be synced are left out, each with a comment that says why. */
    public static String of(SqliteConnection database) {
        Catalogue catalogue = new Catalogue(database);
        StringBuilder file = new StringBuilder(WARNING);
        List<String> synced = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Entry entry : catalogue.entries()) {
            String obstacle = entry.type().equals("table") ? obstacle(catalogue, entry.name()) : "";
            if (!obstacle.isEmpty()) {
                leftOut.add(entry.name());
                file.append("-- ")
                        .append(entry.name())
                        .append(" is left out: ")
                        .append(obstacle)
                        .append(".\n\n");
            } else if (!leftOut.contains(entry.table())) {
                file.append(entry.sql()).append(";\n\n");
                if (entry.type().equals("table")) {
                    synced.add(entry.name());
                }
            }
        }
        if (!synced.isEmpty()) {
            file.append("insert into godwit_policy (on_table, on_column, policy, value) values\n");
            List<String> rows = synced.stream()
                    .map(t -> "  ('" + t.replace("'", "''") + "', null, 'scope', 'shared')")
                    .toList();
            file.append(String.join(",\n", rows)).append(";\n");
        }
        return file.toString();
    }

    private static String obstacle(Catalogue catalogue, String table) {
        if (!catalogue.table(table).type().equals("table")) {
            return "virtual tables are not synced";
        }
        boolean keyed = catalogue.columns(table).stream().anyMatch(c -> c.key() > 0);
        return keyed ? "" : "it has no primary key; give it one and add it here";
    }
}
