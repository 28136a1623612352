package dev.godwit.scheduler;

/**
 * What is remembered of one host: whether it is asked at all. A value; {@link CircuitBreaker} turns it. Times are monotonic, in
 * milliseconds.
 *
 * <table>
 * <caption>How it turns</caption>
 * <tr><th>state</th><th>asked</th><th>succeeded</th><th>failed</th></tr>
 * <tr><td>closed</td><td>allowed</td><td>closed; none in a row</td><td>closed, or open for the pause if that is too many</td></tr>
 * <tr><td>open</td><td>refused until the pause is over, then half-open and allowed: the probe</td><td>open: an answer from
 *     before</td><td>open</td></tr>
 * <tr><td>half-open</td><td>refused, unless the probe has been silent for too long: another probe</td><td>closed, and all
 *     forgotten</td><td>open for twice the pause</td></tr>
 * </table>
 *
 * <p>A server that says when to come again opens it until then, in any state.
 *
 * @param failuresInARow since the last success
 * @param outcomes the latest ones as bits, the latest in the lowest, 1 for a failure
 * @param openings how often it opened without a success since
 * @param untilMillis open: when the pause ends; half-open: when the probe counts as lost; closed: nothing
 * @param namedMillis the server has asked to be left in peace until then
 * @param usedMillis when it was last heard of
 */
public record Circuit(
        State state,
        int failuresInARow,
        long outcomes,
        int openings,
        long untilMillis,
        long namedMillis,
        long usedMillis) {
    /** Whether a host is asked. */
    public enum State {
        /** It is. */
        CLOSED,
        /** It is not, for a while. */
        OPEN,
        /** One request tries whether it answers again. */
        HALF_OPEN
    }

    /** Nothing is held against the host. */
    static final Circuit NEW = new Circuit(State.CLOSED, 0, 0, 0, 0, 0, Long.MIN_VALUE);

    boolean allows(long nowMillis) {
        return state == State.CLOSED || nowMillis >= untilMillis;
    }

    Circuit asked(long nowMillis, CircuitBreaker.Rules rules) {
        return state == State.CLOSED || !allows(nowMillis)
                ? used(nowMillis)
                : new Circuit(
                        State.HALF_OPEN,
                        failuresInARow,
                        outcomes,
                        openings,
                        nowMillis + rules.probeMillis(),
                        namedMillis,
                        nowMillis);
    }

    Circuit succeeded(long nowMillis) {
        return switch (state) {
            case CLOSED -> new Circuit(State.CLOSED, 0, outcomes << 1, 0, 0, 0, nowMillis);
            case OPEN -> used(nowMillis);
            case HALF_OPEN -> NEW.used(nowMillis);
        };
    }

    Circuit failed(long nowMillis, long retryAfterMillis, CircuitBreaker.Rules rules) {
        int inARow = Math.min(failuresInARow + 1, 1_000_000);
        long latest = (outcomes << 1) | 1;
        boolean opens = retryAfterMillis > 0
                || state == State.HALF_OPEN
                || (state == State.CLOSED && (inARow >= rules.failuresInARow() || tooMany(latest, rules)));
        if (!opens) {
            return new Circuit(state, inARow, latest, openings, untilMillis, namedMillis, nowMillis);
        }
        // What fails while it is open was asked before: it is no further opening, and shortens no pause.
        int count = state == State.OPEN ? openings : openings + 1;
        long from = state == State.OPEN ? untilMillis : nowMillis + rules.pauseMillis(count);
        long until = Math.max(from, nowMillis + retryAfterMillis);
        long named = retryAfterMillis > 0 ? Math.max(namedMillis, nowMillis + retryAfterMillis) : namedMillis;
        return new Circuit(State.OPEN, inARow, latest, count, until, named, nowMillis);
    }

    private static boolean tooMany(long outcomes, CircuitBreaker.Rules rules) {
        long ofLast = -1L >>> (64 - rules.ofLast());
        return Long.bitCount(outcomes & ofLast) >= rules.failures();
    }

    private Circuit used(long nowMillis) {
        return new Circuit(state, failuresInARow, outcomes, openings, untilMillis, namedMillis, nowMillis);
    }

    /** There is reason to believe that it answers again: the pause ends, but for one that the server has asked for. */
    Circuit hurried(long nowMillis) {
        long until = Math.min(untilMillis, Math.max(nowMillis, namedMillis));
        return state == State.OPEN
                ? new Circuit(state, failuresInARow, outcomes, openings, until, namedMillis, usedMillis)
                : this;
    }

    /** What asked last will not tell: if it was the probe, another may try at once. */
    Circuit givenBack(long nowMillis) {
        return state == State.HALF_OPEN
                ? new Circuit(state, failuresInARow, outcomes, openings, nowMillis, namedMillis, usedMillis)
                : this;
    }

    /** Whether forgetting it changes nothing. */
    boolean isNew() {
        return state == State.CLOSED && outcomes == 0;
    }
}
