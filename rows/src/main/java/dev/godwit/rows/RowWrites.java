package dev.godwit.rows;

import dev.godwit.model.Key;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a set of rows of one transaction, in whatever order they come, as if at once: values of a UNIQUE key that two
 * rows swap between them do not clash (H6b).
 *
 * <p>A row whose unique values are still taken is taken out and held until {@link #flush()}, when the others have moved
 * on; what clashes then clashes for good. Nothing is ever replaced, since that would cascade.
 *
 * <p>Expects triggers silent and foreign keys off; the caller checks references. Not safe for use by two threads.
 */
public final class RowWrites {
    private final SqliteConnection connection;
    private final Schema schema;
    private final Map<String, TableRows> tables = new HashMap<>();
    private final Map<Place, Value[]> held = new LinkedHashMap<>();

    private @Nullable Place tried;

    /** Names a row. */
    public record Place(String table, Key key) implements Comparable<Place> {
        /** As that of keys: for hash tables. */
        @Override
        public int compareTo(Place other) {
            int byTable = table.compareTo(other.table);
            return byTable != 0 ? byTable : key.compareTo(other.key);
        }
    }

    /** Writes through this connection. */
    public RowWrites(SqliteConnection connection, Schema schema) {
        this.connection = connection;
        this.schema = schema;
    }

    /** The table of this name, which the schema must have. */
    public Table table(String name) {
        return schema.table(name).orElseThrow(() -> new IllegalArgumentException("no table " + name));
    }

    /** The row under this key as written so far, held ones included; null if there is none. */
    public Value @Nullable [] find(Table table, Key key) {
        Value[] waiting = held.isEmpty() ? null : held.get(new Place(table.name(), key));
        return waiting != null ? waiting : rows(table).find(key);
    }

    /**
     * Turns one row into another; null where there is none. {@code before} is what {@link #find} gave.
     *
     * @throws SqliteException if a constraint other than UNIQUE is not met
     */
    public void write(Table table, Value @Nullable [] before, Value @Nullable [] after) {
        Value[] either = after != null ? after : before;
        if (either == null) {
            return;
        }
        if (before != null && !held.isEmpty() && held.remove(new Place(table.name(), table.keyOf(before))) != null) {
            write(table, null, after);
            return;
        }
        tried = new Place(table.name(), table.keyOf(either));
        if (after == null) {
            if (before != null) {
                rows(table).delete(table.keyOf(before));
            }
            return;
        }
        try {
            put(table, before, after);
        } catch (SqliteException taken) {
            if (taken.code() != SqliteCode.CONSTRAINT_UNIQUE && taken.code() != SqliteCode.CONSTRAINT_PRIMARYKEY) {
                throw taken;
            }
            if (before != null) {
                rows(table).delete(table.keyOf(before));
            }
            held.put(new Place(table.name(), table.keyOf(after)), after);
        }
    }

    private void put(Table table, Value @Nullable [] before, Value[] after) {
        if (before == null) {
            rows(table).insert(after);
        } else {
            rows(table).update(before, after);
        }
    }

    /**
     * Puts in what was held.
     *
     * @throws SqliteException if a unique value is taken for good; the rest is forgotten, and the caller rolls back
     */
    public void flush() {
        if (held.isEmpty()) {
            return;
        }
        try {
            held.forEach((place, row) -> {
                tried = place;
                rows(table(place.table())).insert(row);
            });
        } finally {
            held.clear();
        }
    }

    /** The row that was written last, for the message about a failure; null before the first. */
    public @Nullable Place culprit() {
        return tried;
    }

    /** Forgets what was held, before or after a rollback. */
    public void forget() {
        held.clear();
    }

    private TableRows rows(Table table) {
        return tables.computeIfAbsent(table.name(), name -> new TableRows(connection, table));
    }
}
