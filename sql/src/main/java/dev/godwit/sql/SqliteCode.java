package dev.godwit.sql;

/** The result codes of SQLite that Godwit tells apart; the names are SQLite's own. */
public enum SqliteCode {
    ERROR,
    BUSY,
    INTERRUPT,
    NOMEM,
    IOERR,
    CORRUPT,
    FULL,
    CANTOPEN,
    READONLY,
    NOTADB,
    CONSTRAINT_CHECK,
    CONSTRAINT_NOTNULL,
    CONSTRAINT_UNIQUE,
    CONSTRAINT_PRIMARYKEY,
    CONSTRAINT_FOREIGNKEY,
    CONSTRAINT_TRIGGER,
    CONSTRAINT_DATATYPE,
    CONSTRAINT_OTHER;

    /** Whether this is one of the constraint codes. */
    public boolean isConstraint() {
        return compareTo(CONSTRAINT_CHECK) >= 0;
    }
}
