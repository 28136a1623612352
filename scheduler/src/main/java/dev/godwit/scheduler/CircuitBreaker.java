package dev.godwit.scheduler;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which hosts are asked, shared by all work: one that keeps failing is left in peace for a while, then tried by one request before
 * the others follow. An immutable value and pure functions of it; whoever holds it (an atomic reference, say) replaces it. How a
 * host's circuit turns is in {@link Circuit}.
 *
 * <p>Bounded: of more hosts than the rules allow, the one is forgotten that was not heard of for the longest time, a closed one
 * before any other. A forgotten host is asked again as if it were new.
 *
 * @param circuits by host; one that is not in it is closed
 */
public record CircuitBreaker(Rules rules, Map<String, Circuit> circuits) {
    /** The longest time that a server may ask for: a day. */
    public static final long MAX_RETRY_AFTER_MILLIS = 86_400_000;

    /** The longest name of a host that is remembered, as in DNS with a port. */
    public static final int MAX_HOST_CHARS = 300;

    /**
     * When it opens, and for how long.
     *
     * @param failuresInARow opens it
     * @param failures of the last ones open it
     * @param ofLast how many are the last ones, up to 64
     * @param pauseMillis the first pause; it doubles with each failed probe
     * @param maxPauseMillis the longest pause
     * @param probeMillis after so long without an outcome a probe is lost, and another one is allowed
     * @param maxHosts are remembered
     */
    public record Rules(
            int failuresInARow,
            int failures,
            int ofLast,
            long pauseMillis,
            long maxPauseMillis,
            long probeMillis,
            int maxHosts) {
        /** 5 in a row or 10 of 20; pauses of 10 s to 10 min; a probe is lost after 2 min; 200 hosts. */
        public static final Rules DEFAULT = new Rules(5, 10, 20, 10_000, 600_000, 120_000, 200);

        /** Checks. */
        public Rules {
            boolean legal = failuresInARow > 0 && 0 < failures && failures <= ofLast && ofLast <= 64;
            legal &= 0 < pauseMillis && pauseMillis <= maxPauseMillis && maxPauseMillis <= MAX_RETRY_AFTER_MILLIS;
            legal &= 0 < probeMillis && probeMillis <= MAX_RETRY_AFTER_MILLIS && maxHosts > 0;
            if (!legal) {
                throw new IllegalArgumentException(
                        "a circuit breaker needs failuresInARow > 0, 0 < failures <= ofLast <= 64,"
                                + " 0 < pauseMillis <= maxPauseMillis, probeMillis > 0, none of them over a day, and maxHosts > 0; got "
                                + failuresInARow + ", " + failures + " of " + ofLast + ", " + pauseMillis + ", "
                                + maxPauseMillis + ", "
                                + probeMillis + ", " + maxHosts);
            }
        }

        long pauseMillis(int openings) {
            int doublings = Math.min(openings - 1, 40);
            return pauseMillis > (maxPauseMillis >> doublings) ? maxPauseMillis : pauseMillis << doublings;
        }
    }

    /**
     * Whether a request may be made.
     *
     * @param next what is to be remembered
     * @param waitMillis if not: after how long to ask again
     */
    public record Answer(CircuitBreaker next, boolean allowed, long waitMillis) {}

    /** Keeps a copy. */
    public CircuitBreaker {
        circuits = Map.copyOf(circuits);
    }

    /** Holds nothing against anybody. */
    public static CircuitBreaker closed(Rules rules) {
        return new CircuitBreaker(rules, Map.of());
    }

    /** What is remembered of a host. */
    public Circuit circuit(String host) {
        return circuits.getOrDefault(host, Circuit.NEW);
    }

    /**
     * Before a request. Whoever was allowed tells the outcome; one that is never told counts as lost after a while.
     *
     * @param host with its port; another one for whatever fails by itself
     */
    public Answer ask(String host, long nowMillis) {
        Circuit circuit = circuit(host);
        boolean allowed = circuit.allows(nowMillis);
        return new Answer(
                with(host, circuit.asked(nowMillis, rules)), allowed, allowed ? 0 : circuit.untilMillis() - nowMillis);
    }

    /** After an answer, also one that says no: the host is well. */
    public CircuitBreaker succeeded(String host, long nowMillis) {
        return with(host, circuit(host).succeeded(nowMillis));
    }

    /** After a request without an answer, or with one of a server in trouble. */
    public CircuitBreaker failed(String host, long nowMillis) {
        return failed(host, nowMillis, 0);
    }

    /**
     * After an answer that says when to come again.
     *
     * @param retryAfterMillis 0 if it does not; a day at most is believed
     */
    public CircuitBreaker failed(String host, long nowMillis, long retryAfterMillis) {
        long believed = Math.max(0, Math.min(retryAfterMillis, MAX_RETRY_AFTER_MILLIS));
        return with(host, circuit(host).failed(nowMillis, believed, rules));
    }

    /** The way to all hosts is new or better: each that is left in peace may be tried, unless it asked for a time. */
    public CircuitBreaker hurried(long nowMillis) {
        Map<String, Circuit> next = new LinkedHashMap<>(circuits);
        next.replaceAll((host, circuit) -> circuit.hurried(nowMillis));
        return new CircuitBreaker(rules, next);
    }

    /** After a request that was given up before it could tell anything of the host. */
    public CircuitBreaker givenBack(String host, long nowMillis) {
        return with(host, circuit(host).givenBack(nowMillis));
    }

    private CircuitBreaker with(String host, Circuit circuit) {
        if (host.isEmpty() || host.length() > MAX_HOST_CHARS) {
            throw new IllegalArgumentException(
                    "a host has 1 to " + MAX_HOST_CHARS + " characters, and not " + host.length() + ": " + host);
        }
        Map<String, Circuit> next = new LinkedHashMap<>(circuits);
        if (circuit.isNew()) {
            next.remove(host);
        } else {
            next.put(host, circuit);
        }
        if (next.size() > rules.maxHosts()) {
            next.remove(leastNeeded(next, host));
        }
        return new CircuitBreaker(rules, next);
    }

    private static String leastNeeded(Map<String, Circuit> circuits, String newest) {
        Comparator<Map.Entry<String, Circuit>> closedFirst =
                Comparator.comparing(entry -> entry.getValue().state() != Circuit.State.CLOSED);
        return circuits.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(newest))
                .min(closedFirst
                        .thenComparing(entry -> entry.getValue().usedMillis())
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .orElse(newest);
    }
}
