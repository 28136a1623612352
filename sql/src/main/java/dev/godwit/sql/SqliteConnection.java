package dev.godwit.sql;

/** A connection to one database. Not safe for use by two threads at once, except {@link #interrupt()}. */
public interface SqliteConnection extends AutoCloseable {

    /**
     * Compiles one statement. The caller closes it; closing the connection closes what is left.
     *
     * @throws SqliteException if the SQL does not compile, or holds a second statement
     */
    SqliteStatement prepare(String sql);

    /**
     * Runs a script of any number of statements, without parameters, and ignores rows they return.
     *
     * @throws SqliteException on the first that fails; those before it stay done
     */
    void execute(String script);

    /** Rows changed by the last INSERT, UPDATE or DELETE, without those of triggers: SQLite's {@code changes()}. */
    long changes();

    /** Whether a transaction is open. */
    boolean inTransaction();

    /** Makes a running statement of this connection fail with {@link SqliteCode#INTERRUPT}. Any thread may call it. */
    void interrupt();

    @Override
    void close();
}
