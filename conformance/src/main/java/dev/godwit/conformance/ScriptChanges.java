package dev.godwit.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;

/** The changes of a transaction as scripts write them, a row each. */
final class ScriptChanges {
    private final List<BlockColumn> columns = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();

    private ScriptChanges() {}

    static List<RowBlock> blocks(JsonArray changes) {
        List<RowBlock> blocks = new ArrayList<>();
        for (JsonElement change : changes) {
            blocks.add(block(change.getAsJsonObject()));
        }
        return blocks;
    }

    private static RowBlock block(JsonObject change) {
        RowKind kind = change.has("insert") ? RowKind.INSERT : change.has("update") ? RowKind.UPDATE : RowKind.DELETE;
        String table =
                change.get(kind.name().toLowerCase(java.util.Locale.ROOT)).getAsString();
        ScriptChanges row = new ScriptChanges();
        row.take(change, "key", ColumnRole.KEY);
        row.take(change, "set", ColumnRole.SET);
        row.take(change, "add", ColumnRole.ADD);
        row.take(change, "reset", ColumnRole.RESET);
        if (change.has("edit")) {
            change.getAsJsonObject("edit").entrySet().forEach(edit -> {
                row.columns.add(new BlockColumn(edit.getKey(), ColumnRole.EDIT));
                row.values.add(TextCell.edit(edit.getValue().getAsJsonObject()));
            });
        }
        row.take(change, "over", ColumnRole.BASE);
        return new RowBlock(table, kind, row.columns, List.<Value[]>of(row.values.toArray(new Value[0])));
    }

    private void take(JsonObject change, String member, ColumnRole role) {
        if (change.has(member)) {
            change.getAsJsonObject(member).entrySet().forEach(column -> {
                columns.add(new BlockColumn(column.getKey(), role));
                values.add(Values.of(column.getValue()));
            });
        }
    }
}
