package dev.godwit.merge;

import dev.godwit.model.Value;
import dev.godwit.model.Value.BlobValue;
import dev.godwit.model.Value.RealValue;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Comparator;

/**
 * One total order over all SQLite values: NULL, numbers, texts, blobs, as SQLite sorts them (datatype3.html, section 4.1).
 * Integers and reals are compared exactly, also beyond 2^53. What SQLite takes for equal is told apart: of an integer and a
 * real of the same value the real is greater, and -0.0 is below 0.0, so that only identical values are equal. Texts compare by
 * code point, which is how their UTF-8 bytes compare.
 */
public final class ValueOrder implements Comparator<Value> {
    /** The order. */
    public static final ValueOrder INSTANCE = new ValueOrder();

    private ValueOrder() {}

    @Override
    public int compare(Value one, Value other) {
        int byClass = Integer.compare(sortClass(one), sortClass(other));
        if (byClass != 0) {
            return byClass;
        }
        return switch (one.kind()) {
            case NULL -> 0;
            case INTEGER, REAL -> compareNumbers(one, other);
            case TEXT -> compareTexts(one.asText(), other.asText());
            case BLOB -> Arrays.compareUnsigned(((BlobValue) one).value(), ((BlobValue) other).value());
        };
    }

    private static int sortClass(Value value) {
        return switch (value.kind()) {
            case NULL -> 0;
            case INTEGER, REAL -> 1;
            case TEXT -> 2;
            case BLOB -> 3;
        };
    }

    private static int compareNumbers(Value one, Value other) {
        if (one.kind() == other.kind()) {
            return one.kind() == Value.Kind.INTEGER
                    ? Long.compare(one.asLong(), other.asLong())
                    : Double.compare(((RealValue) one).value(), ((RealValue) other).value());
        }
        if (one.kind() == Value.Kind.REAL) {
            return -compareNumbers(other, one);
        }
        double real = ((RealValue) other).value();
        if (Double.isInfinite(real)) {
            return real > 0 ? -1 : 1;
        }
        int exact = BigDecimal.valueOf(one.asLong()).compareTo(new BigDecimal(real));
        return exact != 0 ? exact : -1;
    }

    static int compareTexts(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                // a surrogate stands for a code point above all others
                boolean surrogates = Character.isSurrogate(a) == Character.isSurrogate(b);
                return surrogates ? Character.compare(a, b) : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }
}
