package dev.godwit.client;

import dev.godwit.client.LocalState.Position;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.sql.SqliteException;
import dev.godwit.wire.Page;
import dev.godwit.wire.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run over one cut: makes the rows what it says, with what is still pending on top. */
final class CutApplication {
    /** Received children whose parents are looked up at the end; more go the plain way. */
    private static final int CHILDREN = 1_000;

    private final CutApplier.Parts parts;
    private final LocalSession session;
    private final ServerRows serverRows;
    private final Overlay overlay;
    private final StagedPages staged;
    private final Position position;
    private final List<CutApplier.Decision> decisions;
    private final List<Page> pages;
    private final Map<String, Checkpoint> checkpoints;
    private final Map<String, String> denied;
    private final Set<TransactionId> unplaced;
    private final long serverMillis;
    /** By table, the keys of all rows that the cut confirms; made when it is asked for, which is rare. */
    private @Nullable Map<String, Set<Key>> confirmed;

    private final Set<String> tables = new LinkedHashSet<>();
    private ServerTexts texts = new ServerTexts(cell -> false);
    private final List<Child> children = new ArrayList<>();
    private int received;

    /** A row that points at another. */
    private record Child(Table table, Key key) {}

    /** The short way does not do. */
    private static final class NeedsRebase extends RuntimeException {
        private static final long serialVersionUID = 1;

        NeedsRebase() {
            super("rebase", null, false, false);
        }
    }

    CutApplication(
            CutApplier.Parts parts,
            Position position,
            List<CutApplier.Decision> decisions,
            List<Page> pages,
            Map<String, Checkpoint> checkpoints,
            CutApplier.Notices notices,
            long serverMillis) {
        this.parts = parts;
        this.session = parts.session();
        this.serverRows = parts.serverRows();
        this.overlay = parts.overlay();
        this.staged = parts.staged();
        this.position = position;
        this.decisions = decisions;
        this.pages = pages;
        this.checkpoints = checkpoints;
        this.denied = notices.denied();
        this.unplaced = notices.unplaced();
        this.serverMillis = serverMillis;
    }

    /*
     * Two ways lead to the same state. The plain one is the definition: take all pending changes away (restore), make the
     * server's state what the cut says (confirmed transactions, then pages), put the rest back on top (overlay). Its cost
     * follows the outbox. The short one is taken when it provably ends the same: every receipt is a plain success, nothing
     * is blocked, and no page touches a row with pending changes. Then a row whose last pending change is confirmed
     * already shows the server's state, and only its base image goes. Should a constraint fail on the short way, the
     * savepoint takes it back and the plain way decides which transaction is blocked.
     */
    Set<String> run() {
        if (isPlain()) {
            session.connection().execute("savepoint godwit_short");
            try {
                decisions.forEach(this::confirmShort);
                decisions.forEach(this::record);
                if (hasPages()) {
                    session.bases().complete();
                    boolean pending = session.bases().any();
                    forEachPage(page -> receive(page, pending));
                    session.writes().flush();
                    checkParents();
                }
                session.connection().execute("release godwit_short");
                return tables;
            } catch (NeedsRebase | ServerTexts.OtherText | SqliteException notSo) {
                if (notSo instanceof SqliteException failure && !failure.code().isConstraint()) {
                    throw failure;
                }
                session.connection().execute("rollback to godwit_short; release godwit_short");
                session.writes().forget();
            }
        }
        return rebase();
    }

    /** Every page of the cut in the order in which it came: first what was staged, then what is in memory. */
    private void forEachPage(Consumer<Page> visitor) {
        staged.forEach(visitor);
        pages.forEach(visitor);
    }

    private boolean hasPages() {
        return !pages.isEmpty() || staged.any();
    }

    private boolean isPlain() {
        return denied.isEmpty()
                && unplaced.isEmpty()
                && position.scopes().stream().noneMatch(LocalState.ScopeState::replacing)
                && decisions.stream().allMatch(d -> isPlain(d.outcome()))
                && !session.entries().anyBlocked();
    }

