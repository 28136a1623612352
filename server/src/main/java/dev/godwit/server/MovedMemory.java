package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.ColumnRule;
import dev.godwit.merge.Seen;
import dev.godwit.merge.Seen.Former;
import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What rules remember of the cells of a row that has moved to another scope.
 *
 * <p>Commit numbers of the old scope say nothing in the new one, but who had not seen something does not see it by the move. So
 * they become negative, in their order: the number with which the row left is -1, the one before it -2. Whoever has seen the move
 * has a base that is not below zero, and has seen all of that; for anybody else the base in the old scope is put beside the same
 * mark. What was negative already, since the row had moved before, becomes as old as the row was in the scope that it leaves:
 * whoever has not seen that earlier move is treated as if he had seen nothing of what came before.
 */
final class MovedMemory {
    private MovedMemory() {}

    /**
     * Gives what is remembered of a row the numbers that it has in another scope; texts begin anew there.
     *
     * @param meta the row as it was before it moved
     * @param added what the move itself adds to the memory
     * @param left the commit number with which it left its scope
     */
    static void take(StoreMemory memory, Table table, Key key, RowMeta meta, Map<Integer, Value> added, long left) {
        Map<Integer, Value> moved = new TreeMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            if (isKept(table.columns().get(i))) {
                Value known = added.containsKey(i) ? added.get(i) : memory.of(table, key, i);
                if (!known.isNull()) {
                    moved.put(i, renumbered(table.columns().get(i), known, meta.arrived(), left));
                }
            }
        }
        memory.forget(table, key);
        moved.forEach((column, value) -> memory.keep(table, key, column, value));
    }

    private static Value renumbered(Column column, Value known, long arrived, long left) {
        return ColumnRule.of(column)
                .renumbered(known, commit -> beside(commit < 0 ? Math.min(arrived, left) : commit, left));
    }

    /** What was seen of the scope that the row has left, as far as the row was there. */
    private static long beside(long commit, StoreWriter.Left mark) {
        return beside(Math.min(commit, mark.commit()), mark.commit());
    }

    private static long beside(long commit, long left) {
        return commit - left - 1;
    }

    private static boolean isKept(Column column) {
        return ColumnRule.of(column).remembers();
    }

    /** What a transaction's writer had seen of a row, in the numbers of what the rule of a column remembers of it. */
    static Seen seen(Works works, Table table, Key key, int column, RowMeta meta) {
        Seen seen = works.seen(meta.scope());
        // a move writes all cells as if others had; and nobody writes a key
        boolean cameByMove = meta.cell(table.key().get(0)).other() >= meta.arrived();
        if (seen.base() >= meta.arrived()
                || !cameByMove
                || !isKept(table.columns().get(column))) {
            return seen;
        }
        List<StoreWriter.Left> marks = works.store.left(table, key);
        if (marks.isEmpty()) {
            return seen;
        }
        StoreWriter.Left mark = marks.get(0);
        if (marks.size() > 1 || !works.scopes().contains(mark.scope())) {
            return seen.withBase(Attempt.UNKNOWN); // he knew the row before another move than the last
        }
        Seen before = works.seen(mark.scope());
        List<Former> formers = new ArrayList<>(seen.formers());
        before.formers().forEach(former -> formers.add(new Former(former.writer(), beside(former.upTo(), mark))));
        return new Seen(seen.writer(), beside(before.base(), mark), formers);
    }
}
