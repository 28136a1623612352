package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/**
 * What {@link MergedJson} remembers of a cell, packed: the number of writes and of each commit number, time and writer; then the
 * root. A node is, for leaf, object and array, 0 if nothing is remembered, or one more than the place of the last write, and then
 * that of the last one that set it, 0 for none; then the number of members and of each name and node; then the same of elements
 * with kind and text of the key.
 */
final class JsonMemory {
    private JsonMemory() {}

    /** The writes that are still remembered. */
    static List<Origin> origins(Value memory) {
        return origins(new MemoryInput(memory));
    }

    private static List<Origin> origins(MemoryInput in) {
        List<Origin> origins = new ArrayList<>();
        for (int count = in.hasMore() ? in.count() : 0; count > 0; count--) {
            origins.add(new Origin(in.number(), new Stamp(in.number(), in.number())));
        }
        return origins;
    }

    static JsonNode decode(Value memory) {
        MemoryInput in = new MemoryInput(memory);
        JsonNode root = new JsonNode();
        if (in.hasMore()) {
            node(in, root, origins(in));
        }
        return root;
    }

    private static void node(MemoryInput in, JsonNode node, List<Origin> origins) {
        place(in, node.leaf, origins);
        place(in, node.object, origins);
        place(in, node.array, origins);
        for (int count = in.count(); count > 0; count--) {
            node(in, node.member(in.text()), origins);
        }
        for (int count = in.count(); count > 0; count--) {
            node(in, node.element(in.scalar()), origins);
        }
    }

    private static void place(MemoryInput in, JsonPlace place, List<Origin> origins) {
        int any = in.count(origins.size());
        if (any != 0) {
            place.any = origins.get(any - 1);
            int set = in.count(origins.size());
            place.set = set == 0 ? Origin.SEEN : origins.get(set - 1);
        }
    }

    /** Packs a tree; it is pruned thereby. */
    static Value encode(JsonNode root) {
        if (root.prune()) {
            return Value.NULL;
        }
        Map<Origin, Integer> numbers = new LinkedHashMap<>();
        root.forEachPlace(place -> {
            number(place.any, numbers);
            number(place.set, numbers);
        });
        MemoryOutput out = new MemoryOutput();
        out.number(numbers.size());
        for (Origin origin : numbers.keySet()) {
            out.number(origin.commit());
            out.number(origin.stamp().time());
            out.number(origin.stamp().writer());
        }
        node(out, root, numbers);
        return out.toValue();
    }

    private static void number(Origin origin, Map<Origin, Integer> numbers) {
        if (origin.commit() != 0) {
            numbers.putIfAbsent(origin, numbers.size() + 1);
        }
    }

    private static void node(MemoryOutput out, JsonNode node, Map<Origin, Integer> numbers) {
        place(out, node.leaf, numbers);
        place(out, node.object, numbers);
        place(out, node.array, numbers);
        out.number(node.members.size());
        node.members.forEach((name, child) -> {
            out.text(name);
            node(out, child, numbers);
        });
        out.number(node.elements.size());
        node.elements.forEach((key, child) -> {
            out.scalar(key);
            node(out, child, numbers);
        });
    }

    private static void place(MemoryOutput out, JsonPlace place, Map<Origin, Integer> numbers) {
        out.number(numbers.getOrDefault(place.any, 0));
        if (place.isRemembered()) {
            out.number(numbers.getOrDefault(place.set, 0));
        }
    }

    static Value renumbered(Value memory, LongUnaryOperator numbers) {
        JsonNode root = decode(memory);
        root.forEachPlace(place -> place.renumber(numbers));
        return encode(root);
    }

    /** See {@link MergedJson#fold}. */
    static Value fold(Value memory, long horizon) {
        Origin first = null;
        for (Origin origin : origins(memory)) {
            if (origin.commit() > horizon && (first == null || origin.isBelow(first))) {
                first = origin;
            }
        }
        if (first == null) {
            return Value.NULL;
        }
        Origin unseen = first;
        JsonNode root = decode(memory);
        root.forEachPlace(place -> place.fold(horizon, unseen));
        return encode(root);
    }
}