    private static boolean isPlain(Outcome outcome) {
        return outcome instanceof Outcome.Voided
                || (outcome instanceof Outcome.Applied applied
                        && applied.lost().isEmpty()
                        && applied.rekeyed().isEmpty());
    }

    private void confirmShort(CutApplier.Decision decision) {
        Entry entry = decision.entry();
        boolean late = session.bases().isLate(entry);
        session.changes().forEach(entry.decoded(), change -> {
            Table table = change.table();
            if (!change.removes() && !isHeld(table, change)) {
                throw new NeedsRebase();
            }
            if (late && change.kind() == RowKind.INSERT) {
                return;
            }
            noteTexts(change);
            if (session.bases().forgetIfLast(table, change.key(), entry.local())) {
                return;
            }
            BaseImages.Base base = session.bases().find(table, change.key());
            if (base == null) {
                throw new NeedsRebase();
            }
            session.bases()
                    .replace(table, base, predicted(change, base.row(), Set.of(), NeedsRebase::new), entry.local());
        });
    }

    /** What a change makes of a row, unless it was made on another. */
    private static Value @Nullable [] predicted(
            RowChange change, Value @Nullable [] before, Set<Integer> lost, Supplier<RuntimeException> misfit) {
        try {
            return change.predictOn(before, lost);
        } catch (IllegalArgumentException | ArithmeticException madeOnAnother) {
            throw misfit.get();
        }
    }

    /** The pages may hold edits of what the texts were before. */
    private void noteTexts(RowChange change) {
        if (change.kind() == RowKind.UPDATE && change.edits() && hasPages()) {
            BaseImages.Base base = session.bases().find(change.table(), change.key());
            texts.note(change, base == null ? null : base.row());
        }
    }

    /** Whether the row stays here once the transaction is confirmed: only rows of scopes that are synced do. */
    private boolean isHeld(Table table, RowChange change) {
        Value[] row = change.wholeRow();
        if (table.constantScope() == null && row[table.scopeColumn()].isNull()) {
            return true;
        }
        return table.scopeOf(row).filter(position::holds).isPresent();
    }

    private void receive(Page page, boolean pending) {
        serverRows.forEach(page, change -> {
            if (pending && serverRows.touchesPending(change)) {
                throw new NeedsRebase();
            }
            if (pending && !change.removes() && !change.table().foreignKeys().isEmpty()) {
                noteChild(change);
            }
            receive(page.scope(), change);
        });
    }

    private void noteChild(RowChange change) {
        if (children.size() == CHILDREN) {
            throw new NeedsRebase();
        }
        children.add(new Child(change.table(), change.key()));
    }

    /** A row that came while its parent is gone here by something pending: that does not fit any more. */
    private void checkParents() {
        for (Child child : children) {
            Value[] row = session.writes().find(child.table(), child.key());
            if (row != null && session.references().missingParent(child.table(), row) != null) {
                throw new NeedsRebase();
            }
        }
    }

    private void receive(String scope, RowChange change) {
        received++;
        tables.add(change.table().name());
        serverRows.write(scope, change, texts, this::isTaken);
    }

    /** Whether something that the cut confirms has changed a row. */
    private boolean isTaken(RowChange change) {
        if (confirmed == null) {
            confirmed = confirmedKeys();
        }
        return confirmed.getOrDefault(change.table().name(), Set.of()).contains(change.key());
    }

    private Map<String, Set<Key>> confirmedKeys() {
        Map<String, Set<Key>> keys = new HashMap<>();
        for (CutApplier.Decision decision : decisions) {
            if (decision.outcome() instanceof Outcome.Applied) {
                session.changes()
                        .forEach(
                                decision.entry().decoded(),
                                own -> keys.computeIfAbsent(own.table().name(), table -> new HashSet<>())
                                        .add(own.key()));
            }
        }
        return keys;
    }

