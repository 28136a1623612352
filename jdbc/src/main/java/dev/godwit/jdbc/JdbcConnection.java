package dev.godwit.jdbc;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/**
 * One JDBC connection that is left in auto-commit: transactions are begun and ended in SQL. Statements that were closed wait
 * for the same SQL to come again, since compiling one often costs more than running it.
 */
final class JdbcConnection implements SqliteConnection {
    private final SQLiteConnection connection;
    private final IdleStatements idle = new IdleStatements();

    JdbcConnection(SQLiteConnection connection) {
        this.connection = connection;
    }

    @Override
    public SqliteStatement prepare(String sql) {
        JdbcStatement waiting = idle.take(sql);
        if (waiting != null) {
            return waiting;
        }
        OneStatement.check(sql);
        try {
            return new JdbcStatement(sql, connection::prepareStatement, idle);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void execute(String script) {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public long changes() {
        try {
            return connection.getDatabase().changes();
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public boolean inTransaction() {
        // the driver does not tell; a BEGIN inside a transaction is refused and changes nothing
        checkOpen();
        try {
            execute("begin");
        } catch (SqliteException already) {
            return true;
        }
        execute("rollback");
        return false;
    }

    private void checkOpen() {
        try {
            if (connection.isClosed()) {
                throw new SQLException("the connection is closed");
            }
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void interrupt() {
        try {
            connection.getDatabase().interrupt();
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw JdbcErrors.translate(e);
        }
    }
}
