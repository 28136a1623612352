package dev.godwit.client;

import dev.godwit.client.LocalState.Position;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.ApplicationTriggers;
import dev.godwit.sql.SqliteException;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Page;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.WireException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Makes a cut visible in one local transaction: what the application reads before is one checkpoint plus its pending
 * transactions, and after it the next one plus those that are still pending. It cannot fail for what the rows hold (H6).
 */
final class CutApplier {
    /*
     * Two ways lead to the same state. The plain one is the definition: take all pending changes away (restore), make the
     * server's state what the cut says (confirmed transactions, then pages), put the rest back on top (overlay). Its cost
     * follows the outbox. The short one is taken when it provably ends the same: every receipt is a plain success, nothing
     * is blocked, and no page touches a row with pending changes. Then a row whose last pending change is confirmed
     * already shows the server's state, and only its base image goes. Should a constraint fail on the short way, the
     * savepoint takes it back and the plain way decides which transaction is blocked.
     */
    private final LocalSession session;
    private final Sealer sealer;
    private final Device device;
    private final Limits limits;
    private final ServerRows serverRows;
    private final Overlay overlay;
    private final StagedPages staged;

    CutApplier(LocalSession session, Sealer sealer, Device device, Limits limits) {
        this.session = session;
        this.sealer = sealer;
        this.device = device;
        this.limits = limits;
        this.serverRows = new ServerRows(session);
        this.overlay = new Overlay(session);
        this.staged = new StagedPages(session.connection(), limits);
    }

    /** The local state is not that of the request any more: the answer is of no use (H8). */
    static final class StaleAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The server decided something under this device's name that this database never held (H2). */
    static final class CloneFound extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The short way does not do. */
    private static final class NeedsRebase extends RuntimeException {
        private static final long serialVersionUID = 1;

        NeedsRebase() {
            super("rebase", null, false, false);
        }
    }

    /** What a cut did; {@code tables} are those whose rows may read differently now. */
    record Effect(
            int received,
            int lost,
            int accepted,
            int parked,
            Set<String> tables,
            Map<TransactionId, Outcome> decided) {}

    /** A receipt and the transaction it is for. */
    private record Decision(Entry entry, Outcome outcome) {}

    /**
     * Applies staged pages, then these pages, then the cut.
     *
     * @param denied scopes that the token does not grant, with the reason
     */
    Effect apply(Position expected, List<Page> pages, Cut cut, Map<String, String> denied, long serverMillis) {
        return session.transaction(() -> {
            sealer.seal(false);
            Position now = session.state().position();
            if (!now.equals(expected)) {
                throw new StaleAnswer();
            }
            now.scopes().forEach(scope -> checkNamed(scope.scope(), cut, denied));
            List<Decision> decisions = decisions(now, cut);
            Application application = new Application(now, decisions, pages, cut.checkpoints(), denied, serverMillis);
            Set<String> tables = silently(application::run);
            finish(now, cut, denied, serverMillis);
            return application.effect(tables);
        });
    }

    /** A scope's rows are shown with its checkpoint, and with no other's. */
    private static void checkNamed(String scope, Cut cut, Map<String, String> denied) {
        if (!cut.checkpoints().containsKey(scope) && !denied.containsKey(scope)) {
            throw new WireException(
                    WireException.Kind.MALFORMED,
                    "the cut says nothing of scope " + scope
                            + ", which was asked for: the server contradicts itself, and nothing was changed;"
                            + " look at its version and its log");
        }
    }

    /**
     * Records what was decided about transactions that are sent again (H5), and nothing else: their rows are here as the
     * server's, and are read anew when all of them are decided.
     */
    Effect applyReceipts(Position expected, Cut cut, long serverMillis) {
        return session.transaction(() -> {
            sealer.seal(false);
            Position now = session.state().position();
            if (!now.equals(expected)) {
                throw new StaleAnswer();
            }
            List<Decision> decisions = decisions(now, cut);
            Application application = new Application(now, decisions, List.of(), Map.of(), Map.of(), serverMillis);
            decisions.forEach(application::rekey);
            decisions.forEach(application::record);
            confirm(now, cut, serverMillis);
            if (decisions.isEmpty()) {
                // the server cannot decide before this device has the rows (edits of a text that it does not remember)
                session.entries().forgetAcceptedBefore();
            }
            return application.effect(Set.of());
        });
    }

    /**
     * Puts pending transactions on top again after one of them was taken out of the outbox. What is staged of the next cut
     * stays staged: the view is the last checkpoint's still.
     */
    Set<String> rebase() {
        return silently(() -> {
            session.bases().complete();
            overlay.restore();
            session.connection().execute("pragma ignore_check_constraints = off");
            overlay.putBack();
            return allTables();
        });
    }

    private Set<String> allTables() {
        Set<String> tables = new LinkedHashSet<>();
        session.schema().tables().forEach(table -> tables.add(table.name()));
        return tables;
    }

