package dev.godwit.client;

import dev.godwit.client.CutApplier.Effect;
import dev.godwit.client.SyncResult.End;
import dev.godwit.model.Pace;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.WireException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rounds until the device is at the server's checkpoint with an empty outbox, or cannot get there now. */
final class SyncLoop {
    private static final Logger LOG = LoggerFactory.getLogger(SyncLoop.class);

    /** Rounds in a row that decided nothing; a copy of a database needs two, a lost race one. */
    private static final int IDLE_ROUNDS = 4;

    private final LocalSession session;
    private final SyncRound round;
    private final GodwitOptions options;
    private final WriteLock lock;
    private final Consumer<Effect> applied;
    private BatchSize batch;
    private Sent held = Sent.NOTHING;

    SyncLoop(LocalSession session, SyncRound round, GodwitOptions options, WriteLock lock, Consumer<Effect> applied) {
        this.session = session;
        this.round = round;
        this.options = options;
        this.lock = lock;
        this.applied = applied;
        this.batch = BatchSize.first(options.limits());
    }

    /**
     * How a sync ended, for those who decide when there is another.
     *
     * @param hasMoved whether something durable came of it, if only rows that are staged
     */
    record Ended(SyncResult result, Why why, boolean hasMoved) {
        /** Both as one. */
        Ended then(Ended later) {
            return new Ended(result.then(later.result), later.why, hasMoved || later.hasMoved);
        }
    }

    /** What a result does not say. */
    enum Why {
        /** It says it all. */
        AS_IT_SAYS,
        /** The rows that wait are too many for now; what was pending is sent. */
        HELD,
        /** The server does not accept the token. */
        LOGIN,
        /** It was told to stop. */
        STOPPED
    }

    Ended run(SyncTerms terms) {
        Tally tally = new Tally();
        Ended ended;
        try {
            ended = rounds(terms, tally);
        } catch (TransportException failure) {
            ended = tally.failed(failure);
        } catch (WireException broken) {
            ended = tally.failed(TransportException.of(broken));
        }
        record(terms.cause(), tally.started, ended.result(), tally.skew);
        LOG.info("sync ({}): {}", terms.cause(), ended.result());
        return ended;
    }

    /** How much of the outbox the next request takes. */
    long batchBytes() {
        return batch.bytes();
    }

    /** What the server wants; null if it has not answered in this process. */
    @Nullable
    Pace pace() {
        return round.pace();
    }

    /** Whether there is something in the outbox that the server has not been given. */
    boolean hasUnsent() {
        return lock.hold(() -> {
            boolean isSame = held.device().equals(session.state().position().device());
            return session.entries().anyUndecided(isSame ? held.upTo() : 0);
        });
    }

    private static End outcome(TransportException failure) {
        if (failure.kind() == TransportException.Kind.OVERLOADED) {
            return End.LATER;
        }
        return failure.retryable() ? End.OFFLINE : End.FAILED;
    }

    private Ended rounds(SyncTerms wanted, Tally tally) {
        SyncTerms terms = wanted;
        int idle = 0;
        while (true) {
            Sent before = held;
            RoundResult result = round(terms);
            tally.add(result);
            Refusal refusal = result.refusal();
            if (refusal != null) {
                return tally.refused(refusal);
            }
            boolean isHeld = result.end() == RoundResult.End.HELD;
            if (isHeld && (hold(result) || !hasUnsent())) {
                return tally.held(result.later());
            }
            terms = isHeld ? terms.pushOnly() : terms;
            Effect effect = result.effect();
            if (effect != null) {
                applied.accept(effect);
                if (pending() == 0 && result.end() != RoundResult.End.AGAIN) {
                    return tally.end(End.SYNCED, tally.advice(), 0, Why.AS_IT_SAYS);
                }
                // 0 asks for another round now: the device has just taken what it has to have first
                if (result.later() > 0 && effect.decided().isEmpty()) {
                    return tally.later("the server will decide the rest later; nothing is lost", result.later());
                }
            }
            if (result.end() == RoundResult.End.STOPPED || terms.isStopped().getAsBoolean()) {
                return tally.end(End.LATER, "it was told to stop; what had come is kept", 0, Why.STOPPED);
            }
            // rows alone do not count: a server that always has some and never decides would keep us for ever
            boolean moved = (isHeld && !held.equals(before))
                    || (effect != null && !effect.decided().isEmpty());
            idle = moved ? 0 : idle + 1;
            if (idle > IDLE_ROUNDS) {
                return tally.later(
                        "the server answered " + idle + " times without deciding anything; everything pending is kept",
                        options.limits().backoffMinMillis());
            }
        }
    }

