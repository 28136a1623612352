package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.server.StoreReader.LogPosition;
import dev.godwit.server.StoreReader.LogRow;
import dev.godwit.wire.Bytes;
import dev.godwit.wire.Cursor;
import dev.godwit.wire.Cut;
import dev.godwit.wire.FreshColumns;
import dev.godwit.wire.Page;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.ScopePosition;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a device lacks, in one snapshot, page by page, and ends with the cut. Its heap is bounded by a page, whatever
 * the size of a transaction.
 */
final class Pull {
    private static final LogPosition BEGINNING = new LogPosition(0, 0, new byte[0]);

    private final StoreReader reader;
    private final SyncRequest request;
    private final Grant grant;
    private final UUID timeline;
    private final Limits limits;
    private final FrameSink sink;
    private final long device;
    /** Whether the device will take rows from its own transactions, which the log may have removed again. */
    private final boolean hasUnconfirmed;

    private final Map<String, BitSet> fresh = new HashMap<>();

    Pull(StoreReader reader, SyncRequest request, Grant grant, UUID timeline, Limits limits, FrameSink sink) {
        this.reader = reader;
        this.request = request;
        this.grant = grant;
        this.timeline = timeline;
        this.limits = limits;
        this.sink = sink;
        DeviceState known = reader.device(request.device());
        this.device = known == null ? -1 : known.number();
        this.hasUnconfirmed = known != null && known.lastSequence() > request.confirmed();
    }

    /** Writes notices, pages and the cut. */
    void run() throws IOException {
        Map<String, Checkpoint> checkpoints = new LinkedHashMap<>();
        DeviceState known = reader.device(request.device());
        boolean older = known != null && request.confirmed() < known.confirmed();
        boolean lost = hasLostTail();
        if (older || (lost && request.scopes().stream().noneMatch(s -> grant.mayRead(s.scope())))) {
            sink.write(new Refusal(Refusal.Code.CLONE, "This database is an older copy of another one.", 0));
            return;
        }
        for (ScopePosition position : request.scopes()) {
            String scope = position.scope();
            if (!grant.mayRead(scope)) {
                sink.write(new ScopeNotice(
                        scope, ScopeNotice.Kind.DENIED, "the token does not grant the scope '" + scope + "'"));
            } else if (lost
                    || !isShared(position.visible(), scope)
                    || !isShared(position.cursor().at(), scope)) {
                sink.write(new ScopeNotice(
                        scope,
                        ScopeNotice.Kind.RESET,
                        "the server's database is an older copy of what it was: everything is read and sent again"));
            } else if (isForgotten(position)) {
                sink.write(
                        new ScopeNotice(
                                scope,
                                ScopeNotice.Kind.SNAPSHOT,
                                "the device was away for so long that what was deleted meanwhile is forgotten: the scope is read anew"));
            } else {
                new ScopePull(position).run();
                checkpoints.put(scope, new Checkpoint(timeline, reader.head(scope)));
            }
        }
        cut(checkpoints);
    }

    /** Whether the device has receipts that this database never gave (H5). */
    private boolean hasLostTail() {
        DeviceState known = reader.device(request.device());
        return request.confirmed() > (known == null ? 0 : known.lastSequence());
    }

    /** Whether rows were forgotten that the device, or what it has staged, may still hold (H7). */
    private boolean isForgotten(ScopePosition position) {
        long horizon = reader.horizon(position.scope());
        long visible = position.visible().commit();
        long cursor = position.cursor().at().commit();
        return (visible > 0 && visible < horizon)
                || (cursor > 0 && cursor < horizon)
                || (visible == 0 && hasUnconfirmed && confirmsBelow(horizon, position.scope()));
    }

    /** Whether the cut confirms what the device wrote below the horizon: it may have been deleted since, and nobody knows. */
    private boolean confirmsBelow(long horizon, String scope) {
        return receipts().stream()
                .anyMatch(receipt -> receipt.outcome() instanceof Outcome.Applied applied
                        && applied.commits().getOrDefault(scope, horizon) < horizon);
    }

    private boolean isShared(Checkpoint checkpoint, String scope) {
        return checkpoint.isNone()
                || checkpoint.commit() == 0
                || checkpoint.commit() <= reader.sharedUntil(checkpoint.timeline(), scope);
    }

    private void cut(Map<String, Checkpoint> checkpoints) throws IOException {
        DeviceState known = reader.device(request.device());
        sink.write(new Cut(
                receipts(), checkpoints, known == null ? 0 : known.lastSequence(), known == null ? 0 : known.safe()));
    }

    private List<Receipt> receipts() {
        return reader.unconfirmed(device, request.confirmed(), limits.receiptsPerCut()).stream()
                .map(r -> new Receipt(
                        r.id(), r.sequence(), java.util.Objects.requireNonNull(r.outcome(), "outcome of a receipt")))
                .toList();
    }

    /** Rows to come, for a device that begins: it can look for room on its disk first. */
    static long rowsToCome(StoreReader reader, SyncRequest request, Grant grant) {
        long rows = 0;
        for (ScopePosition position : request.scopes()) {
            if (grant.mayRead(position.scope()) && position.visible().isNone()) {
                rows += reader.logSize(position.scope(), position.cursor().at().commit());
            }
        }
        return rows;
    }

