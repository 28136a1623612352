package dev.godwit.model;

/** What a column of a {@link RowBlock} holds. */
public enum ColumnRole {
    /** A part of the primary key. */
    KEY,
    /** The value to be written. */
    SET,
    /** A delta to be added: an integer, never NULL. Upwards only; a pull sends the sum as SET. */
    ADD
}
