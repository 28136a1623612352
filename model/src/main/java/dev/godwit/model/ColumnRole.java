package dev.godwit.model;

/** What a column of a {@link RowBlock} holds. */
public enum ColumnRole {
    /** A part of the primary key. */
    KEY,
    /** The value to be written. */
    SET,
    /** A delta to be added: an integer, never NULL. Upwards only; a pull sends the sum as SET. */
    ADD,
    /** What a counter is set to whatever it was: an integer, never NULL; the column's BASE says what it was. Upwards only. */
    RESET,
    /** Edits of a text, as {@code merge} encodes them: a blob, never NULL. Downwards what everybody did since the checkpoint. */
    EDIT,
    /**
     * The value that the SET or RESET of the same column replaced on the device, for merging. Upwards only; stands behind all
     * others, and names a column that one of them names. Of the key of a new row: the one under which it was sealed, see
     * {@link RowBlock#namesSealedKeys}.
     */
    BASE;

    /** Whether a column of this role changes the cell. */
    public boolean writes() {
        return this != KEY && this != BASE;
    }
}
