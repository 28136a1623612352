package dev.godwit.client;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes anew after the server gave new rows other keys (H12): rows under the old key mean the new one, and so do
 * references to it.
 */
final class Rekeying {
    private final Schema schema;
    private final Map<String, Map<Key, Key>> keys = new HashMap<>();

    Rekeying(Schema schema, List<Rekeyed> rekeyed) {
        this.schema = schema;
        for (Rekeyed one : rekeyed) {
            schema.table(one.table())
                    .ifPresent(table -> keys.computeIfAbsent(table.name(), name -> new HashMap<>())
                            .put(one.from(), one.to()));
        }
    }

    /** The same changes under the new keys. */
    List<RowBlock> apply(List<RowBlock> blocks) {
        List<RowBlock> renamed = new ArrayList<>(blocks.size());
        for (RowBlock block : blocks) {
            Table table = schema.table(block.table()).orElse(null);
            renamed.add(table == null ? block : apply(table, block));
        }
        return renamed;
    }

    private RowBlock apply(Table table, RowBlock block) {
        List<Value[]> rows = new ArrayList<>(block.rows().size());
        for (Value[] row : block.rows()) {
            rows.add(apply(table, block, row));
        }
        return new RowBlock(block.table(), block.kind(), block.columns(), rows);
    }

    private Value[] apply(Table table, RowBlock block, Value[] row) {
        Value[] renamed = row.clone();
        Key key = newKey(table, block.keyOf(row));
        for (int i = 0; key != null && i < block.keyWidth(); i++) {
            renamed[i] = key.values().get(i);
        }
        for (int i = block.keyWidth(); i < row.length; i++) {
            if (block.columns().get(i).role() == ColumnRole.SET) {
                renamed[i] = reference(table, block.columns().get(i).name(), row[i]);
            }
        }
        return renamed;
    }

    private Value reference(Table table, String column, Value value) {
        int place = table.columnIndex(column).orElse(-1);
        for (ForeignKey clause : table.foreignKeys()) {
            Table parent = schema.table(clause.parent()).orElse(null);
            int referring = clause.columns().indexOf(place);
            if (parent != null
                    && !value.isNull()
                    && referring >= 0
                    && parent.key().equals(List.of(clause.parentColumns().get(referring)))) {
                Key key = newKey(parent, Key.of(value));
                return key == null ? value : key.values().get(0);
            }
        }
        return value;
    }

    private @Nullable Key newKey(Table table, Key key) {
        return keys.getOrDefault(table.name(), Map.of()).get(key);
    }
}
