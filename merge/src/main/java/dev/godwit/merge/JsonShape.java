package dev.godwit.merge;

import dev.godwit.merge.Json.Elements;
import dev.godwit.merge.Json.Members;
import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What of a document is a leaf and what has paths below it.
 *
 * @param arrayKey the member that identifies the objects of an array; null if every array is a leaf
 */
record JsonShape(@Nullable String arrayKey) {

    /** The members of an object; null for anything else. */
    @Nullable
    Map<String, Json> members(@Nullable Json json) {
        return json instanceof Members object ? object.members() : null;
    }

    /**
     * The objects of a keyed array by their keys, without these; null for anything else. An empty array is a keyed one if there
     * are such.
     */
    @Nullable
    Map<Scalar, Json> elements(@Nullable Json json) {
        if (arrayKey == null || !(json instanceof Elements array)) {
            return null;
        }
        TreeMap<Scalar, Json> byKey = new TreeMap<>();
        for (Json element : array.elements()) {
            if (!(element instanceof Members object)
                    || !(object.members().get(arrayKey) instanceof Scalar key)
                    || key.kind() == ScalarKind.NULL) {
                return null;
            }
            TreeMap<String, Json> rest = Members.map();
            rest.putAll(object.members());
            rest.remove(arrayKey);
            if (byKey.put(key, new Members(rest)) != null) {
                return null;
            }
        }
        return byKey;
    }

    /** The array again, sorted by keys. */
    Json keyed(Map<Scalar, Json> elements) {
        List<Json> array = new ArrayList<>();
        elements.forEach((key, element) -> {
            TreeMap<String, Json> members = Members.map();
            members.putAll(((Members) element).members());
            members.put(java.util.Objects.requireNonNull(arrayKey, "arrayKey"), key);
            array.add(new Members(members));
        });
        return new Elements(array);
    }
}
