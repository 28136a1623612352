package dev.godwit.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Things that are sent once and then pointed to. */
final class Interned<T> {

    private final Map<T, Integer> places = new HashMap<>();
    private final List<T> things = new ArrayList<>();

    /** The place of this thing, which is added if it is new. */
    int of(T thing) {
        Integer known = places.putIfAbsent(thing, things.size());
        if (known == null) {
            things.add(thing);
            return things.size() - 1;
        }
        return known;
    }

    List<T> things() {
        return things;
    }
}
