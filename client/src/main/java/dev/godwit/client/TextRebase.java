package dev.godwit.client;

import dev.godwit.client.ServerTexts.Cell;
import dev.godwit.merge.CellWrite;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextDiff;
import dev.godwit.merge.TextEdit;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.VersionVector;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.RowWrites.Place;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Pending edits of texts that the server has changed beneath them: they are written anew for the text that is there now, with
 * its checkpoint as their base. An edit says places in a text, so it must be made on a text that the server knows; what the
 * application sees from now on is made on that one.
 */
final class TextRebase {
    private static final long SERVER = 0;
    private static final long SELF = 1;

    private final LocalSession session;
    private final Set<TransactionId> unplaced;
    /** By what a row is called, the key under which it is here. */
    private final Map<Place, Key> shown;

    private final Map<Cell, Edited> cells = new LinkedHashMap<>();
    /** Those of them that are blocked, and so are not moved with the others. */
    private final Map<Cell, Edited> strays = new LinkedHashMap<>();

    /** A text with pending edits: what it was before the server's changes, and the edits, in order. */
    private record Edited(String before, List<Pending> edits) {}

    private record Pending(long local, TextEdit edit) {}

    /** What the server has now, at which checkpoint, and its edits to there. */
    private record Latest(String text, Checkpoint at, List<Splice> splices) {}

    /**
     * Makes one for a cut.
     *
     * @param unplaced transactions whose edits the server cannot place where they say
     */
    TextRebase(LocalSession session, Set<TransactionId> unplaced) {
        this.session = session;
        this.unplaced = unplaced;
        this.shown = session.shownKeys().shown();
    }

    private static boolean hasTexts(Table table) {
        return table.columns().stream().anyMatch(c -> c.merge() == MergeWord.MERGED_TEXT);
    }

    /**
     * Notes the texts that the pending edits were made on: what the server had, with what it has taken of ours since. Called
     * when the pending changes are taken away and nothing of the server's has come yet.
     *
     * @param decided the local numbers of the transactions that the cut decides, and whether they were applied
     */
    void note(Map<Long, Boolean> decided) {
        if (session.schema().tables().stream().noneMatch(TextRebase::hasTexts)) {
            return;
        }
        long local = 0;
        List<Entry> slice;
        do {
            slice = session.entries().pendingAfter(local, 64);
            for (Entry entry : slice) {
                local = entry.local();
                boolean taken = decided.getOrDefault(local, false);
                // a refused one is in no text, and a blocked one not in that which the others were made on
                if (taken || (!decided.containsKey(local) && entry.blocked() == null)) {
                    session.changes().forEach(entry.decoded(), change -> note(entry, change, taken));
                } else if (!decided.containsKey(local) && unplaced.contains(entry.id())) {
                    session.changes().forEach(entry.decoded(), change -> noteStray(entry, change));
                }
            }
        } while (!slice.isEmpty());
    }

    private void note(Entry entry, RowChange change, boolean taken) {
        forEachText(change, (cell, write) -> {
            if (taken) {
                take(cell, write);
            } else if (write.role() == ColumnRole.EDIT) {
                wait(cell, new Pending(entry.local(), TextEdit.decode(write.value())));
            }
        });
    }

    private void noteStray(Entry entry, RowChange change) {
        forEachText(change, (cell, write) -> {
            if (write.role() == ColumnRole.EDIT) {
                strays.computeIfAbsent(cell, c -> new Edited("", new ArrayList<>()))
                        .edits()
                        .add(new Pending(entry.local(), TextEdit.decode(write.value())));
            }
        });
    }

    private static void forEachText(RowChange change, BiConsumer<Cell, CellWrite> visitor) {
        for (int i = 0; i < change.table().columns().size(); i++) {
            boolean isText = change.table().columns().get(i).merge() == MergeWord.MERGED_TEXT;
            CellWrite write = isText ? change.writeOf(i) : null;
            if (write != null) {
                visitor.accept(new Cell(change.table(), change.key(), i), write);
            }
        }
    }

    /** The text is what this makes of it: the server has it. */
    private void take(Cell cell, CellWrite write) {
        Edited known = cells.get(cell);
        String before = known != null ? known.before() : text(cell);
        try {
            String after = write.role() == ColumnRole.EDIT
                    ? TextEdit.text(TextEdit.decode(write.value()).applyTo(Value.of(before == null ? "" : before)))
                    : TextEdit.text(write.value());
            cells.put(cell, new Edited(after, new ArrayList<>()));
        } catch (IllegalArgumentException | IllegalStateException madeOnAnother) {
            cells.remove(cell);
        }
    }

    private void wait(Cell cell, Pending pending) {
        String text = text(cell);
        if (cells.containsKey(cell) || text != null) {
            cells.computeIfAbsent(cell, c -> new Edited(String.valueOf(text), new ArrayList<>()))
                    .edits()
                    .add(pending);
        }
    }

    /** What is here before anything of the server's comes: rows that have got another key are where they were. */
    private @Nullable String text(Cell cell) {
        Key here = shown.getOrDefault(new Place(cell.table().name(), cell.key()), cell.key());
        return text(cell, session.writes().find(cell.table(), here));
    }

