package dev.godwit.sql;

/** Opens SQLite databases. Safe for use by many threads. */
public interface SqliteDriver {

    /**
     * Opens a database.
     *
     * @throws SqliteException if it cannot be opened or is no database
     */
    SqliteConnection open(SqliteOptions options);
}