    /** The columns that are new on the device; with a key column among them the whole table is (H7). */
    private BitSet fresh(Table table) {
        return fresh.computeIfAbsent(table.name(), name -> {
            BitSet columns = new BitSet();
            for (FreshColumns wanted : request.fresh()) {
                if (wanted.table().equalsIgnoreCase(name)) {
                    wanted.columns().forEach(c -> table.columnIndex(c).ifPresent(columns::set));
                }
            }
            return columns;
        });
    }

    /** The pull of one scope. */
    private final class ScopePull {
        private final String scope;
        private final long visible;
        private final LogPosition start;
        private final boolean knowsItsOwn;
        private final BlockBuilder blocks = new BlockBuilder();
        private final TextPull texts;
        private @Nullable LogPosition last;

        ScopePull(ScopePosition position) {
            this.scope = position.scope();
            this.visible = position.visible().commit();
            this.start = position(position.cursor());
            this.texts = new TextPull(reader, scope, visible, start.commit());
            // below its first checkpoint a device cannot have kept rows that it confirmed before it held the scope
            this.knowsItsOwn = visible > 0 || request.confirmed() == 0;
        }

        void run() throws IOException {
            try {
                reader.log(scope, start, this::visit);
                flush();
            } catch (UncheckedIOException e) {
                throw java.util.Objects.requireNonNull(e.getCause());
            }
        }

        private boolean visit(LogRow row) {
            add(row);
            last = row.position();
            if (blocks.rowCount() >= limits.pageRows()
                    || blocks.byteCount() >= limits.pageBytes()
                    || blocks.nameCount() >= Page.NAMES) {
                try {
                    flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return true;
        }

        private void flush() throws IOException {
            LogPosition reached = last;
            if (reached != null && blocks.rowCount() > 0) {
                sink.write(new Page(scope, blocks.build(), cursor(reached)));
            }
        }

        private void add(LogRow row) {
            RowMeta meta = row.meta();
            if (meta == null || meta.deleted()) {
                boolean nothingYet = visible == 0 && start.commit() == 0 && !hasUnconfirmed;
                if (!nothingYet && !(meta != null && isKnown(meta.cell(0)))) {
                    blocks.addGone(row.table(), meta == null ? RowKind.LEFT : RowKind.DELETE, row.key());
                }
                return;
            }
            boolean freshTable = row.table().key().stream().anyMatch(fresh(row.table())::get);
            boolean whole = meta.arrived() > visible || freshTable;
            BitSet columns = whole && !freshTable ? wholeUnlessKnown(row.table(), meta) : changed(row.table(), meta);
            if (columns.isEmpty()) {
                return;
            }
            Value[] values = values(row.table(), row.key());
            if (whole) {
                blocks.addWhole(row.table(), values);
            } else {
                addUpdate(row.table(), row.key(), meta, values, columns);
            }
        }

        /** Columns of a row that the device holds: texts as edits where that is shorter. */
        private void addUpdate(Table table, Key key, RowMeta meta, Value[] values, BitSet columns) {
            BlockBuilder.Written written = BlockBuilder.Written.set(columns);
            Value[] sent = values.clone();
            for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
                boolean mayBeEdits = request.takesEdits()
                        && table.columns().get(i).merge() == MergeWord.MERGED_TEXT
                        && !fresh(table).get(i);
                Value edits =
                        mayBeEdits ? texts.edits(table, key, i, meta.cell(i).commit(), values[i]) : null;
                if (edits != null) {
                    sent[i] = edits;
                    columns.clear(i);
                    written.note(i, ColumnRole.EDIT);
                }
            }
            blocks.addUpdate(table, sent, values, written);
        }

        private Value[] values(Table table, Key key) {
            Value[] values = reader.row(table, key);
            if (values == null) {
                throw new IllegalStateException(
                        "broken store: the log names row " + key + " of " + table.name() + ", which does not exist");
            }
            return values;
        }

        /** Whether the device's own transactions, which the cut confirms, hold all that happened to a cell. */
        private boolean isKnown(CellState cell) {
            return knowsItsOwn && cell.stamp().writer() == device && cell.other() <= visible;
        }

        private BitSet wholeUnlessKnown(Table table, RowMeta meta) {
            BitSet all = new BitSet();
            for (int i = 0; i < table.columns().size(); i++) {
                if (!isKnown(meta.cell(i))) {
                    all.set(0, table.columns().size());
                    return all;
                }
            }
            return all;
        }

        private BitSet changed(Table table, RowMeta meta) {
            BitSet columns = (BitSet) fresh(table).clone();
            for (int i = 0; i < table.columns().size(); i++) {
                CellState cell = meta.cell(i);
                if (!table.isKey(i) && cell.commit() > visible && !isKnown(cell)) {
                    columns.set(i);
                }
            }
            return columns;
        }
    }

    private Cursor cursor(LogPosition position) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + position.key().length);
        bytes.putLong(position.table()).put(position.key());
        return new Cursor(new Checkpoint(timeline, position.commit()), Bytes.of(bytes.array()));
    }

    private static LogPosition position(Cursor cursor) {
        byte[] bytes = cursor.position().value();
        if (bytes.length < 8) {
            // everything of that commit is there: begin behind its last possible row
            return cursor.at().commit() == 0
                    ? BEGINNING
                    : new LogPosition(cursor.at().commit(), Long.MAX_VALUE, new byte[0]);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long table = in.getLong();
        byte[] key = new byte[in.remaining()];
        in.get(key);
        return new LogPosition(cursor.at().commit(), table, key);
    }
}
