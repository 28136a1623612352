package dev.godwit.client;

import dev.godwit.merge.Resolver;
import dev.godwit.model.Column;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What decides on this device about its own writes that lost and wait in the conflict inbox; made by
 * {@link GodwitOptions#withResolver}.
 *
 * @param cells for single columns, by {@code table.column} in lower case
 * @param rows for rows of a table, by its name in lower case; they get what no column's own resolver takes
 * @param twice whether each is asked twice, to catch one that is not pure; for tests
 */
public record Resolvers(Map<String, Resolver> cells, Map<String, OfRow<?>> rows, boolean twice) {
    /** No resolvers. */
    public static final Resolvers NONE = new Resolvers(Map.of(), Map.of(), false);

    private static final Set<MergeWord> LEFT_TO_PEOPLE = Set.of(MergeWord.MANUAL, MergeWord.THREE_WAY);

    /**
     * The resolver of a table's rows.
     *
     * @param type the record
     * @param table the table
     * @param resolver what decides
     */
    public record OfRow<T extends Record>(Class<T> type, String table, ConflictResolver<T> resolver) {}

    /** Copies the maps. */
    public Resolvers {
        cells = Map.copyOf(cells);
        rows = Map.copyOf(rows);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return cells.isEmpty() && rows.isEmpty();
    }

    Resolvers with(String table, String column, Resolver resolver) {
        Map<String, Resolver> more = new HashMap<>(cells);
        more.put(Resolver.name(table, column), resolver);
        return new Resolvers(more, rows, twice);
    }

    Resolvers with(OfRow<?> resolver) {
        Map<String, OfRow<?>> more = new HashMap<>(rows);
        more.put(resolver.table().toLowerCase(Locale.ROOT), resolver);
        return new Resolvers(cells, more, twice);
    }

    /** Refuses a resolver that would never be asked, which is a slip of the pen. */
    void check(Schema schema) {
        for (String name : cells.keySet()) {
            int dot = name.lastIndexOf('.');
            Table table = table(schema, name.substring(0, dot));
            Column column = table.columnIndex(name.substring(dot + 1))
                    .map(table.columns()::get)
                    .orElseThrow(() -> new IllegalArgumentException("withResolver: there is no column " + name));
            if (!LEFT_TO_PEOPLE.contains(column.merge())) {
                throw new IllegalArgumentException("withResolver: " + name
                        + " is neither manual nor three_way: nothing of it waits for a decision on a device");
            }
        }
        rows.keySet().forEach(name -> table(schema, name));
    }

    private static Table table(Schema schema, String name) {
        return schema.table(name)
                .orElseThrow(() -> new IllegalArgumentException("withResolver: there is no synced table " + name));
    }
}
