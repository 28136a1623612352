package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row within a transaction that is being merged: what is stored, what it becomes, and which columns are written. */
final class RowWork {
    final Table table;
    final Key key;
    final @Nullable RowMeta meta;
    final Value @Nullable [] before;
    Value @Nullable [] after;
    /** The columns that the transaction wrote. */
    final BitSet written = new BitSet();
    /** Those of them whose value the device cannot foretell: it is sent to it too. */
    final BitSet adjusted = new BitSet();
    /** What rules remember of the cells from now on. */
    final Map<Integer, Value> memories = new HashMap<>();
    /** What the transaction did to texts, for their logs. */
    final Map<Integer, StoreMemory.LoggedEdit> edits = new HashMap<>();
    /** The states of the cells of a row that comes back, as they were when it went. */
    @Nullable
    List<CellState> revived;

    boolean changed;
    /** Whether the device does not know of the change: it is the server's and is sent to it too. */
    boolean byServer;

    RowWork(Table table, Key key, @Nullable RowMeta meta, Value @Nullable [] before) {
        this.table = table;
        this.key = key;
        this.meta = meta;
        this.before = before;
        this.after = before;
    }

    /** The row goes. */
    void remove() {
        after = null;
        changed = true;
    }

    /** The row becomes this. */
    void become(Value[] row) {
        after = row;
        changed = true;
    }

    /** The server gives a column another value than the device wrote. */
    void adjust(int column, Value value) {
        Value[] row = java.util.Objects.requireNonNull(after, "row").clone();
        row[column] = value;
        written.set(column);
        adjusted.set(column);
        become(row);
    }
}
