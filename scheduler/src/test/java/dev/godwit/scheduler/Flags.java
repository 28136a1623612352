package dev.godwit.scheduler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device whose conditions are custom ones, set by hand. */
final class Flags implements Conditions {
    private final Map<String, Reading> custom = new HashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    static Constraint flag(String name) {
        return new Constraint.Custom(name);
    }

    /** Holds when the flag does, or after so long. */
    static Constraint soft(String name, long millis) {
        return new Constraint.Soft(flag(name), millis);
    }

    void set(String name, boolean holds) {
        synchronized (custom) {
            custom.put(name, new Reading(Truth.of(holds), "the test", 0));
        }
        listeners.forEach(Runnable::run);
    }

    @Override
    public ConditionSnapshot now() {
        synchronized (custom) {
            return new ConditionSnapshot(Map.of(), custom, -1);
        }
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {}
}
