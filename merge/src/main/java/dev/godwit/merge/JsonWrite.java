package dev.godwit.merge;

import dev.godwit.merge.Json.Members;
import dev.godwit.merge.Json.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One write of a document: the paths that it set and removed, done to a tree. */
final class JsonWrite {
    /** What a write wants at a path: a value, an object or array of some kind with whatever is in it, or nothing. */
    private record Claim(JsonNode node, @Nullable Json wanted, boolean container) {
        boolean isLost() {
            Json settled = node.settled;
            if (wanted == null || settled == null) {
                return wanted != settled;
            }
            return container ? (wanted instanceof Members) != (settled instanceof Members) : !wanted.equals(settled);
        }
    }

    private final JsonShape shape;
    private final Origin origin;
    private final List<Claim> claims = new ArrayList<>();

    JsonWrite(JsonShape shape, Origin origin) {
        this.shape = shape;
        this.origin = origin;
    }

    /**
     * Does what differs between two documents to the tree.
     *
     * @return whether anything differs
     */
    boolean apply(JsonNode node, @Nullable Json base, @Nullable Json incoming) {
        Map<String, Json> members = shape.members(incoming);
        Map<String, Json> baseMembers = shape.members(base);
        Map<Scalar, Json> elements = shape.elements(incoming);
        Map<Scalar, Json> baseElements = shape.elements(base);
        Json leaf = members == null && elements == null ? incoming : null;
        Json baseLeaf = baseMembers == null && baseElements == null ? base : null;
        boolean differs = !Objects.equals(leaf, baseLeaf)
                || (members == null) != (baseMembers == null)
                || (elements == null) != (baseElements == null);
        differs |= children(node::member, baseMembers, members);
        differs |= children(node::element, baseElements, elements);
        if (!differs) {
            return false;
        }
        done(node.leaf, baseLeaf != null && incoming == null, leaf); // an object or array takes it away by itself
        done(node.object, baseMembers != null, members == null ? null : incoming);
        done(node.array, baseElements != null, elements == null ? null : incoming);
        if (leaf != null || (incoming == null && baseLeaf != null)) {
            claims.add(new Claim(node, incoming, false));
        } else if (isNewAndEmpty(members, baseMembers) || isNewAndEmpty(elements, baseElements)) {
            claims.add(new Claim(node, incoming, true));
        }
        return true;
    }

    private static boolean isNewAndEmpty(@Nullable Map<?, Json> children, @Nullable Map<?, Json> base) {
        return children != null && children.isEmpty() && base == null;
    }

    /** Whoever changes something in an object or array and keeps that says so. */
    private void done(JsonPlace place, boolean before, @Nullable Json incoming) {
        if (incoming != null) {
            place.set(incoming, origin);
        } else if (before) {
            place.remove(origin);
        }
    }

    private <K> boolean children(
            Function<K, JsonNode> child, @Nullable Map<K, Json> base, @Nullable Map<K, Json> incoming) {
        boolean differs = false;
        TreeSet<K> keys = new TreeSet<>();
        if (base != null) {
            keys.addAll(base.keySet());
        }
        if (incoming != null) {
            keys.addAll(incoming.keySet());
        }
        for (K key : keys) {
            Json before = base == null ? null : base.get(key);
            Json after = incoming == null ? null : incoming.get(key);
            differs |= apply(child.apply(key), before, after);
        }
        return differs;
    }

    /** Whether, after the tree has settled, something that this write wanted is not as it wanted it. */
    boolean hasLost() {
        return claims.stream().anyMatch(Claim::isLost);
    }
}
