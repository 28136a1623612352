package dev.godwit.client;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.ApplicationTriggers;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.rows.KeyCodec;
import dev.godwit.rows.References;
import dev.godwit.rows.RowWrites.Place;
import dev.godwit.wire.Changes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the shadows hold into one transaction of the outbox, inside the transaction that made it: the net change of
 * each row, its base image, the bases, and what it builds on. Data and outbox are committed or lost together.
 */
final class Sealer {
    private final LocalSession session;
    private final Device device;
    private final Limits limits;

    Sealer(LocalSession session, Device device, Limits limits) {
        this.session = session;
        this.device = device;
        this.limits = limits;
    }

    /** What was sealed: the transaction's id, its local number, the tables it changed and how many rows of them. */
    record Sealed(TransactionId id, long local, Set<Table> tables, int rows) {}

    /** One sealing in progress. */
    private final class Draft {
        private final boolean strict;
        private final Intentions intentions;
        private final long local;
        /** Rows that show what their columns' rules make of the write, and not what was written. */
        private final List<RowFix> fixes = new ArrayList<>();

        private final BlockBuilder images = new BlockBuilder();
        private boolean imagesWhole = true;
        private boolean basesComplete;
        private final BlockBuilder blocks = new BlockBuilder();
        private final Set<String> scopes = new LinkedHashSet<>();
        private final Set<Long> depends = new TreeSet<>();
        private final Set<Table> tables = new LinkedHashSet<>();
        /** Counters that were counted in rows with earlier pending changes. */
        private final Set<Intentions.Cell> counted = new LinkedHashSet<>();

        Draft(boolean strict, Intentions intentions, long local) {
            this.strict = strict;
            this.intentions = intentions;
            this.local = local;
        }

        void change(Table table, Value @Nullable [] before, Value @Nullable [] after) {
            tables.add(table);
            Value[] either = after != null ? after : before;
            if (either == null) {
                return;
            }
            Key key = table.keyOf(either);
            noteScope(table, before);
            noteScope(table, after);
            BaseImages.Base earlier = null;
            if (before != null) {
                earlier = bases().touch(table, key, before, 0, local);
                // the scope that it was seen in, if a pending transaction has moved it
                noteScope(table, earlier == null ? null : earlier.row());
                long born = earlier == null ? 0 : earlier.born();
                dependOn(born);
                if (after == null && born != 0) {
                    bases().forgetBirth(table, key);
                }
            }
            if (after == null) {
                keepImage(table, java.util.Objects.requireNonNull(before, "before"));
                blocks.addGone(table, RowKind.DELETE, key);
                return;
            }
            checkKey(table, key);
            checkSizes(table, key, after);
            dependOnParents(table, after);
            if (before == null) {
                insert(table, after);
            } else {
                update(table, before, after, earlier);
            }
        }

        /** Deletes are short, and the rows are not: beyond what a transaction may hold, no way back is kept. */
        private void keepImage(Table table, Value[] before) {
            imagesWhole &=
                    images.byteCount() < limits.transactionBytes() && images.rowCount() < limits.transactionRows();
            if (imagesWhole) {
                images.addWhole(table, before);
            }
        }

        private void insert(Table table, Value[] after) {
            Value[] row = after.clone();
            for (int i = 0; i < row.length; i++) {
                row[i] = CellChanges.inserted(table, i, row[i], strict);
            }
            fix(table, after, row);
            blocks.addWhole(table, row);
        }

        private void fix(Table table, Value[] after, Value[] row) {
            if (!Arrays.equals(after, row)) {
                fixes.add(new RowFix(table, after, row));
            }
        }

        private BaseImages bases() {
            if (!basesComplete) {
                session.bases().complete();
                basesComplete = true;
            }
            return session.bases();
        }

        private void update(Table table, Value[] before, Value[] after, BaseImages.@Nullable Base earlier) {
            CellChanges changes = new CellChanges(table, before, after, strict, intentions);
            fix(table, after, changes.shown());
            if (changes.editsText()) {
                // its places are in the text that the last one to edit it made
                dependOn(earlier == null ? 0 : earlier.edited());
                bases().noteEdit(table, table.keyOf(after), local);
            }
            if (earlier != null) {
                Key key = table.keyOf(after);
                changes.written().resets().stream().forEach(i -> counted.add(new Intentions.Cell(table, key, i)));
            }
            if (!changes.written().isEmpty()) {
                blocks.addUpdate(table, changes.sent(), before, changes.written());
            }
        }

