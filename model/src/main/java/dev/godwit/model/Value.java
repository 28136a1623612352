package dev.godwit.model;

import java.util.Arrays;

/**
 * One SQLite value, with SQLite's five storage classes.
 *
 * <p>Two values are equal when they have the same storage class and the same bits: the integer 1 and the real 1.0 differ,
 * and so do 0.0 and -0.0. That is stricter than SQL's {@code =} on purpose: what is shipped must come back exactly.
 */
public sealed interface Value {

    /** SQLite's storage classes. */
    enum Kind {
        NULL,
        INTEGER,
        REAL,
        TEXT,
        BLOB
    }

    /** The one NULL; nothing else makes a {@link NullValue}, so the two classes cannot wait for each other. */
    @SuppressWarnings("ClassInitializationDeadlock")
    Value NULL = new NullValue();

    /** The storage class. */
    Kind kind();

    /** About how many bytes this value takes on a wire or in a row; used for limits, not for accounting. */
    int size();

    /** True for {@link #NULL}. */
    default boolean isNull() {
        return kind() == Kind.NULL;
    }

    /**
     * The integer in this value.
     *
     * @throws IllegalStateException if this is no integer
     */
    default long asLong() {
        throw new IllegalStateException("not an integer: " + this);
    }

    /**
     * The text in this value.
     *
     * @throws IllegalStateException if this is no text
     */
    default String asText() {
        throw new IllegalStateException("not a text: " + this);
    }

    /** An integer. */
    static Value of(long value) {
        return new IntegerValue(value);
    }

    /** A real; NaN becomes NULL, as SQLite stores it. */
    static Value of(double value) {
        return Double.isNaN(value) ? NULL : new RealValue(value);
    }

    /** A text. */
    static Value of(String value) {
        return new TextValue(value);
    }

    /** A blob; the array is copied. */
    static Value of(byte[] value) {
        return new BlobValue(value);
    }

    /** SQL NULL. */
    record NullValue() implements Value {
        @Override
        public Kind kind() {
            return Kind.NULL;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public String toString() {
            return "NULL";
        }
    }

    /** A 64-bit integer. */
    record IntegerValue(long value) implements Value {
        @Override
        public Kind kind() {
            return Kind.INTEGER;
        }

        @Override
        public int size() {
            return 8;
        }

        @Override
        public long asLong() {
            return value;
        }

        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A 64-bit IEEE number. Equality is by bits, as for every record component of type double. */
    record RealValue(double value) implements Value {
        @Override
        public Kind kind() {
            return Kind.REAL;
        }

        @Override
        public int size() {
            return 8;
        }

        @Override
        public String toString() {
            return Double.toString(value);
        }
    }

    /** A text. */
    record TextValue(String value) implements Value {
        @Override
        public Kind kind() {
            return Kind.TEXT;
        }

        @Override
        public int size() {
            return value.length() + 2;
        }

        @Override
        public String asText() {
            return value;
        }

        @Override
        public String toString() {
            return "'" + value.replace("'", "''") + "'";
        }
    }

    /** Bytes, compared by content. */
    record BlobValue(byte[] value) implements Value {
        /** Copies the array. */
        public BlobValue {
            value = value.clone();
        }

        /** A copy of the bytes. */
        @Override
        public byte[] value() {
            return value.clone();
        }

        @Override
        public Kind kind() {
            return Kind.BLOB;
        }

        @Override
        public int size() {
            return value.length + 2;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof BlobValue blob && Arrays.equals(value, blob.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            StringBuilder hex = new StringBuilder("x'");
            for (byte b : value) {
                hex.append(Character.forDigit((b >> 4) & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
            }
            return hex.append('\'').toString();
        }
    }
}
