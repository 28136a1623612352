package dev.godwit.server;

import dev.godwit.merge.Seen;
import dev.godwit.merge.WriteTime;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.Schema;
import dev.godwit.sql.SqliteException;
import dev.godwit.wire.Changes;
import dev.godwit.wire.DeviceClock;
import dev.godwit.wire.OutcomeBounds;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides the transactions of one request, in the order of their places, inside the writer's transaction (H2). */
final class PushDecider {
    private static final Logger LOG = LoggerFactory.getLogger(PushDecider.class);
    private static final long LATER_MILLIS = 1_000;
    private static final int SHORT_COMMITS = 100;

    private final ServerOptions options;
    private final ResolverCalls resolvers;
    private final StoreWriter store;
    private final Inbox inbox;
    private final Grant grant;
    private final SyncRequest request;
    private final List<Receipt> receipts = new ArrayList<>();
    private final Set<String> moved = new HashSet<>();
    /** Of the device, by scope, as far as they were asked for. */
    private final Map<String, List<Seen.Former>> formers = new HashMap<>();
    /** Of all outcomes that the device has not confirmed, at most. */
    private long unconfirmedFields;
    /** Of the same, as they are encoded. */
    private long unconfirmedBytes;

    /** What a device brings, and what it may. */
    record Push(Grant grant, SyncRequest request) {}

    PushDecider(ServerOptions options, ResolverCalls resolvers, StoreWriter store, Inbox inbox, Push push) {
        this.resolvers = resolvers;
        this.options = options;
        this.store = store;
        this.inbox = inbox;
        this.grant = push.grant();
        this.request = push.request();
    }

    /** What came of a request's transactions: receipts, or a refusal of all that follows; and the scopes that moved. */
    record Decided(List<Receipt> receipts, @Nullable Refusal refusal, Set<String> moved) {}

    Decided run() {
        long now = options.wallMillis().getAsLong();
        DeviceState known = store.device(request.device());
        DeviceState device = known != null ? known : store.register(request.device(), grant.subject(), now);
        if (!device.subject().equals(grant.subject())) {
            return refused(
                    Refusal.Code.FORBIDDEN,
                    "This database belongs to another user's device. Sign in as that user, or set up a new database.");
        }
        if (request.confirmed() < device.confirmed()) {
            return refused(Refusal.Code.CLONE, "This database is an older copy of another one.");
        }
        device = confirm(device);
        if (device.lastSequence() > device.confirmed()) {
            unconfirmedBytes = store.unconfirmedBytes(device.number(), device.confirmed());
            unconfirmedFields = OutcomeBounds.fieldsAtMost(unconfirmedBytes);
        }
        Refusal refusal = null;
        List<PushedTransaction> transactions = new ArrayList<>(request.transactions());
        transactions.sort(Comparator.comparing(PushedTransaction::sequence));
        for (PushedTransaction transaction : transactions) {
            Step step = decide(device, transaction, now);
            device = step.device();
            if (step.outcome() == null) {
                refusal = new Refusal(Refusal.Code.CLONE, "Two databases use the same device id.", 0);
                break;
            }
            receipts.add(new Receipt(transaction.id(), transaction.sequence(), step.outcome()));
        }
        long safe = store.decidedBefore(
                device.number(), device.safe(), now - options.limits().acceptedKeptMillis());
        store.save(device.seen(now, safe));
        return new Decided(receipts, refusal, moved);
    }

    private static Decided refused(Refusal.Code code, String message) {
        return new Decided(List.of(), new Refusal(code, message, 0), Set.of());
    }

    private DeviceState confirm(DeviceState device) {
        long confirmed = Math.min(request.confirmed(), device.lastSequence());
        if (confirmed > device.confirmed()) {
            store.pruneOutcomes(device.number(), confirmed);
            store.memory().forgetRekeys(device.number(), confirmed);
            return device.confirmed(confirmed);
        }
        return device;
    }

    /** The device after a decision; no outcome means that the place holds something else. */
    private record Step(DeviceState device, @Nullable Outcome outcome) {}

    private Step decide(DeviceState device, PushedTransaction transaction, long now) {
        StoredReceipt byId = store.receipt(transaction.id());
        boolean next = transaction.sequence() == device.lastSequence() + 1;
        if (transaction.sequence() > device.confirmed() + options.limits().receiptsPerCut()) {
            // every cut must be able to carry all receipts that are not confirmed (H3)
            return new Step(device, new Outcome.Later(LATER_MILLIS, "too many outcomes are not confirmed yet"));
        }
        if (transaction.sequence() > device.lastSequence() + 1) {
            return new Step(
                    device,
                    new Outcome.Later(
                            LATER_MILLIS,
                            "transaction " + transaction.sequence() + " came before " + (device.lastSequence() + 1)));
        }
        if (!next) {
            return new Step(device, outcomeAgain(device, transaction, byId));
        }
        if (unconfirmedFields > OutcomeBounds.FIELDS_UNCONFIRMED
                || unconfirmedBytes > OutcomeBounds.bytesUnconfirmed(options.limits())) {
            return new Step(
                    device, new Outcome.Later(LATER_MILLIS, "what was decided is as much as one message can tell"));
        }
        if (byId != null && !(byId.outcome() instanceof Outcome.Voided)) {
            return keep(device, transaction, again(device, transaction, byId), now);
        }
        return decideNew(device, transaction, now);
    }

