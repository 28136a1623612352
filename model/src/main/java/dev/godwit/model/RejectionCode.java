package dev.godwit.model;

/** Why the server refused a transaction. The numbers are part of the protocol and never change their meaning. */
public enum RejectionCode {
    /** A CHECK of the schema is not met. */
    CHECK(1),
    /** A column that must not be NULL is NULL. */
    NOT_NULL(2),
    /** Another row holds this value of a UNIQUE key. */
    UNIQUE(3),
    /** A REFERENCES clause is not met: a parent is missing, or a row still has children. */
    REFERENCES(4),
    /** A value is of a type that its column does not take. */
    TYPE(5),
    /** A row, a value or the transaction is larger than the server allows. */
    SIZE(6),
    /** The token does not grant a scope, or does not grant writing to it. */
    RIGHT(7),
    /** Another device inserted a different row under the same key (H12). */
    KEY_CLASH(8),
    /** The transaction changes a row that does not exist and never did. */
    NO_SUCH_ROW(9),
    /** The server's schema has no such table or column. */
    UNKNOWN_NAME(10),
    /** An earlier transaction that this one builds on was refused (H11). */
    DEPENDS_ON(11),
    /** The server decided this sequence before, and no longer knows how (H2). */
    UNKNOWN_OUTCOME(12),
    /** The transaction cannot be read. */
    MALFORMED(13),
    /** The row's scope column holds no usable name of a scope. */
    SCOPE(14),
    /** A validator of the application refused it. */
    VALIDATOR(15),
    /** A resolver of the application failed, took too long, or is missing. */
    RESOLVER(16),
    /** The transaction writes a column that devices cannot write, or a table that only the server fills. */
    READ_ONLY(17);

    private final int number;

    RejectionCode(int number) {
        this.number = number;
    }

    /** The protocol's number of this code. */
    public int number() {
        return number;
    }

    /** The code of this number; {@link #MALFORMED} for one that a newer server may know. */
    public static RejectionCode ofNumber(int number) {
        for (RejectionCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return MALFORMED;
    }
}
