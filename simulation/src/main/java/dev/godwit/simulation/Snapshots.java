package dev.godwit.simulation;

import dev.godwit.client.Godwit;
import dev.godwit.client.Row;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What each scope held at each commit number, read from the server's tables when that number was its newest. A device without
 * pending work shows exactly that of its checkpoint (P3).
 */
final class Snapshots {
    static final String SHARED = "shared";
    static final List<String> TABLES =
            List.of("account", "entry", "item", "memo", "visit", "line", "job", "task", "kept", "claim", "ticket");

    private final Map<String, Map<Long, List<String>>> scopes = new HashMap<>();
    private final Set<String> overtaken = new HashSet<>();

    /** Remembers what the server holds now, of the scopes that have moved. */
    void remember(SimulatedServer server) {
        server.heads().forEach((scope, head) -> {
            Map<Long, List<String>> known = scopes.computeIfAbsent(scope, s -> new HashMap<>());
            if (!known.containsKey(head)) {
                known.put(head, ofServer(server, scope));
            }
        });
    }

    /**
     * The server's database is an older one: what came after will have other numbers, and what a device shows that is syncing just
     * now may be what had them before.
     */
    void forget(List<SimulatedDevice> devices) {
        scopes.clear();
        devices.stream().filter(SimulatedDevice::isSyncing).forEach(device -> overtaken.add(device.name));
    }

    static List<String> ofServer(SimulatedServer server, String scope) {
        return server.look(connection -> queries(scope).stream()
                .flatMap(sql -> rows(connection, sql).stream())
                .toList());
    }

    private static List<String> rows(SqliteConnection connection, String sql) {
        return Sql.rows(connection, sql).stream().map(Arrays::toString).toList();
    }

    static List<String> ofDevice(Godwit db, String scope) {
        List<String> rows = new ArrayList<>();
        for (String sql : queries(scope)) {
            for (Row row : db.query(sql)) {
                rows.add(Arrays.toString(row.values().toArray(new Value[0])));
            }
        }
        return rows;
    }

    private static List<String> queries(String scope) {
        List<String> queries = new ArrayList<>();
        if (scope.equals(SHARED)) {
            queries.add("select 'genre', * from genre order by 2");
        } else {
            for (String table : TABLES) {
                queries.add("select '" + table + "', * from " + table + " where team = '" + scope + "' order by 2");
            }
        }
        queries.add("select '" + ConflictTable.NAME + "', * from " + ConflictTable.NAME + " where scope = '" + scope
                + "' order by 2");
        return queries;
    }

    /** Compares a device that has nothing pending with what the server held at its checkpoints. */
    void check(SimulatedDevice device) {
        if (overtaken.remove(device.name)) {
            return;
        }
        device.db().status().checkpoints().forEach((scope, commit) -> {
            List<String> expected = scopes.getOrDefault(scope, Map.of()).get(commit);
            if (expected != null) {
                compare(
                        "P3",
                        device.name + " shows at commit " + commit + " of " + scope,
                        expected,
                        ofDevice(device.db(), scope));
            }
        });
    }

    static void compare(String promise, String what, List<String> expected, List<String> shown) {
        if (!expected.equals(shown)) {
            List<String> missing = new ArrayList<>(expected);
            missing.removeAll(shown);
            List<String> extra = new ArrayList<>(shown);
            extra.removeAll(expected);
            throw new Violation(
                    promise, what + " other rows than the server held: it lacks " + missing + " and has " + extra);
        }
    }
}
