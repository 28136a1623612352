package dev.godwit.merge;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A JSON document. The order of members does not count; numbers are as they were spelled. */
sealed interface Json {

    /** The kinds of scalars, in the order in which they sort. */
    enum ScalarKind {
        NULL(0),
        FALSE(1),
        TRUE(2),
        NUMBER(3),
        STRING(4);

        /** Stands for it in what is stored. */
        final int code;

        ScalarKind(int code) {
            this.code = code;
        }

        static ScalarKind ofCode(int code) {
            for (ScalarKind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("code " + code + " is no kind of scalar");
        }
    }

    /**
     * What is neither an object nor an array.
     *
     * @param kind what it is
     * @param value the string without its escapes, or the text of anything else
     */
    record Scalar(ScalarKind kind, String value) implements Json, Comparable<Scalar> {
        static final Scalar NULL = new Scalar(ScalarKind.NULL, "null");

        /** By kind, then numbers by value and strings by code points; equal numbers by their spelling. */
        @Override
        public int compareTo(Scalar other) {
            int byKind = kind.compareTo(other.kind);
            if (byKind != 0) {
                return byKind;
            }
            int byValue = kind == ScalarKind.NUMBER ? JsonNumber.of(value).compareTo(JsonNumber.of(other.value)) : 0;
            return byValue != 0 ? byValue : ValueOrder.compareTexts(value, other.value);
        }
    }

    /** An array. */
    record Elements(List<Json> elements) implements Json {
        /** Copies the list. */
        public Elements {
            elements = List.copyOf(elements);
        }
    }

    /** An object. */
    record Members(SortedMap<String, Json> members) implements Json {
        /** Wraps the map. */
        public Members {
            members = Collections.unmodifiableSortedMap(members);
        }

        /** A map for members, sorted by the code points of their names. */
        static TreeMap<String, Json> map() {
            return new TreeMap<>(ValueOrder::compareTexts);
        }
    }
}