    /** Receipts come in sequence and leave none out, as entries are decided: both lists go in step. */
    private List<Decision> decisions(Position now, Cut cut) {
        List<Receipt> receipts = cut.receipts().stream()
                .filter(receipt -> receipt.sequence() > now.confirmed())
                .toList();
        List<Entry> entries = session.entries().undecided(receipts.size());
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < receipts.size(); i++) {
            Receipt receipt = receipts.get(i);
            Entry entry = i < entries.size() ? entries.get(i) : null;
            if (entry == null
                    || entry.sequence() != receipt.sequence()
                    || !entry.id().equals(receipt.id())) {
                throw new CloneFound();
            }
            decisions.add(new Decision(entry, receipt.outcome()));
        }
        return decisions;
    }

    private Set<String> silently(java.util.function.Supplier<Set<String>> work) {
        session.capture().suspend();
        ApplicationTriggers triggers = ApplicationTriggers.remove(session.connection(), session.schema());
        session.connection().execute("pragma ignore_check_constraints = on");
        try {
            Set<String> tables = work.get();
            triggers.restore();
            session.capture().resume();
            return tables;
        } finally {
            session.connection().execute("pragma ignore_check_constraints = off");
            session.writes().forget();
        }
    }

    private void finish(Position now, Cut cut, Map<String, String> denied, long serverMillis) {
        LocalState state = session.state();
        for (LocalState.ScopeState scope : now.scopes()) {
            String reason = denied.get(scope.scope());
            if (reason != null) {
                state.restart(scope.scope());
                state.setDenied(scope.scope(), reason);
            } else if (cut.checkpoints().containsKey(scope.scope())) {
                state.setCheckpoint(
                        scope.scope(),
                        java.util.Objects.requireNonNull(cut.checkpoints().get(scope.scope())));
                state.setDenied(scope.scope(), null);
            }
        }
        session.connection().execute("delete from godwit_stage; delete from godwit_fresh");
        confirm(now, cut, serverMillis);
    }

    private void confirm(Position now, Cut cut, long serverMillis) {
        long confirmed =
                cut.receipts().stream().mapToLong(Receipt::sequence).max().orElse(0);
        if (confirmed > now.confirmed()) {
            session.state().setConfirmed(confirmed);
        }
        session.entries().forgetSafe(cut.safeSequence(), serverMillis - 2 * limits.acceptedKeptMillis());
    }

    /** One run over one cut. */
    private final class Application {
        private final Position position;
        private final List<Decision> decisions;
        private final List<Page> pages;
        private final Map<String, Checkpoint> checkpoints;
        private final Map<String, String> denied;
        private final long serverMillis;
        private final Set<String> tables = new LinkedHashSet<>();
        private ServerTexts texts = new ServerTexts(cell -> false);
        private int received;

        Application(
                Position position,
                List<Decision> decisions,
                List<Page> pages,
                Map<String, Checkpoint> checkpoints,
                Map<String, String> denied,
                long serverMillis) {
            this.position = position;
            this.decisions = decisions;
            this.pages = pages;
            this.checkpoints = checkpoints;
            this.denied = denied;
            this.serverMillis = serverMillis;
        }

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
                    }
                    session.connection().execute("release godwit_short");
                    return tables;
                } catch (NeedsRebase | ServerTexts.OtherText | SqliteException notSo) {
                    if (notSo instanceof SqliteException failure
                            && !failure.code().isConstraint()) {
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

        private void confirmShort(Decision decision) {
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
                session.bases().replace(table, base, change.predictOn(base.row(), Set.of()), entry.local());
            });
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
                receive(page.scope(), change);
            });
        }

        private void receive(String scope, RowChange change) {
            received++;
            tables.add(change.table().name());
            serverRows.write(scope, change, texts);
        }

        /** The plain way. */
        Set<String> rebase() {
            received = 0;
            session.bases().complete();
            tables.addAll(allTables());
            overlay.restore();
            decisions.forEach(this::rekey);
            TextRebase pendingTexts = new TextRebase(session);
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

        /** What the device wrote after a row that has another key now means that row. */
        private void rekey(Decision decision) {
            if (decision.outcome() instanceof Outcome.Applied applied
                    && !applied.rekeyed().isEmpty()) {
                Rekeying rekeying = new Rekeying(session.schema(), applied.rekeyed());
                // the transaction itself, and those behind it
                for (Entry entry : session.entries().unaccepted(decision.entry().local() - 1)) {
                    session.entries()
                            .rewrite(entry.local(), dev.godwit.wire.Changes.encode(rekeying.apply(entry.decoded())));
                }
            }
        }

        private void confirm(Decision decision) {
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
                Value[] after = change.predictOn(before, lost.columns(change));
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

        private void record(Decision decision) {
            Entry entry = decision.entry();
            Outcome outcome = decision.outcome();
            if (entry.isVoid()) {
                session.entries().delete(entry.local());
            } else if (outcome instanceof Outcome.Rejected rejected) {
                String offender = rejected.table() == null ? null : rejected.table() + " " + rejected.key();
                session.entries().park(entry, rejected.code(), rejected.message(), offender, device.wallMillis());
            } else {
                session.entries().accept(entry, serverMillis, outcome);
            }
        }

        Effect effect(Set<String> changed) {
            int lost = 0;
            int parked = 0;
            Map<TransactionId, Outcome> decided = new java.util.LinkedHashMap<>();
            for (Decision decision : decisions) {
                if (!decision.entry().isVoid()) {
                    decided.put(decision.entry().id(), decision.outcome());
                }
                if (decision.outcome() instanceof Outcome.Applied applied) {
                    lost += applied.lost().size();
                } else if (decision.outcome() instanceof Outcome.Rejected) {
                    parked++;
                }
            }
            return new Effect(received, lost, decided.size() - parked, parked, changed, decided);
        }
    }
}
