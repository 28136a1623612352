package dev.godwit.wire;

import dev.godwit.model.Limits;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** The default limits with one of them changed. */
final class TestLimits {

    private TestLimits() {}

    static Limits with(String name, long value) {
        return with(Limits.DEFAULT, name, value);
    }

    static Limits with(Limits limits, String name, long value) {
        RecordComponent[] components = Limits.class.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] arguments = new Object[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                boolean wanted = components[i].getName().equals(name);
                found |= wanted;
                Object changed = types[i] == int.class ? (Object) Math.toIntExact(value) : (Object) value;
                arguments[i] = wanted ? changed : components[i].getAccessor().invoke(limits);
            }
            if (!found) {
                throw new IllegalArgumentException("no such limit: " + name);
            }
            return Limits.class.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
