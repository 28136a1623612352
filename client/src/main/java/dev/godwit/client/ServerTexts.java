package dev.godwit.client;

import dev.godwit.merge.PulledEdit;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Applies the edits of texts in the pages of one cut. They are made on what the server had at the visible checkpoint. That is
 * what the row holds once pending changes are taken away, but for texts that our own transactions have edited which the same
 * cut confirms: those are noted here before.
 */
final class ServerTexts {
    private final Predicate<Cell> watched;
    private final Map<Cell, String> visible = new HashMap<>();
    private final Map<Cell, Applied> applied = new HashMap<>();

    /** One text. */
    record Cell(Table table, Key key, int column) {}

    /** Edits that were applied, and to what. */
    private record Applied(String before, List<Splice> splices) {}

    /** Edits were made on another text than the one that is here: the cut is of no use, and the texts are wanted whole. */
    static final class OtherText extends RuntimeException {
        private static final long serialVersionUID = 1;

        OtherText(RowChange change, @Nullable Throwable cause) {
            super(
                    "edits of a text of row " + change.key() + " in "
                            + change.table().name() + " do not fit what is here",
                    cause);
        }
    }

    /**
     * Nothing noted yet.
     *
     * @param watched the cells whose edits are wanted afterwards, by {@link #since}
     */
    ServerTexts(Predicate<Cell> watched) {
        this.watched = watched;
    }

    /** Notes the texts of a row before one of our own transactions, which the cut confirms, becomes part of it. */
    void note(RowChange change, Value @Nullable [] before) {
        for (int i = 0; before != null && change.kind() == RowKind.UPDATE && i < before.length; i++) {
            if (change.edits(i)) {
                String text = text(before[i]);
                if (text != null) {
                    visible.putIfAbsent(new Cell(change.table(), change.key(), i), text);
                }
            }
        }
    }

    /** The text in a value, NULL being an empty one; null if it is no text. */
    static @Nullable String text(Value value) {
        return value.isNull() || value.kind() == Value.Kind.TEXT ? TextEdit.text(value) : null;
    }

    /**
     * The value of a column after what the server says of it.
     *
     * @throws OtherText if that is edits that were made on another text
     */
    Value after(RowChange change, int column, ColumnRole role, Value current, Value value) {
        if (role != ColumnRole.EDIT) {
            return value;
        }
        Cell cell = new Cell(change.table(), change.key(), column);
        String noted = visible.get(cell);
        String before = noted == null ? text(current) : noted;
        if (before == null) {
            throw new OtherText(change, null);
        }
        try {
            PulledEdit edit = PulledEdit.decode(value);
            String after = edit.applyTo(before);
            if (watched.test(cell)) {
                applied.put(cell, new Applied(before, edit.splices()));
            }
            return Value.of(after);
        } catch (IllegalArgumentException other) {
            throw new OtherText(change, other);
        }
    }

    /** The server's own edits from this text to the one that a watched cell holds now; null if only the texts are known. */
    @Nullable
    List<Splice> since(Cell cell, String before) {
        Applied edits = applied.get(cell);
        return edits == null || !edits.before().equals(before) ? null : edits.splices();
    }
}
