package dev.godwit.client;

import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteStatement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A query that is asked again when a table it reads has changed, by a local write or by a sync. A publisher: each subscriber
 * gets the rows at once and after each change. A slow subscriber gets the newest rows when it asks for more, not every
 * state in between. Rows are published on the database's own thread for live queries; a subscriber that throws is dropped.
 */
public final class LiveQuery implements Flow.Publisher<List<Row>> {
    private final LiveQueries queries;
    private final String sql;
    private final @Nullable Object[] parameters;
    private final Set<String> tables;

    LiveQuery(LiveQueries queries, String sql, @Nullable Object[] parameters, Set<String> tables) {
        this.queries = queries;
        this.sql = sql;
        this.parameters = parameters.clone();
        this.tables = tables;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super List<Row>> subscriber) {
        queries.subscribe(this, subscriber);
    }

    String sql() {
        return sql;
    }

    @Nullable
    Object[] parameters() {
        return parameters;
    }

    /** Whether a change of these tables may change the result. */
    boolean reads(Set<String> changed) {
        return changed.stream().anyMatch(t -> tables.contains(t.toLowerCase(Locale.ROOT)));
    }

    /** The tables that a query reads, in lower case: SQLite's own program for it opens their b-trees. */
    static Set<String> tablesOf(SqliteConnection connection, String sql) {
        Map<Long, String> roots = new HashMap<>();
        Sql.rows(connection, "select rootpage, tbl_name from sqlite_master where rootpage > 0")
                .forEach(row -> roots.put(row[0].asLong(), row[1].asText().toLowerCase(Locale.ROOT)));
        Set<String> tables = new HashSet<>();
        try (SqliteStatement program = connection.prepare("explain " + sql)) {
            while (program.step()) {
                if (program.columnText(1).equals("OpenRead")) {
                    String table = roots.get(program.columnLong(3));
                    if (table != null) {
                        tables.add(table);
                    }
                }
            }
        }
        return tables;
    }
}
