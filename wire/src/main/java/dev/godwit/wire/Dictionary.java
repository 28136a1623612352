package dev.godwit.wire;

import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distinct values of a column in the order of their first appearance, and an index into them per row.
 *
 * <p>Whether it pays is decided by bytes before compression. Compressed, the two come closer, but a dictionary is never
 * much worse then, and it saves the reader from making the same text a thousand times.
 */
final class Dictionary {

    /** So many distinct values are always looked at before a column that hardly repeats is given up. */
    private static final int PATIENCE = 256;

    private final Map<Object, Integer> places = new HashMap<>();
    private final List<Value> entries = new ArrayList<>();
    private final int[] indexes;

    private Dictionary(int rows) {
        indexes = new int[rows];
    }

    /** A dictionary of these values, or null if it would not make them smaller. */
    static @Nullable Dictionary of(Value[] values) {
        Dictionary dictionary = new Dictionary(values.length);
        return dictionary.collect(values) && dictionary.size() < plainSize(values) ? dictionary : null;
    }

    /** A dictionary of these values, at any price. */
    static Dictionary ofAll(Value[] values) {
        Dictionary dictionary = new Dictionary(values.length);
        for (int i = 0; i < values.length; i++) {
            dictionary.add(i, values[i]);
        }
        return dictionary;
    }

    Value[] entries() {
        return entries.toArray(new Value[0]);
    }

    int[] indexes() {
        return indexes;
    }

    private boolean collect(Value[] values) {
        for (int i = 0; i < values.length; i++) {
            add(i, values[i]);
            if (entries.size() > PATIENCE && entries.size() > i / 2 + 1) {
                return false;
            }
        }
        return entries.size() < values.length;
    }

    private void add(int row, Value value) {
        Integer next = entries.size();
        Integer known = places.putIfAbsent(hashable(value), next);
        if (known == null) {
            entries.add(value);
        }
        indexes[row] = known == null ? next : known;
    }

    /** A text's own hash is kept in the string, and strings that collide are still found fast. */
    private static Object hashable(Value value) {
        return value.kind() == Value.Kind.TEXT ? value.asText() : value;
    }

    private long size() {
        long size = plainSize(entries());
        for (int index : indexes) {
            size += ByteSink.varintSize(index);
        }
        return size;
    }

    private static long plainSize(Value[] values) {
        long others = 0;
        long integers = 0;
        long deltas = 0;
        long previous = 0;
        for (Value value : values) {
            if (value.kind() == Value.Kind.INTEGER) {
                integers += ByteSink.zigzagSize(value.asLong());
                deltas += ByteSink.zigzagSize(value.asLong() - previous);
                previous = value.asLong();
            } else {
                others += size(value);
            }
        }
        return others + Math.min(integers, deltas);
    }

    private static int size(Value value) {
        if (value.isNull()) {
            return 0;
        }
        return value.kind() == Value.Kind.TEXT && Uuids.resembles(value.asText()) ? Uuids.BYTES : value.size() - 1;
    }
}
