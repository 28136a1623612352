package dev.godwit.client;

import dev.godwit.client.LocalState.Position;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.TransactionId;
import dev.godwit.rows.ApplicationTriggers;
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

/**
 * Makes a cut visible in one local transaction: what the application reads before is one checkpoint plus its pending
 * transactions, and after it the next one plus those that are still pending. It cannot fail for what the rows hold (H6).
 */
final class CutApplier {
    private final LocalSession session;
    private final Sealer sealer;
    private final Limits limits;
    private final Parts parts;

    CutApplier(LocalSession session, Sealer sealer, Device device, Limits limits) {
        this.session = session;
        this.sealer = sealer;
        this.limits = limits;
        this.parts = new Parts(
                session,
                device,
                new ServerRows(session),
                new Overlay(session),
                new StagedPages(session.connection(), limits));
    }

    /** What every application of a cut works with. */
    record Parts(LocalSession session, Device device, ServerRows serverRows, Overlay overlay, StagedPages staged) {

        Set<String> allTables() {
            Set<String> tables = new LinkedHashSet<>();
            session.schema().tables().forEach(table -> tables.add(table.name()));
            return tables;
        }
    }

    /** The local state is not that of the request any more: the answer is of no use (H8). */
    static final class StaleAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What the server has taken of ours does not fit what is here as the server's: that has to be read anew. */
    static final class NotTheServersRows extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The server decided something under this device's name that this database never held (H2). */
    static final class CloneFound extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What a cut did; {@code tables} are those whose rows may read differently now. */
    record Effect(
            int received, int lost, int accepted, int parked, Set<String> tables, Map<TransactionId, Outcome> decided) {
        static final Effect NONE = new Effect(0, 0, 0, 0, Set.of(), Map.of());
    }

    /**
     * What an answer says beside its pages and its cut.
     *
     * @param denied scopes that the token does not grant, with the reason
     * @param unplaced transactions whose edits of texts the server cannot place, since it does not remember what they were made
     *     on: it wants them written anew for the text that it has now
     */
    record Notices(Map<String, String> denied, Set<TransactionId> unplaced) {
        static final Notices NONE = new Notices(Map.of(), Set.of());
    }

    /** A receipt and the transaction it is for. */
    record Decision(Entry entry, Outcome outcome) {}

    /**
     * Applies staged pages, then these pages, then the cut.
     *
     * @param notices what else the answer said
     */
    Effect apply(Position expected, List<Page> pages, Cut cut, Notices notices, long serverMillis) {
        return session.transaction(() -> {
            sealer.seal(false);
            Position now = session.state().position();
            if (!now.equals(expected)) {
                throw new StaleAnswer();
            }
            now.scopes().forEach(scope -> checkNamed(scope.scope(), cut, notices.denied()));
            List<Decision> decisions = decisions(now, cut);
            if (decisions.isEmpty() && pages.isEmpty() && notices.equals(Notices.NONE) && isThere(now, cut)) {
                confirm(now, cut, serverMillis);
                return Effect.NONE;
            }
            CutApplication application =
                    new CutApplication(parts, now, decisions, pages, cut.checkpoints(), notices, serverMillis);
            Set<String> tables = silently(application::run);
            finish(now, cut, notices.denied(), serverMillis);
            return application.effect(tables);
        });
    }

    /** Whether the cut says nothing new, as most do on a quiet day: then nothing is written, and no disk is waited for. */
    private boolean isThere(Position now, Cut cut) {
        return now.scopes().stream()
                        .allMatch(scope -> scope.isAt(cut.checkpoints().get(scope.scope())))
                && !session.state().isBetweenCuts()
                && !session.entries().anyBlocked();
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
     * Records what was decided about transactions that are sent again, and nothing else: all rows are read anew when all of them
     * are decided.
     *
     * @param stuck whether the server cannot decide before this device has the rows: edits of a text that it does not remember
     */
    Effect applyReceipts(Position expected, Cut cut, boolean stuck, long serverMillis) {
        return recordReceipts(expected, cut, serverMillis, decisions -> {
            if (stuck) {
                new Resending(session).giveUp();
            }
        });
    }

    /**
     * Records what was decided, and asks for these scopes from zero, and for all that the decided transactions have changed:
     * the rows to come hold what is left of that. Until then the application sees what it saw.
     */
    Effect readAnew(Position expected, Cut cut, Set<String> scopes, long serverMillis) {
        return recordReceipts(expected, cut, serverMillis, decisions -> {
            Set<String> anew = new LinkedHashSet<>(scopes);
            for (Decision decision : decisions) {
                if (decision.outcome() instanceof Outcome.Applied applied) {
                    anew.addAll(applied.commits().keySet());
                }
            }
            session.state().dropStage();
            anew.forEach(session.state()::restart);
        });
    }

    private Effect recordReceipts(Position expected, Cut cut, long serverMillis, Consumer<List<Decision>> next) {
        return session.transaction(() -> {
            sealer.seal(false);
            Position now = session.state().position();
            if (!now.equals(expected)) {
                throw new StaleAnswer();
            }
            List<Decision> decisions = decisions(now, cut);
            // of what is not pending any more they are not written later
            session.bases().complete();
            CutApplication application =
                    new CutApplication(parts, now, decisions, List.of(), Map.of(), Notices.NONE, serverMillis);
            Rekeying.runAhead(session, decisions);
            decisions.forEach(application::record);
            confirm(now, cut, serverMillis);
            next.accept(decisions);
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
            parts.overlay().restore();
            session.connection().execute("pragma ignore_check_constraints = off");
            parts.overlay().putBack();
            return parts.allTables();
        });
    }

    /** Parks a transaction that no server would read, as the server would: it may still be repaired, and holds nothing up. */
    Effect refuse(TransactionId id, String reason) {
        return session.transaction(() -> {
            sealer.seal(false);
            Entry entry = session.entries().find(id);
            if (entry == null || !session.entries().state(id).equals("pending")) {
                return Effect.NONE;
            }
            Map<TransactionId, Outcome> parked =
                    new Discard(session, parts.device()).park(entry, RejectionCode.SIZE, reason);
            // in the middle of catching up the application goes on to see what it saw
            Set<String> tables = session.state().isCatchingUp() ? Set.of() : rebase();
            return new Effect(0, 0, 0, parked.size(), tables, parked);
        });
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
        session.connection().execute("delete from godwit_stage; delete from godwit_fresh; delete from godwit_shown");
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
}
