package dev.godwit.client;

/**
 * An operating error: something outside the program that a person can mend. The message says what, which, and the next
 * step, and ends in a place in {@code docs/troubleshooting.md}.
 */
public final class GodwitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of error it is. */
    public enum Kind {
        /** The file is not a database that Godwit can open. */
        DATABASE,
        /** The schema does not fit the database or itself. */
        SCHEMA,
        /** A write breaks a limit or a rule of the schema; it was rolled back. */
        WRITE,
        /** What was asked for does not exist or is not in a state that allows it. */
        REQUEST,
        /** The database is closed. */
        CLOSED,
        /** Another process holds what is needed. */
        BUSY
    }

    private final Kind kind;

    /** With a message that already says how to mend it. */
    public GodwitException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** With what caused it. */
    public GodwitException(Kind kind, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message + " (docs/troubleshooting.md#" + kind.name().toLowerCase(java.util.Locale.ROOT) + ")", cause);
        this.kind = kind;
    }

    /** What kind of error it is. */
    public Kind kind() {
        return kind;
    }

    /** Whether the same call may succeed later without a change. */
    public boolean retryable() {
        return kind == Kind.BUSY;
    }
}
