package dev.godwit.client;

import dev.godwit.merge.Splice;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What a transaction meant by some of its changes, where the rows before and after cannot tell. Belongs to one thread. */
final class Intentions {
    /** Nothing is known beyond what has changed. */
    static final Intentions NONE = new Intentions();

    private final Set<Cell> resets = new HashSet<>();
    private final Map<Cell, List<Splice>> edits = new HashMap<>();
    private long undone;

    /** One cell; the table's name in lower case. */
    record Cell(String table, Key key, int column) {
        Cell(Table table, Key key, int column) {
            this(table.name().toLowerCase(Locale.ROOT), key, column);
        }
    }

    /** Whether nothing was said about a cell. */
    boolean isEmpty() {
        return resets.isEmpty() && edits.isEmpty();
    }

    /** The transaction takes back the one of this local number. */
    void undo(long local) {
        undone = local;
    }

    /** The local number of the transaction that it takes back; 0 for none. */
    long undone() {
        return undone;
    }

    /** The counter was counted: what it says is what it is. */
    void reset(Cell cell) {
        resets.add(cell);
    }

    boolean isReset(Cell cell) {
        return resets.contains(cell);
    }

    /** Whether a counter in a row was counted: a count that comes to what is there is one, too. */
    boolean isCounted(Table table, Value[] row) {
        return !resets.isEmpty()
                && IntStream.range(0, row.length).anyMatch(i -> isReset(new Cell(table, table.keyOf(row), i)));
    }

    /** The text was edited so, after whatever edits there were before. */
    void edit(Cell cell, List<Splice> splices) {
        edits.merge(cell, List.copyOf(splices), Intentions::joined);
    }

    private static List<Splice> joined(List<Splice> first, List<Splice> then) {
        List<Splice> all = new java.util.ArrayList<>(first);
        all.addAll(then);
        return List.copyOf(all);
    }

    Optional<List<Splice>> edits(Cell cell) {
        return Optional.ofNullable(edits.get(cell));
    }
}
