package dev.godwit.merge;

import dev.godwit.merge.Json.Members;
import dev.godwit.model.Value;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Merges two documents against their base, member by member. What only one side changed is as that side has it; what both
 * changed, to different things, is a clash, unless both are objects. Arrays are not looked into.
 */
final class JsonMerge {
    private boolean clean = true;

    private JsonMerge() {}

    /** Empty if one of the values is neither an object nor an array in JSON. */
    static Optional<ThreeWayMerge.Result> merge(Value base, Value ours, Value theirs) {
        try {
            Json mine = document(ours);
            Json other = document(theirs);
            JsonMerge merge = new JsonMerge();
            Json merged = Objects.requireNonNull(merge.member(document(base), mine, other), "two documents make one");
            Value value = merged.equals(mine) ? ours : merged.equals(other) ? theirs : Value.of(JsonText.write(merged));
            return Optional.of(new ThreeWayMerge.Result(value, merge.clean));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private static Json document(Value value) throws MalformedException {
        String text = value.kind() == Value.Kind.TEXT ? value.asText().stripLeading() : "";
        if (!text.startsWith("{") && !text.startsWith("[")) {
            throw new MalformedException("is no document");
        }
        return JsonText.parse(text);
    }

    private @Nullable Json member(@Nullable Json base, @Nullable Json ours, @Nullable Json theirs) {
        if (ours instanceof Members mine && theirs instanceof Members other) {
            return members(base instanceof Members both ? both.members() : Map.of(), mine.members(), other.members());
        }
        if (Objects.equals(ours, theirs) || Objects.equals(base, theirs)) {
            return ours;
        }
        if (Objects.equals(base, ours)) {
            return theirs;
        }
        clean = false;
        return ours;
    }

    private Json members(Map<String, Json> base, Map<String, Json> ours, Map<String, Json> theirs) {
        TreeSet<String> names = new TreeSet<>(ours.keySet());
        names.addAll(theirs.keySet());
        TreeMap<String, Json> merged = Members.map();
        for (String name : names) {
            Json member = member(base.get(name), ours.get(name), theirs.get(name));
            if (member != null) {
                merged.put(name, member);
            }
        }
        return new Members(merged);
    }
}
