package dev.godwit.merge;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.Value;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document that is merged per path. A write means what differs between it and its base: leaves that it set and leaves
 * that it removed. Leaves are scalars and arrays; but an array of objects that all have a distinct scalar under the array key
 * is not a leaf: its objects have paths by their keys, and their order does not count. An object (and such an array) is there as
 * something of its own beside what is in it: whoever changes something in it and keeps it sets it, whoever takes it away removes
 * it, and so two who each take one half leave an empty one.
 *
 * <p>Law: the document is what all accepted writes give when they are done in the order of their stamps, in whatever order they
 * arrive; where setting a leaf takes away what is below it, setting anything takes away the leaves above it, and what is at or
 * beside its path in an object if it is in an array or the reverse; and removing a leaf takes away what somebody else put below
 * it. What nobody who had seen it removed or set otherwise is still there, or its loss is reported. The stamp of a write is
 * above those of all it had seen, so among writes that know of each other the later wins.
 *
 * <p>A CRDT: per path two last-writer-wins registers (Shapiro and others, 2011), the last write and the last that set
 * something, whose joins are maxima; the document is a function of them. Trees of such registers are those of Kleppmann and
 * Beresford, "A conflict-free replicated JSON datatype" (2017), who keep concurrent values of one path side by side; here the
 * last writer's stays. Arrays without keys are not merged, which is what is less than theirs.
 *
 * <p>Output: members sorted by the code points of their names, elements of keyed arrays by key (numbers by value before strings),
 * without white space; numbers as they were spelled. NULL is no document.
 */
final class MergedJson implements ColumnRule {
    private final JsonShape shape;

    MergedJson(@Nullable String arrayKey) {
        shape = new JsonShape(arrayKey);
    }

    /** The document of a value; null for NULL. */
    static @Nullable Json parse(Value value) throws MalformedException {
        if (value.isNull()) {
            return null;
        }
        if (value.kind() != Value.Kind.TEXT) {
            throw new MalformedException("is not JSON: it is no text");
        }
        return JsonText.parse(value.asText());
    }

    /** What is no JSON, since it was stored by other means or before the column had its merge word, counts as no document. */
    private static @Nullable Json parseOrNone(Value value) {
        try {
            return parse(value);
        } catch (MalformedException e) {
            return null;
        }
    }

    /**
     * The canonical form of a document.
     *
     * @throws IllegalArgumentException if it is not JSON
     */
    Value canonical(Value value) {
        try {
            JsonNode root = new JsonNode();
            root.load(parse(value), shape);
            return settled(root);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the value " + e.getMessage(), e);
        }
    }

    private Value settled(JsonNode root) {
        root.settle(shape);
        return root.settled == null ? Value.NULL : Value.of(JsonText.write(root.settled));
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public Verdict decide(Attempt attempt) {
        if (attempt.write().role() != ColumnRole.SET) {
            return new Verdict.Refused("a document is written whole");
        }
        try {
            return merge(attempt, parse(attempt.incoming()));
        } catch (MalformedException e) {
            return new Verdict.Refused("the value, or what it would become, " + e.getMessage());
        }
    }

    private Verdict merge(Attempt attempt, @Nullable Json incoming) throws MalformedException {
        JsonNode root = JsonMemory.decode(attempt.memory());
        root.load(parseOrNone(attempt.stored()), shape);
        if (attempt.replacesAnother()) {
            root.compare(parseOrNone(attempt.write().baseOrNull()), shape);
        }
        JsonWrite write = new JsonWrite(shape, new Origin(attempt.commit(), attempt.stamp()));
        write.apply(root, parseOrNone(attempt.write().baseOrNull()), incoming);
        Value value = settled(root);
        JsonText.check(root.settled);
        Verdict.Loser loser = write.hasLost()
                ? Verdict.Loser.INCOMING
                : root.hasLost(attempt.seen()) ? Verdict.Loser.STORED : Verdict.Loser.NONE;
        boolean taken = !value.equals(attempt.stored());
        return new Verdict.Settled(value, taken, JsonMemory.encode(root), loser, false);
    }

    @Override
    public Value predict(Value current, CellWrite write) {
        try {
            Json incoming = parse(write.value());
            JsonNode root = new JsonNode();
            root.load(parseOrNone(current), shape);
            new JsonWrite(shape, Origin.PENDING).apply(root, parseOrNone(write.baseOrNull()), incoming);
            return settled(root);
        } catch (MalformedException e) {
            return write.value(); // the server will refuse it
        }
    }

    /** The greatest time of all that the writer had seen in this cell: it had seen the whole document. */
    @Override
    public long seenTime(Supplier<Value> memory, CellWrite write, Seen seen) {
        Origin last = Origin.SEEN;
        for (Origin origin : JsonMemory.origins(memory.get())) {
            last = origin.isSeenBy(seen) ? Origin.later(last, origin) : last;
        }
        return last.stamp().time();
    }

    /**
     * Writes up to the horizon are forgotten, unless one that somebody may not have seen has a lower stamp: what that one could
     * not take away it must not take away later. All writes to come have seen the forgotten ones, and have greater stamps.
     */
    @Override
    public Value fold(Value memory, long horizon) {
        return JsonMemory.fold(memory, horizon);
    }

    @Override
    public Value renumbered(Value memory, LongUnaryOperator numbers) {
        return JsonMemory.renumbered(memory, numbers);
    }
}
