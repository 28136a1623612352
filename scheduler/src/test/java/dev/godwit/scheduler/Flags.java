package dev.godwit.scheduler;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device whose conditions are custom ones, set by hand; and a judge that knows these and nothing else. */
final class Flags implements Conditions {
    static final Judge JUDGE = new Judge(Flags::encode, Flags::parse, Flags::evaluate);

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

    private static String encode(Constraint constraint) {
        if (constraint instanceof Constraint.Custom custom) {
            return custom.name();
        } else if (constraint instanceof Constraint.Soft soft) {
            return encode(soft.part()) + "~" + soft.relaxAfterMillis();
        }
        Constraint.AllOf all = (Constraint.AllOf) constraint;
        return String.join("&", all.parts().stream().map(Flags::encode).toList());
    }

    private static Constraint parse(String text) {
        if (text.contains("&")) {
            return new Constraint.AllOf(
                    List.of(text.split("&")).stream().map(Flags::parse).toList());
        } else if (text.contains("~")) {
            int tilde = text.indexOf('~');
            return soft(text.substring(0, tilde), Long.parseLong(text.substring(tilde + 1)));
        }
        return flag(text);
    }

    private static Evaluation evaluate(Constraint constraint, ConditionSnapshot now, long wall, long waited) {
        if (constraint instanceof Constraint.Custom custom) {
            boolean met = now.custom(custom.name()).truth() == Truth.TRUE;
            return new Evaluation(met, met ? List.of() : List.of(constraint), Long.MAX_VALUE);
        } else if (constraint instanceof Constraint.Soft soft) {
            Evaluation part = evaluate(soft.part(), now, wall, waited);
            long left = soft.relaxAfterMillis() - waited;
            return left <= 0
                    ? new Evaluation(true, List.of(), Long.MAX_VALUE)
                    : new Evaluation(part.met(), part.unmet(), left);
        }
        boolean met = ((Constraint.AllOf) constraint)
                .parts().stream()
                        .allMatch(part -> evaluate(part, now, wall, waited).met());
        return new Evaluation(met, met ? List.of() : List.of(constraint), Long.MAX_VALUE);
    }
}
