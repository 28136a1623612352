package dev.godwit.merge;

import dev.godwit.merge.Json.Scalar;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * Who added which element of a set, as far as somebody may not have seen it: for each element its dots, at most one of each
 * writer, his last. An element without a dot is seen by all. Packed: per element its kind, its text, the number of dots, and
 * per dot commit number and writer.
 */
final class SetDots {
    private record Dot(long commit, long writer) {}

    private final TreeMap<Scalar, List<Dot>> dots = new TreeMap<>();

    static SetDots decode(Value memory) {
        SetDots all = new SetDots();
        for (MemoryInput in = new MemoryInput(memory); in.hasMore(); ) {
            Scalar element = in.scalar();
            List<Dot> own = new ArrayList<>();
            for (int count = in.count(); count > 0; count--) {
                own.add(new Dot(in.number(), in.number()));
            }
            all.dots.put(element, own);
        }
        return all;
    }

    Value encode() {
        if (dots.isEmpty()) {
            return Value.NULL;
        }
        MemoryOutput out = new MemoryOutput();
        for (Map.Entry<Scalar, List<Dot>> entry : dots.entrySet()) {
            out.scalar(entry.getKey());
            out.number(entry.getValue().size());
            for (Dot dot : entry.getValue()) {
                out.number(dot.commit());
                out.number(dot.writer());
            }
        }
        return out.toValue();
    }

    void add(Scalar element, long writer, long commit) {
        List<Dot> own = dots.computeIfAbsent(element, none -> new ArrayList<>());
        own.removeIf(dot -> dot.writer() == writer);
        own.add(new Dot(commit, writer));
    }

    /** Takes away the dots that a writer had seen; true if none is left, and the element goes. */
    boolean remove(Scalar element, Seen seen) {
        return drop(element, dot -> seen.has(dot.commit(), dot.writer()));
    }

    private boolean drop(Scalar element, java.util.function.Predicate<Dot> which) {
        List<Dot> own = dots.get(element);
        if (own == null) {
            return true;
        }
        own.removeIf(which);
        if (own.isEmpty()) {
            dots.remove(element);
        }
        return own.isEmpty();
    }

    void renumber(LongUnaryOperator numbers) {
        dots.values().forEach(own -> own.replaceAll(dot -> new Dot(numbers.applyAsLong(dot.commit()), dot.writer())));
    }

    void fold(long horizon) {
        List.copyOf(dots.keySet()).forEach(element -> drop(element, dot -> dot.commit() <= horizon));
    }
}
