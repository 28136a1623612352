package dev.godwit.client;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.MergeWord;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.BlockBuilder;
import dev.godwit.rows.References;
import dev.godwit.wire.Changes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
        private final long local;
        private boolean basesComplete;
        private final BlockBuilder blocks = new BlockBuilder();
        private final Set<String> scopes = new LinkedHashSet<>();
        private final Set<Long> depends = new TreeSet<>();
        private final Set<Table> tables = new LinkedHashSet<>();

        Draft(boolean strict, long local) {
            this.strict = strict;
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
            if (before != null) {
                long born = bases().touch(table, key, before, 0, local);
                dependOn(born);
                if (after == null && born != 0) {
                    bases().forgetBirth(table, key);
                }
            }
            if (after == null) {
                blocks.addGone(table, RowKind.DELETE, key);
                return;
            }
            checkSizes(table, key, after);
            dependOnParents(table, after);
            if (before == null) {
                blocks.addWhole(table, after);
            } else {
                update(table, before, after);
            }
        }

        private BaseImages bases() {
            if (!basesComplete) {
                session.bases().complete();
                basesComplete = true;
            }
            return session.bases();
        }

        private void update(Table table, Value[] before, Value[] after) {
            BitSet sets = new BitSet();
            BitSet adds = new BitSet();
            Value[] row = after.clone();
            for (int i = 0; i < after.length; i++) {
                if (before[i].equals(after[i])) {
                    continue;
                }
                if (table.columns().get(i).merge() == MergeWord.COUNTER) {
                    adds.set(i);
                    row[i] = delta(table, i, before[i], after[i]);
                } else {
                    sets.set(i);
                }
            }
            blocks.addUpdate(table, row, sets, adds);
        }

        private Value delta(Table table, int column, Value before, Value after) {
            long from = before.kind() == Value.Kind.INTEGER ? before.asLong() : 0;
            try {
                return Value.of(Math.subtractExact(after.asLong(), from));
            } catch (ArithmeticException tooFar) {
                throw refused(
                        table.name() + "." + table.columns().get(column).name() + " changes from " + before + " to "
                                + after + ", and a counter cannot change by more than 64 bits: take smaller steps",
                        tooFar);
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
            scopes.add(scope);
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
                if (!References.pointsSomewhere(clause, row) || !bases().any(parent)) {
                    continue;
                }
                Value[] parentRow = session.references().parent(clause, row);
                BaseImages.Base base = parentRow == null ? null : bases().find(parent, parent.keyOf(parentRow));
                dependOn(base == null ? 0 : base.born());
            }
        }
    }

    private static GodwitException refused(String message, @Nullable Throwable cause) {
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
        List<Table> touched = session.capture().touched();
        if (touched.isEmpty()) {
            return null;
        }
        LocalState.Numbers numbers = session.state().next();
        Draft draft = new Draft(strict, numbers.local());
        for (Table table : touched) {
            session.capture().scan(table, (before, after) -> draft.change(table, before, after));
            session.capture().clear(table);
        }
        int rows = draft.blocks.rowCount();
        return rows == 0 ? null : append(draft, numbers.sequence(), rows);
    }

    private Sealed append(Draft draft, long sequence, int rows) {
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
        long wall = device.wallMillis();
        TransactionId id = TransactionId.of(wall, device.randomId());
        Entry entry = new Entry(
                draft.local,
                id,
                sequence,
                false,
                wall,
                device.elapsedMillis(),
                device.bootId(),
                null,
                new ArrayList<>(draft.depends),
                Entry.encodeBases(bases(draft.scopes)),
                changes);
        session.entries().append(entry, rows, names(draft.tables));
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

    private static String names(Set<Table> tables) {
        return String.join(", ", tables.stream().map(Table::name).toList());
    }
}
