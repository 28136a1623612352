package dev.godwit.sql;

import org.jspecify.annotations.Nullable;

/** An error that SQLite reported. */
public final class SqliteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final SqliteCode code;

    /** With SQLite's code and its message; the cause is null if the driver found it out itself. */
    public SqliteException(SqliteCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What kind of error it is. */
    public SqliteCode code() {
        return code;
    }

    /** Whether the same statement may succeed later without a change. */
    public boolean retryable() {
        return code == SqliteCode.BUSY || code == SqliteCode.INTERRUPT || code == SqliteCode.FULL;
    }
}
