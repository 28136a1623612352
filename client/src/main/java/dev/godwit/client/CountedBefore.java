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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which pending transactions a count builds on (H11). What its device showed before holds what they made of the counter: where one
 * of them comes to nothing, the server would believe that others have taken that part away since, and take it from the count.
 */
final class CountedBefore {
    private static final int SLICE = 16;

    private final Map<Intentions.Cell, Set<Long>> below = new HashMap<>();
    private final boolean followsAll;

    private CountedBefore(boolean followsAll) {
        this.followsAll = followsAll;
    }

    /** Of all counters, for who goes through the transactions himself. */
    static CountedBefore ofAll() {
        return new CountedBefore(true);
    }

    /** The pending transactions that changed one of these counters: its last count, and what came after. */
    static Set<Long> of(LocalSession session, Set<Intentions.Cell> counted) {
        CountedBefore found = new CountedBefore(false);
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

    /** A change by the transaction of this local number, the next in order. */
    void note(RowChange change, long local) {
        forEachCounter(change, (cell, write) -> {
            Set<Long> known = followsAll ? below.computeIfAbsent(cell, any -> new TreeSet<>()) : below.get(cell);
            if (known != null) {
                note(change, write, known, local);
            }
        });
    }

    /** What the counts of a change build on, of what was noted. */
    Set<Long> under(RowChange change) {
        Set<Long> all = new TreeSet<>();
        forEachCounter(change, (cell, write) -> {
            if (isCount(write)) {
                all.addAll(below.getOrDefault(cell, Set.of()));
            }
        });
        return all;
    }

    private static void forEachCounter(RowChange change, BiConsumer<Intentions.Cell, @Nullable CellWrite> visitor) {
        Table table = change.table();
        for (int i = 0; i < table.columns().size(); i++) {
            if (table.columns().get(i).merge() == MergeWord.COUNTER) {
                visitor.accept(new Intentions.Cell(table, change.key(), i), change.writeOf(i));
            }
        }
    }

    private static boolean isCount(@Nullable CellWrite write) {
        return write != null && write.role() == ColumnRole.RESET;
    }

    private static void note(RowChange change, @Nullable CellWrite write, Set<Long> known, long local) {
        if (change.kind() != RowKind.UPDATE || isCount(write)) {
            known.clear();
        }
        if (change.kind() == RowKind.UPDATE && write != null) {
            known.add(local);
        }
    }
}
