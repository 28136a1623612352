package dev.godwit.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Conditions that somebody sets: an application that knows better, a test, a demonstration. In the beginning nothing is known.
 * Each setting is seen by whoever asks afterwards, and told to the listeners on the thread that sets; setting what is already so
 * tells nobody.
 */
public final class ManualConditions implements Conditions {
    /** Conditions of the application's own that are kept. */
    public static final int MAX_CUSTOM = 1_000;

    private static final String SOURCE = "set by hand";

    private final ConditionListeners listeners = new ConditionListeners();
    private final Object lock = new Object();
    private volatile ConditionSnapshot now = ConditionSnapshot.UNKNOWN;

    /** A plugged-in device in an unmetered network, of which nobody makes use: everything holds that has a name of its own. */
    public static ManualConditions allGood() {
        ManualConditions good = new ManualConditions();
        Map<Fact, Reading> facts = new HashMap<>();
        for (Fact fact : Fact.values()) {
            facts.put(fact, new Reading(Truth.TRUE, SOURCE, 0));
        }
        return good.change(before -> new ConditionSnapshot(facts, before.custom(), before.freeBytes()));
    }

    /** Whether a fact holds. */
    public ManualConditions set(Fact fact, boolean holds) {
        return set(fact, Truth.of(holds));
    }

    /** Whether a fact holds, or that it is not known. */
    public ManualConditions set(Fact fact, Truth truth) {
        return change(before -> {
            Map<Fact, Reading> facts = new HashMap<>(before.facts());
            facts.put(fact, new Reading(truth, SOURCE, 0));
            return new ConditionSnapshot(facts, before.custom(), before.freeBytes());
        });
    }

    /** Whether a condition of the application's own holds. */
    public ManualConditions custom(String name, boolean holds) {
        return custom(name, Truth.of(holds));
    }

    /**
     * Whether a condition of the application's own holds; unknown forgets it.
     *
     * @throws IllegalArgumentException for a name that no constraint can have, or if there are {@value #MAX_CUSTOM} already
     */
    public ManualConditions custom(String name, Truth truth) {
        ConstraintText.requireName(name);
        return change(before -> {
            Map<String, Reading> custom = new HashMap<>(before.custom());
            custom.put(name, new Reading(truth, SOURCE, 0));
            if (truth == Truth.UNKNOWN) {
                custom.remove(name);
            }
            if (custom.size() > MAX_CUSTOM) {
                throw new IllegalArgumentException("\"" + name + "\" would be one condition more than " + MAX_CUSTOM
                        + "; set those to unknown that no work asks for");
            }
            return new ConditionSnapshot(before.facts(), custom, before.freeBytes());
        });
    }

    /** How many bytes are free; below 0, that it is not known. */
    public ManualConditions freeBytes(long bytes) {
        return change(before -> new ConditionSnapshot(before.facts(), before.custom(), Math.max(-1, bytes)));
    }

    private ManualConditions change(UnaryOperator<ConditionSnapshot> change) {
        boolean changed;
        synchronized (lock) {
            ConditionSnapshot before = now;
            now = change.apply(before);
            changed = !now.equals(before);
        }
        if (changed) {
            listeners.tell();
        }
        return this;
    }

    @Override
    public ConditionSnapshot now() {
        return now;
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        return listeners.add(listener);
    }

    /** Tells nobody any more; what was set can still be asked. */
    @Override
    public void close() {
        listeners.clear();
    }
}