    /** The plain way. */
    Set<String> rebase() {
        received = 0;
        children.clear();
        session.bases().complete();
        tables.addAll(parts.allTables());
        overlay.restore();
        Rekeying.run(session, decisions);
        TextRebase pendingTexts = new TextRebase(session, unplaced);
        texts = new ServerTexts(pendingTexts::awaits);
        pendingTexts.note(decisions.stream()
                .collect(Collectors.toMap(d -> d.entry().local(), d -> d.outcome() instanceof Outcome.Applied)));
        position.scopes().stream()
                .filter(s -> s.replacing() || denied.containsKey(s.scope()))
                .forEach(s -> serverRows.removeScope(s.scope()));
        decisions.forEach(this::confirm);
        receiveAll();
        decisions.forEach(this::record);
        pendingTexts.run(checkpoints, texts);
        session.connection().execute("pragma ignore_check_constraints = off");
        overlay.putBack();
        return tables;
    }

    private void receiveAll() {
        try {
            forEachPage(page -> serverRows.forEach(page, change -> receive(page.scope(), change)));
            session.writes().flush();
        } catch (SqliteException unfit) {
            if (!unfit.code().isConstraint()) {
                throw unfit;
            }
            throw new WireException(
                    WireException.Kind.MALFORMED,
                    "rows of the server do not fit the schema here (" + unfit.getMessage()
                            + "), and nothing was changed: upgrade the server's schema file to this application's",
                    unfit);
        }
    }

    private void confirm(CutApplier.Decision decision) {
        if (!(decision.outcome() instanceof Outcome.Applied applied)) {
            return;
        }
        LostCells lost = new LostCells(applied.lost());
        Entry entry = java.util.Objects.requireNonNull(
                session.entries().at(decision.entry().local()), "entry");
        session.changes().forEachGoneFirst(entry.decoded(), change -> {
            if (lost.whole(change)) {
                return;
            }
            Table table = change.table();
            Value[] before = session.writes().find(table, change.key());
            texts.note(change, before);
            Value[] after = predicted(change, before, lost.columns(change), CutApplier.NotTheServersRows::new);
            boolean held = after != null
                    && table.scopeOf(after).filter(this::staysHeld).isPresent();
            session.writes().write(table, before, held ? after : null);
        });
    }

    /** Whether a scope is synced here once the cut is applied, which may take it away or give it back. */
    private boolean staysHeld(String scope) {
        boolean given = position.holds(scope) || (position.scope(scope) != null && checkpoints.containsKey(scope));
        return given && !denied.containsKey(scope);
    }

    void record(CutApplier.Decision decision) {
        Entry entry = decision.entry();
        Outcome outcome = decision.outcome();
        if (entry.isVoid()) {
            session.entries().delete(entry.local());
        } else if (outcome instanceof Outcome.Rejected rejected) {
            String offender = rejected.table() == null ? null : rejected.table() + " " + rejected.key();
            session.entries()
                    .park(
                            entry,
                            rejected.code(),
                            rejected.message(),
                            offender,
                            parts.device().wallMillis());
        } else {
            session.entries().accept(entry, serverMillis, outcome);
        }
    }

    CutApplier.Effect effect(Set<String> changed) {
        int lost = 0;
        int parked = 0;
        Map<TransactionId, Outcome> decided = new java.util.LinkedHashMap<>();
        for (CutApplier.Decision decision : decisions) {
            if (!decision.entry().isVoid()) {
                decided.put(decision.entry().id(), decision.outcome());
            }
            if (decision.outcome() instanceof Outcome.Applied applied) {
                lost += applied.lost().size();
            } else if (decision.outcome() instanceof Outcome.Rejected) {
                parked++;
            }
        }
        return new CutApplier.Effect(received, lost, decided.size() - parked, parked, changed, decided);
    }
}
