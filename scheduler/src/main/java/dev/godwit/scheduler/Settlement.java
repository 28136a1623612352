package dev.godwit.scheduler;

import org.jspecify.annotations.Nullable;

/** What becomes of a work when a run is over. Pure. */
final class Settlement {
    private Settlement() {}

    /**
     * The moment of a decision.
     *
     * @param tick the scheduler's time
     * @param wall the wall clock
     * @param chance from 0, less than 1, for the jitter
     */
    record Moment(long tick, long wall, double chance) {}

    /**
     * Decides.
     *
     * @param row as it was when the run ended
     * @param request of the row
     * @param outcome what the worker said; null if it said nothing, having been stopped or abandoned
     * @param stop why it was stopped; null if it was not
     */
    static Move of(
            WorkRow row, WorkRequest request, @Nullable WorkOutcome outcome, @Nullable StopReason stop, Moment now) {
        if (outcome instanceof WorkOutcome.Success success) {
            return succeeded(row, request, success.output(), now);
        } else if (stop == StopReason.CANCELLED || stop == StopReason.REPLACED) {
            return Move.of(WorkEvent.CANCELLED, row).because("cancelled");
        } else if (stop == StopReason.TIMED_OUT) {
            String reason = "stopped after its time-out of " + request.budget().timeoutMillis() + " ms";
            return failedAttempt(row, request, reason, -1, now);
        } else if (stop != null) {
            return Move.of(WorkEvent.STOPPED, row).counting(row.attempts(), row.stops() + 1);
        } else if (outcome instanceof WorkOutcome.Retry retry) {
            return failedAttempt(row, request, retry.reason(), -1, now);
        } else if (outcome instanceof WorkOutcome.RetryAfter after) {
            return failedAttempt(row, request, after.reason(), after.millis(), now);
        } else if (outcome instanceof WorkOutcome.DeferUntil until) {
            return Move.of(WorkEvent.DEFERRED, row).until(until.constraint());
        } else if (outcome instanceof WorkOutcome.DeferFor time) {
            return Move.of(WorkEvent.DEFERRED, row).opening(WorkRow.DELAYED, now.tick() + time.millis(), WorkRow.ASKED);
        } else if (outcome instanceof WorkOutcome.NeedsLogin login) {
            return Move.parked(row, row.attempts(), ParkReason.LOGIN, login.reason());
        }
        String reason = outcome instanceof WorkOutcome.Failed failed ? failed.reason() : "its worker returned null";
        return request.period() != null
                ? nextPeriod(row, request.period(), now).because(reason)
                : Move.parked(row, row.attempts() + 1, ParkReason.FAILED, reason);
    }

    private static Move succeeded(WorkRow row, WorkRequest request, WorkData output, Moment now) {
        if (request.period() != null) {
            return nextPeriod(row, request.period(), now);
        }
        if (!row.isDirty()) {
            return Move.of(WorkEvent.SUCCEEDED, row).with(output);
        }
        Move again = Move.of(WorkEvent.REPEATED, row).counting(0, row.stops());
        // what was asked for meanwhile waits for more as the first did
        long delay = request.delayMillis();
        return delay == 0 ? again : again.opening(WorkRow.DELAYED, now.tick() + delay, WorkRow.ASKED);
    }

    private static Move failedAttempt(WorkRow row, WorkRequest request, String reason, long askedMillis, Moment now) {
        int attempts = row.attempts() + 1;
        Budget budget = request.budget();
        if (budget.attempts() > 0 && attempts >= budget.attempts()) {
            String all = "all " + attempts + " attempts failed, the last: " + reason;
            return request.period() != null
                    ? nextPeriod(row, request.period(), now).because(all)
                    : Move.parked(row, attempts, ParkReason.ATTEMPTS, all);
        }
        boolean isAsked = askedMillis >= 0;
        long delay = isAsked ? askedMillis : request.backoff().delay(attempts, now.chance());
        return Move.of(WorkEvent.RETRIED, row)
                .counting(attempts, row.stops())
                .opening(WorkRow.DELAYED, now.tick() + delay, isAsked ? WorkRow.ASKED : WorkRow.BACKOFF)
                .because(reason);
    }

    /** A periodic work goes on, whatever became of a run. */
    private static Move nextPeriod(WorkRow row, Period period, Moment now) {
        Move move = Move.of(WorkEvent.REPEATED, row).counting(0, row.stops());
        if (!period.isAnchored()) {
            return move.opening(WorkRow.PERIOD, now.tick() + period.wait(false), WorkRow.ASKED);
        }
        // the point that this run was for may be ahead still, by the flex
        return move.opening(WorkRow.CALENDAR, period.opensAfter(now.wall() + period.flexMillis()), WorkRow.ASKED);
    }

    /** When a work that needs nothing, or nothing more, may run for the first time: a gate and when it opens. */
    record Opening(int gate, long opens) {}

    /** When a work may run for the first time. */
    static Opening first(WorkRequest request, Moment now) {
        Period period = request.period();
        if (period != null && period.isAnchored()) {
            return new Opening(WorkRow.CALENDAR, period.opensAfter(now.wall() + request.delayMillis()));
        }
        long delay = request.delayMillis() + (period == null ? 0 : period.wait(true));
        if (delay == 0) {
            return new Opening(WorkRow.OPEN, 0);
        }
        return new Opening(period == null ? WorkRow.DELAYED : WorkRow.PERIOD, now.tick() + delay);
    }

    /**
     * Where a work stands in the order: smaller first. Waiting counts against priority, so the order of two works never
     * changes while they wait, and is an index.
     */
    static long rank(WorkRequest request, long since, long ageingMillis) {
        return since - request.priority() * ageingMillis - (request.isExpedited() ? EXPEDITION : 0);
    }

    /** More than any waiting makes up for. */
    private static final long EXPEDITION = 1L << 50;
}