    /** The answer for an id that was decided under another place, or another device of which this one is a copy (H2e). */
    private Outcome again(DeviceState device, PushedTransaction transaction, StoredReceipt before) {
        if (before.outcome() instanceof Outcome.Rejected refused) {
            return refused;
        }
        noteFormer(device, transaction);
        try {
            SealedKeys keys = SealedKeys.of(options.schema(), Changes.decode(transaction.changes(), options.limits()));
            List<Rekeyed> news = keys.news(before.rekeyed());
            KeyClashes.remember(
                    store.memory(), options.schema(), device.number(), transaction.sequence(), keys.renames(news));
            return new Outcome.Duplicate(news);
        } catch (WireException broken) {
            // it was applied when it could be read; what it says now is nobody's word for a key
            return new Outcome.Duplicate();
        }
    }

    /** A copy has what its original had written up to here: it was in the file, or before it. */
    private void noteFormer(DeviceState device, PushedTransaction transaction) {
        StoreWriter.Applied applied = store.applied(transaction.id());
        if (applied != null && applied.device() != device.number()) {
            applied.commits()
                    .forEach((scope, commit) -> store.memory()
                            .keepFormer(device.number(), scope, new Seen.Former(applied.device(), commit)));
            formers.clear();
        }
    }

    /** The answer for a place that was decided before; null if another transaction has it. */
    private @Nullable Outcome outcomeAgain(
            DeviceState device, PushedTransaction transaction, @Nullable StoredReceipt byId) {
        StoredReceipt here = store.receipt(device.number(), transaction.sequence());
        if (here != null && here.id().equals(transaction.id())) {
            Outcome outcome = here.outcome();
            return outcome != null ? outcome : new Outcome.Duplicate();
        }
        if (here == null && byId == null) {
            return new Outcome.Rejected(
                    RejectionCode.UNKNOWN_OUTCOME,
                    "The server decided about this long ago and no longer knows how. Compare, then retry or discard.",
                    null,
                    null);
        }
        return null;
    }

    private Step keep(DeviceState device, PushedTransaction transaction, Outcome decided, long now) {
        Outcome outcome = decided instanceof Outcome.Rejected refused ? abridged(refused) : decided;
        unconfirmedBytes += store.keep(device.number(), transaction.sequence(), transaction.id(), outcome, now);
        unconfirmedFields += OutcomeBounds.fields(outcome);
        return new Step(device.decided(transaction.sequence()), outcome);
    }

    /** It prints keys, which may be as long as a transaction. */
    private static Outcome.Rejected abridged(Outcome.Rejected refused) {
        String key = refused.key();
        return new Outcome.Rejected(
                refused.code(), Abridged.of(refused.message()), refused.table(), key == null ? null : Abridged.of(key));
    }

    private Step decideNew(DeviceState device, PushedTransaction transaction, long now) {
        if (transaction.isVoid()) {
            return keep(device, transaction, new Outcome.Voided(), now);
        }
        store.savepoint();
        try {
            Merged merged = merge(device, transaction, now);
            Step step = keep(merged.device(), transaction, merged.outcome(), now);
            store.release();
            moved.addAll(merged.outcome().commits().keySet());
            return step;
        } catch (NotNow wait) {
            store.rollback();
            return new Step(device, new Outcome.Later(0, String.valueOf(wait.getMessage())));
        } catch (Refused refused) {
            store.rollback();
            return keep(device, transaction, refused.rejection(), now);
        } catch (SqliteException failure) {
            if (!failure.code().isConstraint()) {
                throw failure;
            }
            Outcome rejection = Constraints.rejection(failure, store.culprit());
            store.rollback();
            return keep(device, transaction, rejection, now);
        } catch (WireException broken) {
            store.rollback();
            LOG.warn(
                    "transaction {} of device {} cannot be read: {}",
                    transaction.id(),
                    request.device(),
                    broken.kind());
            boolean large = broken.kind() == WireException.Kind.TOO_LARGE;
            return keep(
                    device,
                    transaction,
                    new Outcome.Rejected(
                            large ? RejectionCode.SIZE : RejectionCode.MALFORMED,
                            "The transaction cannot be read: " + broken.getMessage() + ".",
                            null,
                            null),
                    now);
        } catch (IllegalStateException | IllegalArgumentException | ArithmeticException | NullPointerException failed) {
            store.rollback();
            LOG.error("transaction {} of device {} could not be decided", transaction.id(), request.device(), failed);
            return keep(
                    device,
                    transaction,
                    new Outcome.Rejected(
                            RejectionCode.VALIDATOR,
                            "A rule of the application failed on the server while it looked at this. Retry later, or report it.",
                            null,
                            null),
                    now);
        }
    }

