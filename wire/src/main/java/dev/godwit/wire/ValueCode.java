package dev.godwit.wire;

/** The numbers of the kinds of entries in {@code Column.kinds}. */
final class ValueCode {

    static final int NULL = 0;
    static final int INTEGER = 1;
    static final int REAL = 2;
    static final int TEXT = 3;
    static final int BLOB = 4;
    /** A TEXT that is a UUID in canonical lower case, sent as 16 bytes. */
    static final int UUID = 5;

    /** Bits of a run that hold the kind; the length is above them. */
    static final int BITS = 3;

    private ValueCode() {}
}
