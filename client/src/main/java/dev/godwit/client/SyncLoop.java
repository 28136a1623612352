package dev.godwit.client;

import dev.godwit.client.CutApplier.Effect;
import dev.godwit.client.SyncResult.End;
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

    SyncLoop(LocalSession session, SyncRound round, GodwitOptions options, WriteLock lock, Consumer<Effect> applied) {
        this.session = session;
        this.round = round;
        this.options = options;
        this.lock = lock;
        this.applied = applied;
    }

    SyncResult run(String cause) {
        Tally tally = new Tally();
        SyncResult result;
        try {
            result = rounds(tally);
        } catch (TransportException failure) {
            result = tally.failed(failure);
        } catch (WireException broken) {
            result = tally.failed(TransportException.of(broken));
        }
        record(cause, tally.started, result, tally.skew);
        LOG.info("sync ({}): {}", cause, result);
        return result;
    }

    private static End outcome(TransportException failure) {
        if (failure.kind() == TransportException.Kind.OVERLOADED) {
            return End.LATER;
        }
        return failure.retryable() ? End.OFFLINE : End.FAILED;
    }

    private SyncResult rounds(Tally tally) {
        int idle = 0;
        while (true) {
            SyncRound.Result result = round.run();
            tally.add(result);
            Refusal refusal = result.refusal();
            if (refusal != null) {
                return tally.refused(refusal);
            }
            Effect effect = result.effect();
            if (effect != null) {
                applied.accept(effect);
                if (pending() == 0 && result.end() != SyncRound.End.AGAIN) {
                    return tally.end(End.SYNCED, tally.advice(), 0);
                }
                // 0 asks for another round now: the device has just taken what it has to have first
                if (result.later() > 0 && effect.decided().isEmpty()) {
                    return tally.end(
                            End.LATER, "the server will decide the rest later; nothing is lost", result.later());
                }
            }
            // rows alone do not count: a server that always has some and never decides would keep us for ever
            boolean moved = effect != null && !effect.decided().isEmpty();
            idle = moved ? 0 : idle + 1;
            if (idle > IDLE_ROUNDS) {
                return tally.end(
                        End.LATER,
                        "the server answered " + idle + " times without deciding anything; everything pending is kept",
                        options.limits().backoffMinMillis());
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

        void add(SyncRound.Result result) {
            requests++;
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

        SyncResult refused(Refusal refusal) {
            boolean later = refusal.code() == Refusal.Code.LATER;
            return end(later ? End.LATER : End.FAILED, refusal.message(), refusal.retryAfterMillis());
        }

        SyncResult failed(TransportException failure) {
            return end(outcome(failure), String.valueOf(failure.getMessage()), failure.retryAfterMillis());
        }

        SyncResult end(End outcome, String message, long retryAfterMillis) {
            return new SyncResult(
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
        }
    }
}