    private record Merged(DeviceState device, Outcome.Applied outcome) {}

    private Merged merge(DeviceState device, PushedTransaction transaction, long now) {
        checkDependencies(device, transaction);
        Limits limits = options.limits();
        Schema schema = options.schema();
        List<RowBlock> changes = Changes.decode(transaction.changes(), limits);
        List<IncomingRow> rows = IncomingRow.of(schema, changes, limits.valueBytes());
        Works.Sender sender = new Works.Sender(
                device.number(),
                transaction.sequence(),
                Set.copyOf(transaction.dependsOn()),
                new Authority(grant, schema),
                transaction.bases().keySet(),
                scope -> seen(device, transaction, scope),
                writeTime(transaction).believed(now, device.lastSeen()),
                device.lastStamp(),
                expiredScope(transaction),
                this::takes);
        TransactionMerge.Merged merged = TransactionMerge.run(options, resolvers, store, sender, rows);
        Outcome.Applied outcome = SealedKeys.outcome(schema, changes, merged.outcome());
        checkTellable(outcome);
        inbox.take(transaction.id(), merged.conflicts());
        return new Merged(device.stamped(merged.stamp().time()), outcome);
    }

    /** A device that cannot read its outcome would never sync again. */
    private void checkTellable(Outcome.Applied outcome) {
        if (OutcomeBounds.fields(outcome) > OutcomeBounds.FIELDS_OF_ONE || isLong(outcome)) {
            throw new Refused(
                    RejectionCode.SIZE,
                    outcome.rekeyed().size() + " of its rows would get another key, and "
                            + outcome.lost().size()
                            + " of its values would lose: more than one answer can tell. Write it in several"
                            + " transactions.",
                    null,
                    null);
        }
    }

    /** Nearly all have nothing to tell but a commit number, and are not encoded for this. */
    private boolean isLong(Outcome.Applied outcome) {
        boolean isShort = outcome.rekeyed().isEmpty()
                && outcome.lost().isEmpty()
                && outcome.commits().size() < SHORT_COMMITS;
        return !isShort && SyncCodec.encodeOutcome(outcome).length > OutcomeBounds.bytesOfOne(options.limits());
    }

    /** A device that asks for no scope has something to find out first (H5), and asks again. */
    private boolean takes(String scope) {
        return request.scopes().isEmpty()
                || (grant.mayRead(scope)
                        && request.scopes().stream()
                                .anyMatch(asked -> asked.scope().equals(scope)));
    }

    /** A scope of the transaction whose base is below what is remembered of it, or null. */
    private @Nullable String expiredScope(PushedTransaction transaction) {
        for (String scope : transaction.bases().keySet()) {
            if (base(transaction, scope) < store.horizon(scope)) {
                return scope;
            }
        }
        return null;
    }

    private void checkDependencies(DeviceState device, PushedTransaction transaction) {
        for (long needed : transaction.dependsOn()) {
            StoredReceipt receipt = store.receipt(device.number(), needed);
            if (receipt != null
                    && (receipt.outcome() instanceof Outcome.Rejected || receipt.outcome() instanceof Outcome.Voided)) {
                throw new Refused(
                        RejectionCode.DEPENDS_ON,
                        "It builds on transaction " + receipt.id()
                                + ", which was refused. Retry that one: this follows.",
                        null,
                        null);
            }
        }
    }

    private Seen seen(DeviceState device, PushedTransaction transaction, String scope) {
        List<Seen.Former> known =
                formers.computeIfAbsent(scope, one -> store.memory().formers(device.number(), one));
        return new Seen(device.number(), base(transaction, scope), known);
    }

    /** A base of a future that this database lost counts as far as the past is shared (H5). */
    private long base(PushedTransaction transaction, String scope) {
        Checkpoint base = transaction.bases().get(scope);
        if (base == null || base.isNone()) {
            return 0;
        }
        return Math.max(0, Math.min(base.commit(), store.sharedUntil(base.timeline(), scope)));
    }

    private WriteTime writeTime(PushedTransaction transaction) {
        DeviceClock then = transaction.writtenAt();
        DeviceClock now = request.clock();
        long age = now.elapsedMillis() - then.elapsedMillis();
        boolean known = !now.bootId().isEmpty() && now.bootId().equals(then.bootId()) && age >= 0;
        return new WriteTime(known ? age : -1, then.wallMillis());
    }
}
