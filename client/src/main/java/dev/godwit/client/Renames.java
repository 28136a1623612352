package dev.godwit.client;

import dev.godwit.model.Column;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.References;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a repair has named otherwise: a transaction that builds on the repaired one means the same row, and the old name is
 * another device's row by now. A row's names are its key and whatever else references point at. Not safe for use by two threads.
 */
final class Renames {
    private final LocalSession session;
    private final Map<Name, Renamed> renamed = new HashMap<>();

    Renames(LocalSession session) {
        this.session = session;
    }

    /** The values of some columns, as SQL compares them: a reference may spell them otherwise. */
    private record Name(String table, List<Integer> columns, List<Value> values) {
        private static final Pattern ASCII = Pattern.compile("[A-Z]+");

        static Name of(Table table, List<Integer> columns, List<Value> values) {
            List<Value> folded = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                folded.add(folded(table.columns().get(columns.get(i)), values.get(i)));
            }
            return new Name(table.name(), columns, folded);
        }

        private static Value folded(Column column, Value value) {
            if (value.kind() != Value.Kind.TEXT) {
                return value;
            }
            return switch (column.collation().toUpperCase(Locale.ROOT)) {
                case "NOCASE" ->
                    Value.of(ASCII.matcher(value.asText())
                            .replaceAll(letters -> letters.group().toLowerCase(Locale.ROOT)));
                case "RTRIM" -> Value.of(value.asText().replaceAll(" +$", ""));
                default -> value;
            };
        }
    }

    private record Renamed(List<Value> from, List<Value> to) {}

    /** Notes that a row which a transaction wrote is written otherwise now. */
    void note(Table table, Value[] was, Value[] is) {
        for (List<Integer> columns : names(table)) {
            List<Value> from = values(was, columns);
            List<Value> to = values(is, columns);
            if (!from.equals(to) && from.stream().noneMatch(Value::isNull)) {
                renamed.put(Name.of(table, columns, from), new Renamed(from, to));
            }
        }
    }

    private Set<List<Integer>> names(Table table) {
        Set<List<Integer>> names = new LinkedHashSet<>(List.of(table.key()));
        session.references()
                .incoming(table)
                .forEach(incoming -> names.add(incoming.clause().parentColumns()));
        return names;
    }

    private static List<Value> values(Value[] row, List<Integer> columns) {
        return columns.stream().map(column -> row[column]).toList();
    }

    /** The same changes under the new names. */
    List<RowBlock> apply(List<RowBlock> blocks) {
        if (renamed.isEmpty()) {
            return blocks;
        }
        List<RowBlock> result;
        int known;
        do {
            // a row whose key refers to one that has another name gets another itself, and more may refer to that
            known = renamed.size();
            result = blocks.stream().map(this::apply).toList();
        } while (known < renamed.size());
        return result;
    }

    private RowBlock apply(RowBlock block) {
        Table table = session.schema().table(block.table()).orElse(null);
        if (table == null) {
            return block;
        }
        int[] places = block.columns().stream()
                .mapToInt(column -> table.columnIndex(column.name()).orElse(-1))
                .toArray();
        List<Value[]> rows = block.rows().stream()
                .map(row -> apply(table, block, places, row))
                .toList();
        return new RowBlock(block.table(), block.kind(), block.columns(), rows);
    }

    private Value[] apply(Table table, RowBlock block, int[] places, Value[] row) {
        Key key = newKey(table, block.keyOf(row));
        Value[] was = whole(table, block, places, row, key);
        Value[] is = was.clone();
        Set<Integer> written = new HashSet<>();
        for (int i = 0; i < places.length; i++) {
            boolean isKey = i < block.keyWidth();
            if (isKey && key != null) {
                is[places[i]] = key.values().get(i);
            } else if (isKey
                    ? block.kind() == RowKind.INSERT
                    : block.columns().get(i).role() == ColumnRole.SET) {
                written.add(places[i]);
            }
        }
        table.foreignKeys().forEach(clause -> follow(clause, was, is, written));
        if (block.kind() == RowKind.INSERT && !table.keyOf(was).equals(table.keyOf(is))) {
            note(table, was, is);
        }
        Value[] result = row.clone();
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0 && block.columns().get(i).role() != ColumnRole.BASE) {
                result[i] = is[places[i]];
            }
        }
        return result;
    }

    /** The row that a change makes, as far as it says so; of a reference that it writes in part, the rest is in the table. */
    private Value[] whole(Table table, RowBlock block, int[] places, Value[] row, @Nullable Key key) {
        Value[] whole = new Value[table.columns().size()];
        Arrays.fill(whole, Value.NULL);
        if (block.kind() == RowKind.UPDATE
                && table.foreignKeys().stream()
                        .anyMatch(clause -> clause.columns().size() > 1)) {
            Value[] now = session.writes().find(table, key == null ? block.keyOf(row) : key);
            whole = now == null ? whole : now.clone();
        }
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0 && block.columns().get(i).role() != ColumnRole.BASE) {
                whole[places[i]] = row[i];
            }
        }
        return whole;
    }

    private @Nullable Key newKey(Table table, Key key) {
        Renamed found = renamed.get(Name.of(table, table.key(), key.values()));
        // spelled otherwise it is another row of ours, which has taken the place of the first
        return found == null || !found.from().equals(key.values()) ? null : new Key(found.to());
    }

    /** Lets a reference point at the row that it meant, where the change writes it. */
    private void follow(ForeignKey clause, Value[] was, Value[] is, Set<Integer> written) {
        Table parent = session.schema().table(clause.parent()).orElse(null);
        if (parent == null
                || clause.columns().stream().noneMatch(written::contains)
                || !References.pointsSomewhere(clause, was)) {
            return;
        }
        Renamed found = renamed.get(Name.of(parent, clause.parentColumns(), values(was, clause.columns())));
        for (int i = 0; found != null && i < clause.columns().size(); i++) {
            if (written.contains(clause.columns().get(i))) {
                is[clause.columns().get(i)] = found.to().get(i);
            }
        }
    }
}
