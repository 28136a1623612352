package dev.godwit.client;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Schema;
import dev.godwit.model.Value;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A transaction's changes as lines for people. */
final class Description {
    private static final int SHOWN = 1_000;

    private final Schema schema;

    Description(Schema schema) {
        this.schema = schema;
    }

    List<String> of(Entry entry) {
        List<String> lines = new ArrayList<>();
        for (RowBlock block : Changes.decode(entry.changes(), Limits.DEFAULT)) {
            for (Value[] row : block.rows()) {
                if (lines.size() == SHOWN) {
                    lines.add("…");
                    return lines;
                }
                lines.add(line(block, row));
            }
        }
        return lines;
    }

    private String line(RowBlock block, Value[] row) {
        StringBuilder line = new StringBuilder(block.kind().name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(schema.table(block.table()).map(t -> t.name()).orElse(block.table()));
        for (int i = 0; i < row.length; i++) {
            ColumnRole role = block.columns().get(i).role();
            line.append(i == 0 ? " " : ", ")
                    .append(block.columns().get(i).name())
                    .append(role == ColumnRole.ADD ? " += " : " = ")
                    .append(row[i]);
        }
        return line.toString();
    }
}
