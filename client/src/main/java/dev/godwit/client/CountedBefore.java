package dev.godwit.client;

import dev.godwit.merge.CellWrite;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which pending transactions a count builds on (H11). What its device showed before holds what they made of the counter: where one
 * of them comes to nothing, the server would believe that others have taken that part away since, and take it from the count.
 */
final class CountedBefore {
    private static final int SLICE = 16;

    private final Map<Intentions.Cell, Set<Long>> below = new HashMap<>();

    private CountedBefore() {}

    /** The pending transactions that changed one of these counters: its last count, and what came after. */
    static Set<Long> of(LocalSession session, Set<Intentions.Cell> counted) {
        CountedBefore found = new CountedBefore();
        counted.forEach(cell -> found.below.put(cell, new TreeSet<>()));
        long local = 0;
        List<Entry> slice;
        do {
            slice = session.entries().pendingAfter(local, SLICE);
            for (Entry entry : slice) {
                local = entry.local();
                // what is left out is not in what the device shows
                if (entry.blocked() == null) {
                    session.changes().forEach(entry.decoded(), change -> found.note(change, entry.local()));
                }
            }
        } while (slice.size() == SLICE);
        Set<Long> all = new TreeSet<>();
        found.below.values().forEach(all::addAll);
        return all;
    }

    private void note(RowChange change, long local) {
        Table table = change.table();
        for (int i = 0; i < table.columns().size(); i++) {
            Set<Long> known = table.columns().get(i).merge() == MergeWord.COUNTER
                    ? below.get(new Intentions.Cell(table, change.key(), i))
                    : null;
            if (known != null) {
                note(change, change.writeOf(i), known, local);
            }
        }
    }

    private static void note(RowChange change, @Nullable CellWrite write, Set<Long> known, long local) {
        if (change.kind() != RowKind.UPDATE || (write != null && write.role() == ColumnRole.RESET)) {
            known.clear();
        }
        if (change.kind() == RowKind.UPDATE && write != null) {
            known.add(local);
        }
    }
}
