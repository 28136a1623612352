package dev.godwit.jdbc;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite's errors out of JDBC's. */
final class JdbcErrors {
    private JdbcErrors() {}

    static SqliteException translate(SQLException e) {
        return translate("", e);
    }

    static SqliteException translate(String prefix, SQLException e) {
        SqliteCode code = e instanceof SQLiteException sqlite ? code(sqlite.getResultCode()) : SqliteCode.ERROR;
        return new SqliteException(code, prefix + message(e), e);
    }

    /** The driver decorates messages: {@code [SQLITE_BUSY] The database file is locked (database is locked)}. */
    private static String message(SQLException e) {
        String message = String.valueOf(e.getMessage());
        String decoration = e instanceof SQLiteException sqlite ? sqlite.getResultCode() + " (" : "";
        return !decoration.isEmpty() && message.startsWith(decoration) && message.endsWith(")")
                ? message.substring(decoration.length(), message.length() - 1)
                : message;
    }

    private static SqliteCode code(SQLiteErrorCode code) {
        return switch (code) {
            case SQLITE_CONSTRAINT_CHECK -> SqliteCode.CONSTRAINT_CHECK;
            case SQLITE_CONSTRAINT_NOTNULL -> SqliteCode.CONSTRAINT_NOTNULL;
            case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_ROWID -> SqliteCode.CONSTRAINT_UNIQUE;
            case SQLITE_CONSTRAINT_PRIMARYKEY -> SqliteCode.CONSTRAINT_PRIMARYKEY;
            case SQLITE_CONSTRAINT_FOREIGNKEY -> SqliteCode.CONSTRAINT_FOREIGNKEY;
            case SQLITE_CONSTRAINT_TRIGGER -> SqliteCode.CONSTRAINT_TRIGGER;
            case SQLITE_CONSTRAINT_DATATYPE -> SqliteCode.CONSTRAINT_DATATYPE;
            default -> byName(code.name());
        };
    }

    private static SqliteCode byName(String name) {
        for (SqliteCode candidate : SqliteCode.values()) {
            if (candidate != SqliteCode.ERROR && name.startsWith("SQLITE_" + candidate.name())) {
                return candidate;
            }
        }
        return name.startsWith("SQLITE_CONSTRAINT") || name.startsWith("SQLITE_MISMATCH")
                ? SqliteCode.CONSTRAINT_OTHER
                : SqliteCode.ERROR;
    }
}