    private static @Nullable String text(Cell cell, Value @Nullable [] row) {
        return row == null ? null : ServerTexts.text(row[cell.column()]);
    }

    /** Whether edits of a text wait for what the server has made of it. */
    boolean awaits(Cell cell) {
        return cells.containsKey(cell);
    }

    /**
     * Writes the edits anew whose texts have changed.
     *
     * @param checkpoints per scope that of the cut
     * @param texts has the server's edits of a text, where they came as such; else texts are compared
     */
    void run(Map<String, Checkpoint> checkpoints, ServerTexts texts) {
        Map<Long, Map<Cell, TextEdit>> anew = new LinkedHashMap<>();
        cells.forEach((cell, edited) -> {
            Latest latest = latest(cell, checkpoints);
            if (latest != null && !edited.edits().isEmpty()) {
                List<Splice> exact = texts.since(cell, edited.before());
                List<Splice> theirs = exact == null ? TextDiff.closely(edited.before(), latest.text()) : exact;
                rebase(cell, edited, new Latest(latest.text(), latest.at(), theirs), anew);
            }
        });
        strays.forEach((cell, edited) -> {
            Latest latest = latest(cell, checkpoints);
            if (latest != null) {
                refuse(cell, edited, latest, anew);
            }
        });
        anew.forEach(this::rewrite);
    }

    private @Nullable Latest latest(Cell cell, Map<String, Checkpoint> checkpoints) {
        Value[] row = session.writes().find(cell.table(), cell.key());
        String now = text(cell, row);
        Checkpoint at = row == null
                ? null
                : cell.table().scopeOf(row).map(checkpoints::get).orElse(null);
        return now == null || at == null ? null : new Latest(now, at, List.of());
    }

    private static void rebase(Cell cell, Edited edited, Latest latest, Map<Long, Map<Cell, TextEdit>> anew) {
        TextEvent theirs = new TextEvent(SERVER, 1, VersionVector.none(), latest.splices());
        List<TextEvent> ours = new ArrayList<>();
        VersionVector seen = VersionVector.none();
        for (Pending pending : edited.edits()) {
            ours.add(new TextEvent(SELF, ours.size() + 1L, seen, pending.edit().splices()));
            seen = seen.with(SELF, ours.size());
        }
        if (!fits(edited)) {
            refuse(cell, edited, latest, anew);
            return;
        }
        List<List<Splice>> moved = TextWalk.transform(edited.before().length(), List.of(theirs), ours);
        int length = latest.text().length();
        for (int i = 0; i < moved.size(); i++) {
            Pending pending = edited.edits().get(i);
            anew.computeIfAbsent(pending.local(), local -> new LinkedHashMap<>())
                    .put(cell, new TextEdit(latest.at(), length, pending.edit().emptyIsNull(), moved.get(i)));
            length += moved.get(i).stream().mapToInt(Splice::growth).sum();
        }
    }

    /** Whether the edits were made on this text, one after the other. */
    private static boolean fits(Edited edited) {
        String text = edited.before();
        try {
            for (Pending pending : edited.edits()) {
                text = TextEdit.text(pending.edit().applyTo(Value.of(text)));
            }
            return true;
        } catch (IllegalArgumentException madeOnAnother) {
            return false;
        }
    }

    /**
     * Nobody can tell where these belong: they were made on a text that is gone (H5). The server shall say so, and park them with
     * what they wrote, not wait for a text that fits: they name the present one as theirs, and a length that it has not.
     */
    private static void refuse(Cell cell, Edited edited, Latest latest, Map<Long, Map<Cell, TextEdit>> anew) {
        int another = latest.text().length() + 1;
        for (Pending pending : edited.edits()) {
            anew.computeIfAbsent(pending.local(), local -> new LinkedHashMap<>())
                    .put(
                            cell,
                            new TextEdit(
                                    latest.at(),
                                    another,
                                    pending.edit().emptyIsNull(),
                                    pending.edit().splices()));
        }
    }

    private void rewrite(long local, Map<Cell, TextEdit> edits) {
        Entry entry = session.entries().at(local);
        if (entry == null) {
            return;
        }
        List<RowBlock> blocks = new ArrayList<>();
        for (RowBlock block : entry.decoded()) {
            Table table = session.schema().table(block.table()).orElse(null);
            blocks.add(table == null ? block : rewritten(table, block, edits));
        }
        session.entries().rewrite(local, Changes.encode(blocks));
    }

    private static RowBlock rewritten(Table table, RowBlock block, Map<Cell, TextEdit> edits) {
        List<Value[]> rows = new ArrayList<>();
        for (Value[] row : block.rows()) {
            Value[] copy = row.clone();
            for (int i = block.keyWidth(); i < copy.length; i++) {
                int column = table.columnIndex(block.columns().get(i).name()).orElse(-1);
                TextEdit edit = block.columns().get(i).role() == ColumnRole.EDIT
                        ? edits.get(new Cell(table, block.keyOf(row), column))
                        : null;
                copy[i] = edit == null ? copy[i] : edit.encode();
            }
            rows.add(copy);
        }
        return new RowBlock(block.table(), block.kind(), block.columns(), rows);
    }
}
