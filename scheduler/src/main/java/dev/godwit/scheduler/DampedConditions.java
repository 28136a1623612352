package dev.godwit.scheduler;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Other conditions, damped: bad news at once, good news when it has lasted. Every fact and every condition of the application's own
 * by itself; free bytes pass through. What is read later than it is told is not lost: each telling is read.
 */
public final class DampedConditions implements Conditions {
    /** Names of which a past is kept; when there are more, those that are not read any more are forgotten. */
    static final int MAX_NAMES = 1_000;

    private final Conditions conditions;
    private final Damping.Rules rules;
    private final LongSupplier elapsedMillis;
    private final ConditionListeners listeners = new ConditionListeners();
    private final AutoCloseable subscription;

    private final Object lock = new Object();
    private final Map<Fact, Damping> facts = new EnumMap<>(Fact.class);
    private final Map<String, Damping> custom = new HashMap<>();
    private ConditionSnapshot read = ConditionSnapshot.UNKNOWN;
    private long readMillis = Long.MIN_VALUE;

    /**
     * Damps.
     *
     * @param conditions closed with this
     * @param elapsedMillis a monotonic clock
     */
    public DampedConditions(Conditions conditions, Damping.Rules rules, LongSupplier elapsedMillis) {
        this.conditions = conditions;
        this.rules = rules;
        this.elapsedMillis = elapsedMillis;
        this.subscription = conditions.listen(this::told);
        now();
    }

    private void told() {
        now();
        listeners.tell();
    }

    @Override
    public ConditionSnapshot now() {
        long before = elapsedMillis.getAsLong();
        ConditionSnapshot latest = conditions.now();
        synchronized (lock) {
            if (before >= readMillis) {
                read = latest;
                readMillis = before;
            }
            return damped();
        }
    }

    private ConditionSnapshot damped() {
        Map<Fact, Reading> shown = new EnumMap<>(Fact.class);
        for (Fact fact : Fact.values()) {
            shown.put(fact, damped(facts, fact, read.of(fact)));
        }
        if (custom.size() > MAX_NAMES) {
            custom.keySet().retainAll(read.custom().keySet());
        }
        Map<String, Reading> shownCustom = new HashMap<>();
        read.custom().forEach((name, reading) -> shownCustom.put(name, damped(custom, name, reading)));
        for (String name : custom.keySet().toArray(new String[0])) {
            if (!read.custom().containsKey(name)) {
                shownCustom.put(name, damped(custom, name, Reading.NONE));
            }
        }
        return new ConditionSnapshot(shown, shownCustom, read.freeBytes());
    }

    private <K> Reading damped(Map<K, Damping> pasts, K key, Reading reading) {
        Damping past = pasts.get(key);
        Damping present = past == null
                ? Damping.first(reading.truth(), readMillis)
                : past.next(reading.truth(), readMillis, rules);
        pasts.put(key, present);
        if (present.shown() == reading.truth()) {
            return reading;
        }
        String held = " (" + reading.truth().name().toLowerCase(Locale.ROOT) + ", but not for long enough yet)";
        return new Reading(present.shown(), reading.source() + held, reading.ageMillis());
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        return listeners.add(listener);
    }

    @Override
    public long lookAgainInMillis() {
        long again = conditions.lookAgainInMillis();
        synchronized (lock) {
            long sinceRead = Math.max(0, elapsedMillis.getAsLong() - readMillis);
            for (Damping fact : facts.values()) {
                again = Math.min(again, inMillis(fact, sinceRead));
            }
            for (Damping one : custom.values()) {
                again = Math.min(again, inMillis(one, sinceRead));
            }
        }
        return again;
    }

    private long inMillis(Damping damping, long sinceRead) {
        long settles = damping.settlesInMillis(rules);
        return settles == Long.MAX_VALUE ? settles : Math.max(0, settles - sinceRead);
    }

    /** How often a fact has got worse since the beginning. */
    public long flaps(Fact fact) {
        synchronized (lock) {
            Damping past = facts.get(fact);
            return past == null ? 0 : past.flaps();
        }
    }

    /** Closes what it damps, too. */
    @Override
    public void close() {
        listeners.clear();
        try {
            subscription.close();
        } catch (Exception e) {
            throw new IllegalStateException("a subscription to conditions does not close", e);
        } finally {
            conditions.close();
        }
    }
}
