package dev.godwit.client;

import dev.godwit.client.CutApplier.Effect;
import dev.godwit.client.LocalState.Position;
import dev.godwit.client.NextRequest.Share;
import dev.godwit.client.RoundResult.End;
import dev.godwit.model.Outcome;
import dev.godwit.model.Pace;
import dev.godwit.model.TransactionId;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Page;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer: from the local state to the local state. */
final class SyncRound {
    /** Pages that are held before they are made durable: fewer waits for the disk, and a bound on the heap. */
    private static final int STAGED_PAGES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(SyncRound.class);

    private final LocalSession session;
    private final Sealer sealer;
    private final CutApplier applier;
    private final Transport transport;
    private final GodwitOptions options;
    private final WriteLock lock;
    private final NextRequest requests;
    private Sent sent = Sent.NOTHING;
    /** Whether edits of texts did not fit here: until the next cut texts are wanted whole. */
    private boolean wholeTexts;

    private volatile @Nullable Pace pace;

    SyncRound(
            LocalSession session,
            Sealer sealer,
            CutApplier applier,
            Transport transport,
            GodwitOptions options,
            WriteLock lock) {
        this.session = session;
        this.sealer = sealer;
        this.applier = applier;
        this.transport = transport;
        this.options = options;
        this.lock = lock;
        this.requests = new NextRequest(session, options);
    }

    private record Prepared(Position position, SyncRequest request, boolean resending) {}

    /** What the last answer said of it, within this device's bounds; null before the first. */
    @Nullable
    Pace pace() {
        return pace;
    }

    /** What the last request carried, and how far its answer came. */
    Sent sent() {
        return sent;
    }

    /**
     * Runs the round.
     *
     * @param held what the server has of the outbox already, its receipts being with rows that are not wanted now
     * @throws TransportException if the server cannot be reached or what answers is no Godwit server
     */
    RoundResult run(SyncTerms terms, BatchSize batch, Sent held) {
        Prepared prepared;
        try {
            prepared = lock.hold(() -> session.transaction(() -> prepare(terms, batch, held)));
        } catch (NextRequest.Unsendable misfit) {
            sent = Sent.NOTHING;
            Effect refused = lock.hold(() -> applier.refuse(misfit.entry().id(), String.valueOf(misfit.getMessage())));
            return RoundResult.of(End.AGAIN, refused, null, -1);
        }
        sent = Sent.of(prepared.request());
        try (Transport.Answer answer = transport.exchange(SyncCodec.encodeRequest(prepared.request()))) {
            Reading reading = new Reading(prepared, terms);
            RoundResult result = reading.read(answer);
            return result.with(reading.skew, answer.bytesSent(), answer.bytesReceived());
        } catch (IOException cutOff) {
            throw TransportException.of(cutOff);
        }
    }

    private Prepared prepare(SyncTerms terms, BatchSize batch, Sent held) {
        sealer.seal(false);
        Position position = session.state().position();
        boolean resending = requests.isResending(position);
        boolean isSame = terms.isPushOnly() && held.device().equals(position.device());
        Pace told = Objects.requireNonNullElse(pace, Pace.NONE);
        Share share = new Share(batch, told, isSame && !resending ? held.upTo() : 0, terms.isPushOnly());
        return new Prepared(position, requests.next(position, !wholeTexts, resending, share), resending);
    }

    /** The reading of one answer. */
    private final class Reading {
        private final SyncRequest request;
        private final boolean resending;
        private final SyncTerms terms;
        private final List<Page> pages = new ArrayList<>();
        private final Map<String, String> denied = new LinkedHashMap<>();
        private final Set<TransactionId> unplaced = new HashSet<>();
        private final Set<String> resets = new HashSet<>();
        private final Set<String> forgotten = new HashSet<>();
        private final AnswerChecks checks;
        private Position position;
        private long serverMillis;
        private long later = -1;
        private boolean opened;
        private long rows;
        private long arrived;
        private @Nullable Long skew;

        Reading(Prepared prepared, SyncTerms terms) {
            this.terms = terms;
            this.request = prepared.request();
            this.resending = prepared.resending();
            this.checks = new AnswerChecks(request);
            this.position = prepared.position();
        }

        RoundResult read(Transport.Answer answer) throws IOException {
            FrameReader reader = new FrameReader(answer.frames(), options.limits());
            while (true) {
                Frame frame = reader.next().orElseThrow(TransportException::cutOff);
                RoundResult end = take(frame);
                if (end != null) {
                    return end;
                }
            }
        }

        private @Nullable RoundResult take(Frame frame) {
            if (frame instanceof Refusal refusal) {
                return refused(refusal);
            }
            if (frame instanceof Opening opening) {
                open(opening);
                return null;
            }
            if (!opened) {
                throw new WireException(
                        WireException.Kind.MALFORMED,
                        "the answer does not begin with its opening: " + frame.getClass());
            }
            if (frame instanceof Decisions decisions) {
                decisions.receipts().forEach(this::noteLater);
            } else if (frame instanceof ScopeNotice notice) {
                note(notice);
            } else if (frame instanceof Page page) {
                return page(page);
            } else if (frame instanceof Cut cut) {
                return cut(cut);
            }
            return null;
        }

        private void open(Opening opening) {
            checks.opening(opening);
            opened = true;
            sent = sent.answered();
            pace = opening.pace().within(options.limits());
            rows = opening.rowsToCome();
            serverMillis = opening.serverMillis();
            // the server looked at its clock somewhere between the request and now
            long between = (request.clock().wallMillis() + options.device().wallMillis()) / 2;
            skew = between - serverMillis;
        }

