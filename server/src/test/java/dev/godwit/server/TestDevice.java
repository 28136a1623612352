package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.DeviceId;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.wire.Changes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FreshColumns;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A device in memory that does what docs/protocol.md says and nothing more: it keeps rows by table and key, applies its own
 * confirmed transactions and then the pages. Keys are of one column, called id; scopes are in the column called team.
 */
final class TestDevice {
    final TestServer server;
    DeviceId id;
    Grant grant;
    long confirmed;
    long sequence;
    long elapsed = 1_000;
    long wall;
    String boot = "boot";
    final Map<String, ScopePosition> scopes = new LinkedHashMap<>();
    final List<PushedTransaction> pending = new ArrayList<>();
    final List<FreshColumns> fresh = new ArrayList<>();
    final Map<String, Map<Value, Map<String, Value>>> tables = new TreeMap<>();
    final Map<TransactionId, Outcome> outcomes = new HashMap<>();

    TestDevice(TestServer server, String subject, String... scopes) {
        this.server = server;
        this.id = new DeviceId(server.uuid());
        this.grant = new Grant(subject, Set.of(scopes), false);
        this.wall = server.now;
        for (String scope : scopes) {
            pull(scope);
        }
    }

    void pull(String scope) {
        scopes.put(scope, new ScopePosition(scope, Checkpoint.NONE, Cursor.NONE));
    }

    // what it writes

