package dev.godwit.merge;

import dev.godwit.merge.Json.Elements;
import dev.godwit.merge.Json.Scalar;
import dev.godwit.merge.Json.ScalarKind;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a column of an {@code add_wins_set} holds. Beside its elements it has {@link #PRESENT}, which tells {@code []} from NULL.
 *
 * @param elements every number in its one canonical spelling
 */
record ScalarSet(TreeSet<Scalar> elements) {
    /** In every set, and in no array, since null is no element. */
    static final Scalar PRESENT = Scalar.NULL;

    static ScalarSet parse(Value value) throws MalformedException {
        ScalarSet set = new ScalarSet(new TreeSet<>());
        if (value.isNull()) {
            return set;
        }
        if (value.kind() != Value.Kind.TEXT) {
            throw new MalformedException("is not an array of scalars: it is no text");
        }
        if (!(JsonText.parse(value.asText()) instanceof Elements array)) {
            throw new MalformedException("is not an array of scalars");
        }
        set.elements.add(PRESENT);
        for (int i = 0; i < array.elements().size(); i++) {
            set.elements.add(element(array.elements().get(i), i));
        }
        return set;
    }

    /** What is no set, since it was stored by other means or before the column had its merge word, counts as none. */
    static ScalarSet parseOrNone(Value value) {
        try {
            return parse(value);
        } catch (MalformedException e) {
            return new ScalarSet(new TreeSet<>());
        }
    }

    private static Scalar element(Json json, int place) throws MalformedException {
        if (!(json instanceof Scalar scalar) || scalar.kind() == ScalarKind.NULL) {
            throw new MalformedException("is not an array of scalars: at path $[" + place + "] is "
                    + (json instanceof Elements ? "an array" : json instanceof Scalar ? "null" : "an object"));
        }
        if (scalar.kind() != ScalarKind.NUMBER) {
            return scalar;
        }
        JsonNumber number = JsonNumber.of(scalar.value());
        if (!number.isExact()) {
            throw new MalformedException("has an exponent of more than 17 digits at path $[" + place + "]");
        }
        return new Scalar(ScalarKind.NUMBER, number.canonical());
    }

    /**
     * Checks what a merge made; what is stored must be read again. {@link #PRESENT} counts for the array.
     *
     * @throws MalformedException if it has too many elements
     */
    static void check(ScalarSet merged) throws MalformedException {
        if (merged.elements.size() > JsonText.MOST_VALUES) {
            throw JsonText.tooMany();
        }
    }

    Value toValue() {
        if (elements.isEmpty()) {
            return Value.NULL;
        }
        List<Json> array = new ArrayList<>(elements);
        array.remove(PRESENT);
        return Value.of(JsonText.write(new Elements(array)));
    }

    /** What a write adds to the set that it replaced; that there is a set is said anew by each. */
    static ScalarSet added(ScalarSet base, ScalarSet incoming) {
        ScalarSet added = new ScalarSet(new TreeSet<>(incoming.elements));
        added.elements.removeIf(element -> !element.equals(PRESENT) && base.elements.contains(element));
        return added;
    }

    /** What a write removes from the set that it replaced. */
    static ScalarSet removed(ScalarSet base, ScalarSet incoming) {
        ScalarSet removed = new ScalarSet(new TreeSet<>(base.elements));
        removed.elements.removeAll(incoming.elements);
        return removed;
    }
}
