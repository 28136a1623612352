package dev.godwit.client;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEdit;
import dev.godwit.merge.Wellformed;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the change of one row means by the merge words of its columns: what is sent, and what the row shows. */
final class CellChanges {
    private final Table table;
    private final Value[] before;
    private final boolean strict;
    private final Intentions intentions;
    private final Key key;
    private final Value[] sent;
    private final Value[] shown;
    private final BlockBuilder.Written written = new BlockBuilder.Written();

    CellChanges(Table table, Value[] before, Value[] after, boolean strict, Intentions intentions) {
        this.table = table;
        this.before = before;
        this.strict = strict;
        this.intentions = intentions;
        this.key = table.keyOf(after);
        this.sent = after.clone();
        this.shown = after.clone();
        boolean silent = intentions.isEmpty();
        for (int i = 0; i < after.length; i++) {
            if (!before[i].equals(after[i]) || (!silent && intentions.isReset(cell(i)))) {
                change(i, after[i]);
            }
        }
    }

    private Intentions.Cell cell(int column) {
        return new Intentions.Cell(table, key, column);
    }

    /** Which columns are sent, and how. */
    BlockBuilder.Written written() {
        return written;
    }

    /** What is sent in them. */
    Value[] sent() {
        return sent;
    }

    /** The row as the columns' rules make it. */
    Value[] shown() {
        return shown;
    }

    boolean editsText() {
        return !written.edits().isEmpty();
    }

    private void change(int place, Value after) {
        Column column = table.columns().get(place);
        switch (column.merge()) {
            case COUNTER -> {
                boolean reset = !intentions.isEmpty() && intentions.isReset(cell(place));
                send(place, reset ? ColumnRole.RESET : ColumnRole.ADD, reset ? after : delta(place, after), reset);
            }
            case MERGED_TEXT -> send(place, ColumnRole.EDIT, edit(place, after).encode(), false);
            case LAST_WRITER, SCOPE -> send(place, ColumnRole.SET, after, column.merge() != MergeWord.SCOPE);
            default -> {
                Value made = isSound(table, place, after, strict)
                        ? ColumnRule.of(column).predict(before[place], CellWrite.set(after, before[place]))
                        : after;
                shown[place] = made;
                if (!made.equals(before[place])) {
                    send(place, ColumnRole.SET, made, true);
                }
            }
        }
    }

    private void send(int place, ColumnRole role, Value value, boolean withBase) {
        sent[place] = value;
        written.note(place, role);
        if (withBase) {
            written.note(place, ColumnRole.BASE);
        }
    }

    /** A new row's value as its column's rule keeps it. */
    static Value inserted(Table table, int place, Value value, boolean strict) {
        MergeWord word = table.columns().get(place).merge();
        boolean hasForm = word == MergeWord.ADD_WINS_SET || word == MergeWord.MERGED_JSON;
        return hasForm && !value.isNull() && isSound(table, place, value, strict)
                ? Wellformed.canonical(table.columns().get(place), value)
                : value;
    }

    /** Whether its column can take a value. What cannot be refused any more goes as it is, and is parked by the server. */
    private static boolean isSound(Table table, int place, Value value, boolean strict) {
        Column column = table.columns().get(place);
        Optional<String> complaint = Wellformed.complaint(column, value);
        if (strict && complaint.isPresent()) {
            throw Sealer.refused(table.name() + "." + column.name() + " " + complaint.get(), null);
        }
        return complaint.isEmpty();
    }

    private Value delta(int place, Value after) {
        long from = before[place].kind() == Value.Kind.INTEGER ? before[place].asLong() : 0;
        try {
            return Value.of(Math.subtractExact(after.asLong(), from));
        } catch (ArithmeticException tooFar) {
            throw Sealer.refused(
                    table.name() + "." + table.columns().get(place).name() + " changes from " + before[place] + " to "
                            + after + ", and a counter cannot change by more than 64 bits: take smaller steps",
                    tooFar);
        }
    }

    /** The edits that were given, if they make the text that is there; else those that do. */
    private TextEdit edit(int place, Value after) {
        TextEdit found = given(place, after);
        return found != null ? found : TextEdit.between(before[place], after);
    }

    private @Nullable TextEdit given(int place, Value after) {
        List<Splice> splices =
                intentions.isEmpty() ? null : intentions.edits(cell(place)).orElse(null);
        if (splices == null) {
            return null;
        }
        String text = TextEdit.text(before[place]);
        boolean same;
        try {
            same = Splice.apply(text, splices).equals(TextEdit.text(after));
        } catch (IllegalArgumentException outside) {
            same = false;
        }
        return same ? new TextEdit(null, text.length(), after.isNull(), splices) : null;
    }
}