        private void noteScope(Table table, Value @Nullable [] row) {
            if (row == null) {
                return;
            }
            String scope = table.scopeOf(row).orElse("");
            if (strict && (scope.isEmpty() || scope.length() > limits.scopeNameChars())) {
                throw refused(
                        "table " + table.name() + ", key " + table.keyOf(row) + ": the scope is "
                                + (scope.isEmpty()
                                        ? "no text or empty"
                                        : "longer than scopeNameChars = " + limits.scopeNameChars() + " characters")
                                + "; give the row the name of the scope it lives in",
                        null);
            }
            // what another program wrote is sealed all the same; the server refuses it by its rows
            if (!scope.isEmpty() && scope.length() <= limits.scopeNameChars()) {
                scopes.add(scope);
            }
        }

        private void checkKey(Table table, Key key) {
            if (strict && !KeyCodec.fits(key)) {
                throw refused(
                        "table " + table.name() + ": a key takes more than " + KeyCodec.MOST_BYTES
                                + " bytes: give the row a short key, and keep the text in another column",
                        null);
            }
        }

        private void checkSizes(Table table, Key key, Value[] row) {
            for (int i = 0; strict && i < row.length; i++) {
                if (bytes(row[i]) > limits.valueBytes()) {
                    throw refused(
                            "table " + table.name() + ", key " + key + ", column "
                                    + table.columns().get(i).name() + " holds about " + bytes(row[i])
                                    + " bytes and the limit valueBytes is "
                                    + limits.valueBytes() + ": keep large things in a file of their own",
                            null);
                }
            }
        }

        /** A text counts as the bytes of its UTF-8, as on the server; counted only where it may matter. */
        private int bytes(Value value) {
            boolean doubtful = value.kind() == Value.Kind.TEXT && value.size() > limits.valueBytes() / 3;
            return doubtful ? value.asText().getBytes(StandardCharsets.UTF_8).length + 2 : value.size();
        }

        private void dependOn(long born) {
            if (born != 0 && born != local) {
                depends.add(born);
            }
        }

        /** Uses the parent rows, which an earlier pending transaction may have inserted (H11). */
        private void dependOnParents(Table table, Value[] row) {
            for (ForeignKey clause : table.foreignKeys()) {
                Table parent = session.writes().table(clause.parent());
                String constant = parent.constantScope();
                if (constant != null) {
                    // what is seen of the parent's scope says which row a key means there (H12)
                    scopes.add(constant);
                }
                if (!References.pointsSomewhere(clause, row) || !bases().any(parent)) {
                    continue;
                }
                Value[] parentRow = session.references().parent(clause, row);
                BaseImages.Base base = parentRow == null ? null : bases().find(parent, parent.keyOf(parentRow));
                dependOn(base == null ? 0 : base.born());
            }
        }
    }

    /** A row as it was written, and as it is shown. */
    private record RowFix(Table table, Value[] written, Value[] shown) {}

    static GodwitException refused(String message, @Nullable Throwable cause) {
        return new GodwitException(GodwitException.Kind.WRITE, message, cause);
    }

    /**
     * Seals what is there; must run inside a write transaction.
     *
     * @param strict whether to refuse what the server would refuse; a foreign writer's transaction is committed already
     *     and is sealed whatever it holds
     * @return null if nothing has changed
     */
    @Nullable
    Sealed seal(boolean strict) {
        return seal(strict, Intentions.NONE);
    }