    /** Notes what the server has been given; whether that is all that it takes now. */
    private boolean hold(RoundResult result) {
        Sent sent = round.sent();
        boolean isMore = result.later() < 0 && sent.upTo() > 0;
        if (isMore) {
            boolean isFurther = !sent.device().equals(held.device()) || sent.upTo() > held.upTo();
            held = isFurther ? sent : held;
        }
        return !isMore;
    }

    /** One round; what it shows of the link decides about the size of the next. */
    private RoundResult round(SyncTerms terms) {
        long begun = options.device().elapsedMillis();
        boolean isCut = false;
        try {
            return round.run(terms, batch, held);
        } catch (TransportException failure) {
            isCut = failure.isCut() && !round.sent().isAnswered();
            throw failure;
        } finally {
            if (isCut || round.sent().isAnswered()) {
                long millis = options.device().elapsedMillis() - begun;
                batch = batch.after(
                        new BatchSize.Round(isCut, millis, round.sent().bytes()), options.limits());
            }
        }
    }

    private long pending() {
        return lock.hold(() -> session.entries().countUndecided());
    }

    private void record(String cause, long started, SyncResult result, @Nullable Long skew) {
        lock.hold(() -> session.transaction(() -> {
            Sql.run(
                    session.connection(),
                    "insert into godwit_attempt (started, cause, outcome, sent, received, bytes_up, bytes_down, millis,"
                            + " message, skew) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    Value.of(started),
                    Value.of(cause),
                    Value.of(result.outcome().name().toLowerCase(java.util.Locale.ROOT)),
                    Value.of((long) result.sent()),
                    Value.of((long) result.received()),
                    Value.of(result.bytesUp()),
                    Value.of(result.bytesDown()),
                    Value.of(result.millis()),
                    Value.of(result.message()),
                    skew == null ? Value.NULL : Value.of(skew));
            Sql.run(
                    session.connection(),
                    "delete from godwit_attempt where attempt <= (select max(attempt) from godwit_attempt) - ?",
                    Value.of((long) options.limits().attemptsKept()));
            if (!result.isSynced()) {
                Sql.run(
                        session.connection(),
                        "update godwit_entry set last_error = ?, error_since = coalesce(error_since, ?)"
                                + " where local in (select local from godwit_pending where attempts > 0)",
                        Value.of(result.message()),
                        Value.of(started));
            }
            return true;
        }));
    }

    /** What the rounds of one sync add up to. */
    private final class Tally {
        private final long started = options.device().wallMillis();
        private final long begun = options.device().elapsedMillis();
        private int sent;
        private int received;
        private int conflicts;
        private int parked;
        private int requests;
        private long bytesUp;
        private long bytesDown;
        private @Nullable Long skew;
        private boolean hasMoved;

        void add(RoundResult result) {
            requests++;
            hasMoved |= result.effect() != null;
            skew = result.skew() == null ? skew : result.skew();
            bytesUp += result.bytesUp();
            bytesDown += result.bytesDown();
            Effect effect = result.effect();
            if (effect != null) {
                sent += effect.decided().size();
                received += effect.received();
                conflicts += effect.lost();
                parked += effect.parked();
            }
        }

        String advice() {
            return parked == 0
                    ? ""
                    : parked + (parked == 1 ? " transaction was" : " transactions were")
                            + " refused: see the outbox, then retry or discard";
        }

        Ended refused(Refusal refusal) {
            boolean later = refusal.code() == Refusal.Code.LATER;
            Why why = refusal.code() == Refusal.Code.UNAUTHORISED ? Why.LOGIN : Why.AS_IT_SAYS;
            return end(later ? End.LATER : End.FAILED, refusal.message(), refusal.retryAfterMillis(), why);
        }

        Ended failed(TransportException failure) {
            Why why = failure.kind() == TransportException.Kind.TOKEN ? Why.LOGIN : Why.AS_IT_SAYS;
            return end(outcome(failure), String.valueOf(failure.getMessage()), failure.retryAfterMillis(), why);
        }

        Ended later(String message, long retryAfterMillis) {
            return end(End.LATER, message, retryAfterMillis, Why.AS_IT_SAYS);
        }

        Ended held(long laterMillis) {
            String message =
                    "many rows wait for a network that is meant for them; what is pending has been sent, and is"
                            + " confirmed with them";
            return end(End.LATER, message, Math.max(0, laterMillis), Why.HELD);
        }

        Ended end(End outcome, String message, long retryAfterMillis, Why why) {
            SyncResult result = new SyncResult(
                    outcome,
                    sent,
                    received,
                    conflicts,
                    parked,
                    pending(),
                    requests,
                    bytesUp,
                    bytesDown,
                    options.device().elapsedMillis() - begun,
                    retryAfterMillis,
                    message);
            return new Ended(result, why, hasMoved || round.sent().isStaged());
        }
    }
}
