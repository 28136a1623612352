package dev.godwit.merge;

import dev.godwit.merge.Json.Elements;
import dev.godwit.merge.Json.Members;
import dev.godwit.merge.Json.Scalar;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One path of a merged document: what was done there, and the paths below it. See {@link MergedJson} for the rules. */
final class JsonNode {
    final JsonPlace leaf = new JsonPlace();
    final JsonPlace object = new JsonPlace();
    final JsonPlace array = new JsonPlace();
    final TreeMap<String, JsonNode> members = new TreeMap<>(ValueOrder::compareTexts);
    final TreeMap<Scalar, JsonNode> elements = new TreeMap<>();

    /** What is there after {@link #settle}; null for nothing. */
    @Nullable
    Json settled;

    private Origin membersSet = Origin.SEEN;
    private Origin elementsSet = Origin.SEEN;

    /** Puts a document here that is what the writes left which are remembered here, if any. */
    void load(@Nullable Json json, JsonShape shape) {
        if (json == null) {
            return;
        }
        Map<String, Json> ownMembers = shape.members(json);
        Map<Scalar, Json> ownElements = shape.elements(json);
        if (ownMembers != null) {
            object.load(json, ownMembers.isEmpty());
            ownMembers.forEach((name, value) -> member(name).load(value, shape));
        } else if (ownElements != null) {
            array.load(json, ownElements.isEmpty());
            ownElements.forEach((key, value) -> element(key).load(value, shape));
        } else {
            leaf.load(json, true);
        }
    }

    /** Compares what is here with the document that its writer had before his eyes. */
    void compare(@Nullable Json shown, JsonShape shape) {
        Map<String, Json> shownMembers = shape.members(shown);
        Map<Scalar, Json> shownElements = shape.elements(shown);
        leaf.hidden = leaf.before != null && !leaf.before.equals(shown);
        object.hidden = shownMembers == null;
        array.hidden = shownElements == null;
        members.forEach((name, child) -> child.compare(shownMembers == null ? null : shownMembers.get(name), shape));
        elements.forEach((key, child) -> child.compare(shownElements == null ? null : shownElements.get(key), shape));
    }

    JsonNode member(String name) {
        return members.computeIfAbsent(name, none -> new JsonNode());
    }

    JsonNode element(Scalar key) {
        return elements.computeIfAbsent(key, none -> new JsonNode());
    }

    /** Decides what lives at and below this path: whatever is killed here loses its value. */
    void settle(JsonShape shape) {
        lastSet();
        settle(Origin.SEEN, shape);
    }

    /** The last write that set anything at or below this path. */
    private Origin lastSet() {
        membersSet = lastSet(object, members.values());
        elementsSet = lastSet(array, elements.values());
        return Origin.later(leaf.set, Origin.later(membersSet, elementsSet));
    }

    private static Origin lastSet(JsonPlace container, Collection<JsonNode> children) {
        Origin last = container.set;
        for (JsonNode child : children) {
            last = Origin.later(last, child.lastSet());
        }
        return last;
    }

    private void settle(Origin killer, JsonShape shape) {
        leaf.settle(Origin.later(killer, Origin.later(membersSet, elementsSet)));
        Origin below = Origin.later(killer, leaf.any);
        Json asObject = settleMembers(Origin.later(below, elementsSet), shape);
        Json asArray = settleElements(Origin.later(below, membersSet), shape);
        settled = leaf.value != null ? leaf.value : asObject != null ? asObject : asArray;
    }

    /** Whether something that was stored and that a writer had not seen is not there any more. */
    boolean hasLost(Seen seen) {
        boolean lost = leaf.isLost(leaf.before != null && leaf.before.equals(leaf.value), seen)
                || object.isLost(settled instanceof Members, seen)
                || array.isLost(settled instanceof Elements, seen);
        if (lost) {
            return true;
        }
        return members.values().stream().anyMatch(child -> child.hasLost(seen))
                || elements.values().stream().anyMatch(child -> child.hasLost(seen));
    }

    /** Drops the paths of which nothing is remembered; true if nothing is left. */
    boolean prune() {
        members.values().removeIf(JsonNode::prune);
        elements.values().removeIf(JsonNode::prune);
        return members.isEmpty()
                && elements.isEmpty()
                && !leaf.isRemembered()
                && !object.isRemembered()
                && !array.isRemembered();
    }

    void forEachPlace(Consumer<JsonPlace> action) {
        action.accept(leaf);
        action.accept(object);
        action.accept(array);
        members.values().forEach(child -> child.forEachPlace(action));
        elements.values().forEach(child -> child.forEachPlace(action));
    }

    private @Nullable Json settleMembers(Origin killer, JsonShape shape) {
        object.settle(killer);
        TreeMap<String, Json> alive = Members.map();
        members.forEach((name, child) -> {
            child.settle(killer, shape);
            if (child.settled != null) {
                alive.put(name, child.settled);
            }
        });
        return alive.isEmpty() && object.value == null ? null : new Members(alive);
    }

    private @Nullable Json settleElements(Origin killer, JsonShape shape) {
        array.settle(killer);
        TreeMap<Scalar, Json> alive = new TreeMap<>();
        elements.forEach((key, child) -> {
            child.settle(killer, shape);
            if (child.settled != null) {
                alive.put(key, child.settled);
            }
        });
        return alive.isEmpty() && array.value == null ? null : shape.keyed(alive);
    }
}
