package dev.godwit.client;

import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
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
        return of(entry.decoded());
    }

    /** The same of encoded changes. */
    List<String> of(byte[] changes) {
        return of(Changes.decode(changes, Limits.DEFAULT));
    }

    private List<String> of(List<RowBlock> blocks) {
        List<String> lines = new ArrayList<>();
        for (RowBlock block : blocks) {
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
            if (role == ColumnRole.BASE) {
                continue;
            }
            line.append(i == 0 ? " " : ", ")
                    .append(block.columns().get(i).name())
                    .append(sign(role))
                    .append(role == ColumnRole.EDIT ? edits(row[i]) : row[i].toString());
        }
        return line.toString();
    }

    private static String sign(ColumnRole role) {
        return switch (role) {
            case ADD -> " += ";
            case RESET -> " counted as ";
            case EDIT -> " edited ";
            default -> " = ";
        };
    }

    /** For instance {@code at 3: -3 +'new'}. */
    private static String edits(Value value) {
        StringBuilder text = new StringBuilder();
        for (Splice splice : TextEdit.decode(value).splices()) {
            text.append(text.length() == 0 ? "at " : "; at ")
                    .append(splice.at())
                    .append(':');
            if (splice.deleted() > 0) {
                text.append(" -").append(splice.deleted());
            }
            if (!splice.inserted().isEmpty()) {
                text.append(" +").append(Value.of(splice.inserted()));
            }
        }
        return text.toString();
    }
}
