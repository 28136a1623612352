package dev.godwit.schema;

import dev.godwit.model.MergeWord;
import dev.godwit.schema.Catalogue.Entry;
import dev.godwit.sql.SqliteConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a first schema file for a database that has tables: everything as it is, in one scope. */
public final class StartingSchema {
    private static final String WARNING = """
            -- A starting schema for Godwit. Everybody who is granted the scope 'shared' sees every row of every table.
            -- To share less, give a table a scope column (`team text scope not null`) instead of its policy row below.
            -- Counters, sets and the like: add a merge word to the column's type, for instance `integer counter not null`.

            """;

    /** Such a table belongs to a virtual one, which is named instead. */
    private static final String SHADOW = "a part of a virtual table";

    private StartingSchema() {}

    /** The text of the file. Tables that cannot be synced are left out, each with a comment that says why. */
    public static String of(SqliteConnection database) {
        Catalogue catalogue = new Catalogue(database);
        StringBuilder file = new StringBuilder(WARNING);
        List<String> synced = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        Map<String, String> obstacles = obstacles(catalogue);
        for (Entry entry : catalogue.entries()) {
            String obstacle = obstacles.getOrDefault(entry.name(), "");
            if (!obstacle.isEmpty()) {
                leftOut.add(entry.name());
                if (obstacle.equals(SHADOW)) {
                    continue;
                }
                file.append("-- ")
                        .append(entry.name())
                        .append(" is left out: ")
                        .append(obstacle)
                        .append(".\n\n");
            } else if (!leftOut.contains(entry.table())) {
                // a comment at the end may be part of what SQLite keeps
                file.append(entry.sql())
                        .append(entry.sql().lastIndexOf("--") > entry.sql().lastIndexOf('\n') ? "\n" : "")
                        .append(";\n\n");
                if (entry.type().equals("table") && !hasScopeColumn(catalogue, entry.name())) {
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

    /** Whether the table was made by a schema file, which says itself where its rows live. */
    private static boolean hasScopeColumn(Catalogue catalogue, String table) {
        return catalogue.columns(table).stream()
                .anyMatch(c -> DeclaredType.of(c.type()).word() == MergeWord.SCOPE);
    }

    /** Why tables cannot be synced; one that refers to a table that cannot, cannot either. */
    private static Map<String, String> obstacles(Catalogue catalogue) {
        Map<String, String> obstacles = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        List<String> tables = catalogue.entries().stream()
                .filter(e -> e.type().equals("table"))
                .map(Entry::name)
                .toList();
        int known = -1;
        while (obstacles.size() > known) {
            known = obstacles.size();
            for (String table : tables) {
                String obstacle = obstacle(catalogue, table, tables, obstacles);
                if (!obstacle.isEmpty()) {
                    obstacles.putIfAbsent(table, obstacle);
                }
            }
        }
        return obstacles;
    }

    private static String obstacle(
            Catalogue catalogue, String table, List<String> tables, Map<String, String> obstacles) {
        String type = catalogue.table(table).type();
        if (!type.equals("table")) {
            return type.equals("shadow") ? SHADOW : "virtual tables are not synced";
        }
        if (catalogue.columns(table).stream().noneMatch(c -> c.key() > 0)) {
            return "it has no primary key; give it one and add it here";
        }
        for (Catalogue.Reference reference : catalogue.references(table)) {
            if (obstacles.containsKey(reference.parent())) {
                return "it refers to " + reference.parent() + ", which is left out";
            } else if (tables.stream().noneMatch(reference.parent()::equalsIgnoreCase)) {
                return "it refers to " + reference.parent() + ", which is no table of the application";
            }
        }
        return "";
    }
}
