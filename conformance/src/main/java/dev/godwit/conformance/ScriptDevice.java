package dev.godwit.conformance;

import dev.godwit.merge.CellWrite;
import dev.godwit.merge.ColumnRule;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Column;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A device of a script: what docs/protocol.md asks of one, in memory, and nothing more. */
final class ScriptDevice {
    final String subject;
    final Set<String> granted;
    final Map<String, ScopePosition> positions = new LinkedHashMap<>();
    final List<PushedTransaction> pending = new ArrayList<>();
    DeviceId id;
    long sequence;
    long confirmed;
    long wallOff;
    private final Map<Table, Map<Key, Value[]>> rows = new HashMap<>();

    ScriptDevice(DeviceId id, String subject, Set<String> granted) {
        this.id = id;
        this.subject = subject;
        this.granted = new HashSet<>(granted);
    }

    /** As if the database had been copied. */
    ScriptDevice copy() {
        ScriptDevice copy = new ScriptDevice(id, subject, granted);
        copy.positions.putAll(positions);
        copy.pending.addAll(pending);
        copy.sequence = sequence;
        copy.confirmed = confirmed;
        copy.wallOff = wallOff;
        rows.forEach((table, theirs) -> copy.rows.put(table, new HashMap<>(theirs)));
        return copy;
    }

    void pull(String scope) {
        positions.put(scope, new ScopePosition(scope, Checkpoint.NONE, Cursor.NONE));
    }

    Map<String, Checkpoint> visible() {
        Map<String, Checkpoint> visible = new HashMap<>();
        positions.values().forEach(position -> visible.put(position.scope(), position.visible()));
        return visible;
    }

    Map<Key, Value[]> rows(Table table) {
        return rows.computeIfAbsent(table, none -> new HashMap<>());
    }

    /** Takes a complete answer: what was decided, then tombstones, then rows, then the checkpoints. */
    void apply(List<Frame> frames, Cut cut, Schema schema) {
        for (Receipt receipt : cut.receipts()) {
            settle(receipt, schema);
        }
        rows.forEach((table, all) -> all.values().removeIf(row -> isElsewhere(table, row)));
        for (boolean gone : new boolean[] {true, false}) {
            for (Frame frame : frames) {
                if (frame instanceof Page page) {
                    page.blocks().stream()
                            .filter(block -> gone == (block.kind() == RowKind.DELETE || block.kind() == RowKind.LEFT))
                            .forEach(block -> receive(page.scope(), block, schema));
                }
            }
        }
        cut.checkpoints()
                .forEach((scope, checkpoint) -> positions.put(
                        scope, new ScopePosition(scope, checkpoint, new Cursor(checkpoint, Bytes.EMPTY))));
        for (Frame frame : frames) {
            if (frame instanceof ScopeNotice notice) {
                forget(notice.scope());
                positions.remove(notice.scope());
                if (notice.kind() != ScopeNotice.Kind.DENIED) {
                    pull(notice.scope());
                }
            }
        }
    }

    /** Drops the rows of a scope. */
    void forget(String scope) {
        rows.forEach((table, all) ->
                all.values().removeIf(row -> scope.equals(table.scopeOf(row).orElse(""))));
    }

    private boolean isElsewhere(Table table, Value[] row) {
        return !positions.containsKey(table.scopeOf(row).orElse(""));
    }

    private void settle(Receipt receipt, Schema schema) {
        for (PushedTransaction transaction : List.copyOf(pending)) {
            if (transaction.id().equals(receipt.id())) {
                pending.remove(transaction);
                if (receipt.outcome() instanceof Outcome.Applied applied && !transaction.isVoid()) {
                    Changes.decode(transaction.changes(), Limits.DEFAULT)
                            .forEach(block -> confirm(block, applied, schema));
                }
            }
        }
        confirmed = Math.max(confirmed, receipt.sequence());
    }

    private void confirm(RowBlock block, Outcome.Applied applied, Schema schema) {
        for (Value[] row : block.rows()) {
            Key key = block.keyOf(row);
            Set<@Nullable String> lost = new HashSet<>();
            for (Outcome.LostCell cell : applied.lost()) {
                if (cell.table().equals(block.table()) && cell.key().equals(key)) {
                    lost.add(cell.column());
                }
            }
            for (Outcome.Rekeyed rekeyed : applied.rekeyed()) {
                if (block.kind() == RowKind.INSERT
                        && rekeyed.table().equals(block.table())
                        && rekeyed.from().equals(block.sealedKeyOf(row))) {
                    key = rekeyed.to();
                }
            }
            if (!lost.contains(null)) {
                write(block, key, row, lost, schema);
            }
        }
    }

    private void receive(String scope, RowBlock block, Schema schema) {
        Table table = schema.table(block.table()).orElseThrow();
        for (Value[] row : block.rows()) {
            Value[] here = rows(table).get(block.keyOf(row));
            boolean moved = here != null && !table.scopeOf(here).orElse("").equals(scope);
            if (block.kind() != RowKind.LEFT || !moved) {
                write(block, block.keyOf(row), row, Set.of(), schema);
            }
        }
    }

    private void write(RowBlock block, Key key, Value[] row, Set<@Nullable String> without, Schema schema) {
        Table table = schema.table(block.table()).orElseThrow();
        Map<Key, Value[]> all = rows(table);
        if (block.kind() == RowKind.DELETE || block.kind() == RowKind.LEFT) {
            all.remove(key);
            return;
        }
        Value[] before = all.get(key);
        if (before == null && block.kind() == RowKind.UPDATE) {
            return;
        }
        Value[] after = before == null ? new Value[table.columns().size()] : before.clone();
        for (int i = 0; before == null && i < after.length; i++) {
            after[i] = Value.NULL;
        }
        for (int i = 0; i < row.length; i++) {
            BlockColumn named = block.columns().get(i);
            if (!without.contains(named.name()) && named.role() != ColumnRole.BASE) {
                int place = table.columnIndex(named.name()).orElseThrow();
                boolean whole = named.role() == ColumnRole.KEY || block.kind() == RowKind.INSERT;
                after[place] = whole ? row[i] : changed(table.columns().get(place), after[place], block, row, i);
            }
        }
        for (int i = 0; i < key.values().size(); i++) {
            after[table.key().get(i)] = key.values().get(i);
        }
        all.put(key, after);
    }

    /** An own change shows what its rule makes of it; what a pull sends is a value without a base, and is taken as it is. */
    private static Value changed(Column column, Value before, RowBlock block, Value[] row, int place) {
        BlockColumn named = block.columns().get(place);
        Value base = null;
        for (int i = 0; i < row.length; i++) {
            BlockColumn other = block.columns().get(i);
            base = other.role() == ColumnRole.BASE && other.name().equals(named.name()) ? row[i] : base;
        }
        return named.role() == ColumnRole.SET && base == null
                ? row[place]
                : ColumnRule.of(column).predict(before, new CellWrite(named.role(), row[place], base));
    }
}
