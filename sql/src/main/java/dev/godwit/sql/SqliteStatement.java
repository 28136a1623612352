package dev.godwit.sql;

/**
 * A compiled statement: bind, step, read columns, reset. Parameters and columns both count from 1 and 0 respectively, as
 * in SQLite's own API. Bindings survive {@link #reset()}.
 */
public interface SqliteStatement extends AutoCloseable {

    /** SQLite's storage classes. */
    enum Type {
        NULL,
        INTEGER,
        REAL,
        TEXT,
        BLOB
    }

    /** Binds NULL to the parameter; the first is 1. */
    void bindNull(int parameter);

    /** Binds an integer. */
    void bindLong(int parameter, long value);

    /** Binds a real. */
    void bindDouble(int parameter, double value);

    /** Binds a text. */
    void bindText(int parameter, String value);

    /** Binds a blob. */
    void bindBlob(int parameter, byte[] value);

    /** How many parameters the statement has. */
    int parameterCount();

    /**
     * Goes to the next row, or runs a statement that returns none.
     *
     * @return true if there is a row
     * @throws SqliteException if it fails; the statement is reset then, and to run it again, bind every parameter again
     */
    boolean step();

    /** Makes the statement ready to run again; keeps the bindings. */
    void reset();

    /** How many columns a row has; 0 for a statement that returns none. */
    int columnCount();

    /** The name of a column; the first is 0. */
    String columnName(int column);

    /** The storage class of a value of the current row. */
    Type columnType(int column);

    /** An integer of the current row; 0 for NULL. */
    long columnLong(int column);

    /** A real of the current row. */
    double columnDouble(int column);

    /** A text of the current row; empty for NULL. */
    String columnText(int column);

    /** A blob of the current row; empty for NULL. */
    byte[] columnBlob(int column);

    @Override
    void close();
}