        private void noteLater(Receipt receipt) {
            if (receipt.outcome() instanceof Outcome.Later wait) {
                later = later < 0 ? wait.afterMillis() : later;
                if (wait.afterMillis() == 0) {
                    unplaced.add(receipt.id());
                }
            }
        }

        private void note(ScopeNotice notice) {
            if (position.scope(notice.scope()) == null) {
                return;
            }
            checks.notice(notice);
            switch (notice.kind()) {
                case RESET -> resets.add(notice.scope());
                case SNAPSHOT -> forgotten.add(notice.scope());
                case DENIED -> denied.put(notice.scope(), notice.message());
            }
        }

        private @Nullable RoundResult page(Page page) {
            if (!resets.isEmpty() || !forgotten.isEmpty()) {
                return null;
            }
            checks.page(page, position);
            pages.add(page);
            arrived += page.blocks().stream()
                    .mapToLong(block -> block.rows().size())
                    .sum();
            rows = Math.max(rows, arrived);
            boolean isTooMuch = rows > terms.rowsAtMost();
            if (isTooMuch || terms.isStopped().getAsBoolean()) {
                RoundResult stale = stage();
                return stale != null ? stale : RoundResult.of(isTooMuch ? End.HELD : End.STOPPED, null, null, later);
            }
            return pages.size() == STAGED_PAGES ? stage() : null;
        }

        /** Makes what has come so far durable, so that an interrupted download goes on from here. */
        private @Nullable RoundResult stage() {
            try {
                position = lock.hold(() -> session.transaction(() -> {
                    checkPosition(position);
                    StagedPages staged = new StagedPages(session.connection(), options.limits());
                    for (int i = 0; i < pages.size(); i++) {
                        staged.append(pages.get(i));
                        session.state()
                                .setCursor(pages.get(i).scope(), pages.get(i).cursor());
                    }
                    return session.state().position();
                }));
            } catch (CutApplier.StaleAnswer stale) {
                return RoundResult.of(End.STALE, null, null, -1);
            }
            pages.clear();
            sent = sent.staged();
            return null;
        }

        private RoundResult cut(Cut cut) {
            if (terms.isPushOnly() && !resending) {
                // the receipts come again, with the rows that they belong to
                return RoundResult.of(End.HELD, null, null, later);
            }
            cut.checkpoints().forEach((scope, at) -> checks.cut(scope, at, position));
            try {
                if (!resets.isEmpty()) {
                    return again(() -> startOver(true));
                }
                if (!forgotten.isEmpty()) {
                    return readAnew(forgotten, cut);
                }
                if (resending) {
                    Effect decided =
                            lock.hold(() -> applier.applyReceipts(position, cut, !unplaced.isEmpty(), serverMillis));
                    return RoundResult.of(End.AGAIN, decided, null, later);
                }
                Effect effect = lock.hold(() ->
                        applier.apply(position, pages, cut, new CutApplier.Notices(denied, unplaced), serverMillis));
                wholeTexts = false;
                return RoundResult.of(End.CUT, effect, null, later);
            } catch (CutApplier.StaleAnswer stale) {
                return RoundResult.of(End.STALE, null, null, -1);
            } catch (ServerTexts.OtherText other) {
                return askForWholeTexts(other);
            } catch (CutApplier.NotTheServersRows misfit) {
                return readAnew(cut.checkpoints().keySet(), cut);
            } catch (CutApplier.CloneFound clone) {
                return becomeAnother();
            }
        }

        /**
         * These scopes are read from zero; pending work stays. What the cut decides is recorded before, and comes with the
         * rows, so that nothing of it stays that was deleted since and forgotten.
         */
        private RoundResult readAnew(Set<String> scopes, Cut cut) {
            try {
                Effect decided = lock.hold(() -> applier.readAnew(position, cut, scopes, serverMillis));
                return RoundResult.of(End.AGAIN, decided, null, -1);
            } catch (CutApplier.StaleAnswer stale) {
                return RoundResult.of(End.STALE, null, null, -1);
            } catch (CutApplier.CloneFound clone) {
                return becomeAnother();
            }
        }

        private RoundResult refused(Refusal refusal) {
            return refusal.code() == Refusal.Code.CLONE
                    ? becomeAnother()
                    : RoundResult.of(End.REFUSED, null, refusal, -1);
        }

        /** Nothing of the cut was applied. What is staged of it may hold edits too, and is asked for again with the rest. */
        private RoundResult askForWholeTexts(ServerTexts.OtherText other) {
            LOG.warn("texts are pulled whole this time: {}", other.getMessage());
            wholeTexts = true;
            return again(session.state()::dropStage);
        }

        private RoundResult becomeAnother() {
            return again(() -> startOver(false));
        }

        /** Changes the local state, if nobody else has, and wants another round. */
        private RoundResult again(Runnable change) {
            try {
                lock.hold(() -> session.transaction(() -> {
                    checkPosition(position);
                    change.run();
                    return true;
                }));
                return RoundResult.of(End.AGAIN, null, null, -1);
            } catch (CutApplier.StaleAnswer stale) {
                return RoundResult.of(End.STALE, null, null, -1);
            }
        }

        private void checkPosition(Position expected) {
            if (!session.state().position().equals(expected)) {
                throw new CutApplier.StaleAnswer();
            }
        }
    }

    /**
     * Takes a new identity: this database is a copy of another that went on (H2), or the server's database is an older
     * copy of what it was (H5).
     *
     * @param serverLost whether the server may have lost what it had accepted: it is sent again
     */
    private void startOver(boolean serverLost) {
        LocalState state = session.state();
        new Resending(session).begin(serverLost);
        // what is staged was cut for the old identity: it leaves out what that one knew
        state.dropStage();
        long last = session.entries().renumber();
        state.setDevice(new dev.godwit.model.DeviceId(options.device().randomId()), last);
    }
}