    static RowBlock block(RowKind kind, String table, Object... columnsAndValues) {
        List<BlockColumn> columns = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            String name = (String) columnsAndValues[i];
            boolean add = name.startsWith("+");
            columns.add(new BlockColumn(
                    add ? name.substring(1) : name, i == 0 ? ColumnRole.KEY : add ? ColumnRole.ADD : ColumnRole.SET));
            values.add(value(columnsAndValues[i + 1]));
        }
        return new RowBlock(table, kind, columns, List.<Value[]>of(values.toArray(new Value[0])));
    }

    static Value value(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return Value.of(((Number) value).longValue());
        }
        return value instanceof String text ? Value.of(text) : (Value) value;
    }

    static RowBlock insert(String table, Object... columnsAndValues) {
        return block(RowKind.INSERT, table, columnsAndValues);
    }

    static RowBlock update(String table, Object... columnsAndValues) {
        return block(RowKind.UPDATE, table, columnsAndValues);
    }

    static RowBlock delete(String table, Object key) {
        return block(RowKind.DELETE, table, "id", key);
    }

    PushedTransaction write(RowBlock... blocks) {
        return write(List.of(), blocks);
    }

    PushedTransaction write(List<Long> dependsOn, RowBlock... blocks) {
        Map<String, Checkpoint> bases = new HashMap<>();
        scopes.values().forEach(s -> bases.put(s.scope(), s.visible()));
        PushedTransaction transaction = new PushedTransaction(
                TransactionId.of(server.now, server.uuid()),
                ++sequence,
                bases,
                new DeviceClock(wall, elapsed, boot),
                dependsOn,
                false,
                Changes.encode(List.of(blocks)));
        pending.add(transaction);
        return transaction;
    }

    static PushedTransaction at(PushedTransaction transaction, long sequence) {
        return new PushedTransaction(
                transaction.id(),
                sequence,
                transaction.bases(),
                transaction.writtenAt(),
                transaction.dependsOn(),
                transaction.isVoid(),
                transaction.changes());
    }

    static PushedTransaction asVoid(PushedTransaction transaction) {
        return new PushedTransaction(
                transaction.id(),
                transaction.sequence(),
                Map.of(),
                transaction.writtenAt(),
                List.of(),
                true,
                new byte[0]);
    }

    // how it talks

    SyncRequest request(List<PushedTransaction> transactions) {
        return new SyncRequest(
                1,
                id,
                confirmed,
                new DeviceClock(wall, elapsed, boot),
                new ArrayList<>(scopes.values()),
                fresh,
                transactions,
                "test 1");
    }

    /** Sends these and returns the frames; nothing is applied. */
    List<Frame> send(PushedTransaction... transactions) {
        return exchange(request(List.of(transactions)));
    }

    List<Frame> exchange(SyncRequest request) {
        List<Frame> frames = new ArrayList<>();
        try {
            server.engine().sync(grant, request, frames::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return frames;
    }

    static <T extends Frame> Optional<T> first(List<Frame> frames, Class<T> kind) {
        return frames.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    static <T extends Frame> List<T> all(List<Frame> frames, Class<T> kind) {
        return frames.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static Refusal refusal(List<Frame> frames) {
        return first(frames, Refusal.class).orElseThrow(() -> new AssertionError("no refusal: " + frames));
    }

    /** What the answer says about transactions, in sequence: in its own frame or in the cut. */
    static List<Outcome> decisions(List<Frame> frames) {
        Map<Long, Outcome> outcomes = new TreeMap<>();
        first(frames, Cut.class).ifPresent(cut -> cut.receipts().forEach(r -> outcomes.put(r.sequence(), r.outcome())));
        first(frames, Decisions.class)
                .ifPresent(decisions -> decisions.receipts().forEach(r -> outcomes.put(r.sequence(), r.outcome())));
        assertThat(outcomes).as("decisions in " + frames).isNotEmpty();
        return List.copyOf(outcomes.values());
    }

    static Outcome.Rejected rejected(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            return rejected;
        }
        throw new AssertionError("not rejected: " + outcome);
    }

    /** A whole sync: sends what is pending, applies the answer, returns what was decided, by the receipts of the cut. */
    List<Outcome> sync() {
        List<Frame> frames = exchange(request(pending));
        Cut cut = first(frames, Cut.class).orElseThrow(() -> new AssertionError("no cut: " + frames));
        return apply(all(frames, ScopeNotice.class), all(frames, Page.class), cut);
    }

    List<Outcome> apply(List<ScopeNotice> notices, List<Page> pages, Cut cut) {
        if (!notices.isEmpty()) {
            throw new AssertionError("notices: " + notices);
        }
        List<Outcome> decided = new ArrayList<>();
        for (Receipt receipt : cut.receipts()) {
            PushedTransaction transaction = pending.get(0);
            if (!transaction.id().equals(receipt.id()) || transaction.sequence() != receipt.sequence()) {
                throw new AssertionError("receipt " + receipt + " is not for " + transaction);
            }
            pending.remove(0);
            confirmed = receipt.sequence();
            outcomes.put(receipt.id(), receipt.outcome());
            decided.add(receipt.outcome());
            if (receipt.outcome() instanceof Outcome.Applied applied && !transaction.isVoid()) {
                Changes.decode(transaction.changes(), server.limits).forEach(block -> confirm(block, applied.lost()));
            }
        }
        dropForeignScopes();
        pages.forEach(page -> page.blocks().stream()
                .filter(b -> b.kind() == RowKind.DELETE || b.kind() == RowKind.LEFT)
                .forEach(b -> receive(page.scope(), b)));
        pages.forEach(page -> page.blocks().stream()
                .filter(b -> b.kind() == RowKind.INSERT || b.kind() == RowKind.UPDATE)
                .forEach(b -> receive(page.scope(), b)));
        cut.checkpoints()
                .forEach((scope, checkpoint) -> scopes.put(
                        scope,
                        new ScopePosition(scope, checkpoint, new Cursor(checkpoint, dev.godwit.wire.Bytes.EMPTY))));
        return decided;
    }

    private Map<Value, Map<String, Value>> table(String name) {
        return tables.computeIfAbsent(name, n -> new TreeMap<>(java.util.Comparator.comparing(Value::toString)));
    }

    private void confirm(RowBlock block, List<Outcome.LostCell> lost) {
        for (Value[] row : block.rows()) {
            Set<String> without = new HashSet<>();
            boolean whole = false;
            for (Outcome.LostCell cell : lost) {
                if (cell.table().equals(block.table()) && cell.key().equals(block.keyOf(row))) {
                    whole |= cell.column() == null;
                    without.add(String.valueOf(cell.column()));
                }
            }
            if (!whole) {
                write(block, row, without);
            }
        }
    }

    private void receive(String scope, RowBlock block) {
        for (Value[] row : block.rows()) {
            Map<String, Value> here = table(block.table()).get(row[0]);
            boolean elsewhere = here != null
                    && here.containsKey("team")
                    && !here.get("team").equals(Value.of(scope));
            if (block.kind() != RowKind.LEFT || !elsewhere) {
                write(block, row, Set.of());
            }
        }
    }

    private void write(RowBlock block, Value[] row, Set<String> without) {
        Map<Value, Map<String, Value>> rows = table(block.table());
        Map<String, Value> before = rows.get(row[0]);
        if (block.kind() == RowKind.DELETE || block.kind() == RowKind.LEFT) {
            rows.remove(row[0]);
            return;
        } else if (before == null && block.kind() == RowKind.UPDATE) {
            return;
        }
        Map<String, Value> after = new TreeMap<>();
        if (before != null) {
            after.putAll(before);
        }
        for (int i = 0; i < row.length; i++) {
            BlockColumn column = block.columns().get(i);
            if (!without.contains(column.name())) {
                Value old = after.getOrDefault(column.name(), Value.of(0));
                after.put(
                        column.name(),
                        column.role() == ColumnRole.ADD ? Value.of(old.asLong() + row[i].asLong()) : row[i]);
            }
        }
        rows.put(row[0], after);
    }

    /** A row of a scope that the device does not hold is not kept. */
    private void dropForeignScopes() {
        tables.values()
                .forEach(rows -> rows.values().removeIf(row -> {
                    Value team = row.get("team");
                    return team != null && !scopes.containsKey(team.asText());
                }));
    }

    String cell(String table, Object key, String column) {
        Map<String, Value> row = table(table).get(value(key));
        return row == null ? "no row" : String.valueOf(row.get(column));
    }

    List<String> rows(String table) {
        return table(table).values().stream().map(Object::toString).toList();
    }
}