    /** The same, for a transaction of which more is known than what it changed. */
    @Nullable
    Sealed seal(boolean strict, Intentions intentions) {
        List<Table> touched = session.capture().touched();
        if (touched.isEmpty()) {
            return null;
        }
        LocalState.Numbers numbers = session.state().next();
        Draft draft = new Draft(strict, intentions, numbers.local());
        for (Table table : touched) {
            session.capture()
                    .scan(
                            table,
                            row -> intentions.isCounted(table, row),
                            (before, after) -> draft.change(table, before, after));
            session.capture().clear(table);
        }
        show(draft.fixes);
        if (!draft.counted.isEmpty()) {
            draft.depends.addAll(CountedBefore.of(session, numbers.rekeyed() ? called(draft.counted) : draft.counted));
        }
        int rows = draft.blocks.rowCount();
        return rows == 0 ? null : append(draft, numbers, rows);
    }

    /** Makes rows show what their columns' rules make of the write, as every other device will see them. */
    private void show(List<RowFix> fixes) {
        if (fixes.isEmpty()) {
            return;
        }
        session.capture().suspend();
        ApplicationTriggers triggers = ApplicationTriggers.remove(session.connection(), session.schema());
        fixes.forEach(fix -> session.writes().write(fix.table(), fix.written(), fix.shown()));
        session.writes().flush();
        triggers.restore();
        session.capture().resume();
    }

    private Sealed append(Draft draft, LocalState.Numbers numbers, int rows) {
        if (draft.strict && rows > limits.transactionRows()) {
            throw refused(
                    "the transaction changes " + rows + " rows and the limit transactionRows is "
                            + limits.transactionRows() + ": write it in several transactions",
                    null);
        }
        byte[] changes = Changes.encode(draft.blocks.build());
        if (draft.strict && changes.length > limits.transactionBytes()) {
            throw refused(
                    "the transaction's changes take " + changes.length + " bytes and the limit transactionBytes is "
                            + limits.transactionBytes() + ": write it in several transactions",
                    null);
        }
        if (draft.strict && draft.scopes.size() > limits.scopesPerDevice()) {
            throw refused(
                    "the transaction is about " + draft.scopes.size() + " scopes and the limit scopesPerDevice is "
                            + limits.scopesPerDevice() + ": write it in several transactions",
                    null);
        }
        String misfit = draft.strict ? Changes.misfit(changes, limits) : null;
        if (misfit != null) {
            throw refused("nobody could read the transaction (" + misfit + "): write it in several", null);
        }
        long wall = device.wallMillis();
        TransactionId id = TransactionId.of(wall, device.randomId());
        Entry entry = new Entry(
                draft.local,
                id,
                numbers.sequence(),
                false,
                wall,
                device.elapsedMillis(),
                device.bootId(),
                null,
                new ArrayList<>(draft.depends),
                Entry.encodeBases(bases(draft.scopes)),
                changes);
        session.entries().append(entry, rows, names(draft.tables));
        if (draft.imagesWhole && draft.images.rowCount() > 0) {
            session.undos().keepImages(draft.local, Changes.encode(draft.images.build()));
        }
        if (draft.intentions.undone() != 0) {
            session.undos().noteUndone(draft.intentions.undone(), draft.local);
        }
        if (numbers.rekeyed()) {
            Rekeying.ofShown(session, entry);
        }
        return new Sealed(id, draft.local, draft.tables, rows);
    }

    private Map<String, Checkpoint> bases(Set<String> scopes) {
        Map<String, Checkpoint> all = session.state().checkpoints();
        Map<String, Checkpoint> bases = new LinkedHashMap<>();
        for (String scope : scopes) {
            bases.put(scope, all.getOrDefault(scope, Checkpoint.NONE));
        }
        return bases;
    }

    /** These cells as entries call their rows, which are shown under other keys. */
    private Set<Intentions.Cell> called(Set<Intentions.Cell> shown) {
        Map<Place, Key> keys = new HashMap<>();
        session.shownKeys()
                .all()
                .forEach((place, key) -> keys.put(new Place(place.table().toLowerCase(Locale.ROOT), place.key()), key));
        return shown.stream()
                .map(cell -> new Intentions.Cell(
                        cell.table(),
                        keys.getOrDefault(new Place(cell.table(), cell.key()), cell.key()),
                        cell.column()))
                .collect(Collectors.toSet());
    }

    private static String names(Set<Table> tables) {
        return String.join(", ", tables.stream().map(Table::name).toList());
    }
}
