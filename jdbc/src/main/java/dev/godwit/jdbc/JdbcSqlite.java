package dev.godwit.jdbc;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.SQLiteConnection;

/** Opens SQLite databases through the SQLite JDBC driver. Safe for use by many threads. */
public final class JdbcSqlite implements SqliteDriver {
    /** 16 MB of log. Pages that every commit writes, as an outbox has them, then reach the database once, not often. */
    private static final int CHECKPOINT_PAGES = 4_000;

    @Override
    public SqliteConnection open(SqliteOptions options) {
        Properties properties = new Properties();
        // else the driver asks for the last row id after each statement, which costs more than many statements do
        properties.setProperty("jdbc.get_generated_keys", "false");
        if (options.readOnly()) {
            properties.setProperty("open_mode", "1");
        }
        JdbcConnection connection;
        try {
            connection = new JdbcConnection(
                    (SQLiteConnection) DriverManager.getConnection("jdbc:sqlite:" + options.path(), properties));
        } catch (SQLException e) {
            throw JdbcErrors.translate(options.path() + ": ", e);
        }
        try {
            configure(connection, options);
            return connection;
        } catch (SqliteException e) {
            connection.close();
            String mend = e.code() == SqliteCode.NOTADB
                    ? "; give the path of a database, or of a file that is not there yet"
                    : "";
            throw new SqliteException(e.code(), options.path() + ": " + e.getMessage() + mend, e);
        }
    }

    private static void configure(SqliteConnection connection, SqliteOptions options) {
        connection.execute("pragma busy_timeout = " + options.busyMillis());
        // the first read of the file: fails here if it is no database
        connection.execute("pragma schema_version");
        connection.execute("pragma cache_size = -32000; pragma recursive_triggers = on;"
                + "pragma wal_autocheckpoint = " + CHECKPOINT_PAGES + "; pragma foreign_keys = "
                + (options.foreignKeys() ? "on" : "off"));
        if (!options.readOnly()) {
            if (!options.path().startsWith(":memory:")) {
                connection.execute("pragma journal_mode = wal");
            }
            connection.execute("pragma synchronous = " + options.durability());
        }
    }
}
