package dev.godwit.model;

/** What a row of a {@link RowBlock} says. */
public enum RowKind {
    /** Upwards: a new row. Downwards: a whole row, which replaces whatever the device holds under its key. */
    INSERT,
    /** Some columns of a row. */
    UPDATE,
    /** The row is deleted; only the key columns are given. */
    DELETE,
    /** Downwards only: the row has left this scope, and is deleted if the device still holds it there (H4). */
    LEFT
}
