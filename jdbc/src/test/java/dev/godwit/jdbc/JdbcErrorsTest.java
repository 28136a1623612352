package dev.godwit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.core.DB;

/** The driver's errors, each made as the driver makes it; what {@code sql} promises is in the contract in {@code testing}. */
class JdbcErrorsTest {

    @ParameterizedTest
    @CsvSource({
        "SQLITE_ERROR, ERROR",
        "SQLITE_ERROR_SNAPSHOT, ERROR",
        "SQLITE_LOCKED, ERROR",
        "SQLITE_MISUSE, ERROR",
        "SQLITE_TOOBIG, ERROR",
        "SQLITE_NOMEM, NOMEM",
        "SQLITE_SCHEMA, ERROR",
        "SQLITE_AUTH, ERROR",
        "UNKNOWN_ERROR, ERROR",
        "SQLITE_BUSY, BUSY",
        "SQLITE_BUSY_SNAPSHOT, BUSY",
        "SQLITE_BUSY_RECOVERY, BUSY",
        "SQLITE_INTERRUPT, INTERRUPT",
        "SQLITE_IOERR, IOERR",
        "SQLITE_IOERR_FSYNC, IOERR",
        "SQLITE_IOERR_SHORT_READ, IOERR",
        "SQLITE_CORRUPT, CORRUPT",
        "SQLITE_CORRUPT_VTAB, CORRUPT",
        "SQLITE_FULL, FULL",
        "SQLITE_CANTOPEN, CANTOPEN",
        "SQLITE_CANTOPEN_ISDIR, CANTOPEN",
        "SQLITE_READONLY, READONLY",
        "SQLITE_READONLY_DBMOVED, READONLY",
        "SQLITE_NOTADB, NOTADB",
        "SQLITE_MISMATCH, CONSTRAINT_OTHER",
        "SQLITE_CONSTRAINT, CONSTRAINT_OTHER",
        "SQLITE_CONSTRAINT_VTAB, CONSTRAINT_OTHER",
        "SQLITE_CONSTRAINT_COMMITHOOK, CONSTRAINT_OTHER",
        "SQLITE_CONSTRAINT_CHECK, CONSTRAINT_CHECK",
        "SQLITE_CONSTRAINT_NOTNULL, CONSTRAINT_NOTNULL",
        "SQLITE_CONSTRAINT_UNIQUE, CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_ROWID, CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY, CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_FOREIGNKEY, CONSTRAINT_FOREIGNKEY",
        "SQLITE_CONSTRAINT_TRIGGER, CONSTRAINT_TRIGGER",
        "SQLITE_CONSTRAINT_DATATYPE, CONSTRAINT_DATATYPE"
    })
    void codeIsSqlitesOwn(SQLiteErrorCode driver, SqliteCode ours) {
        assertThat(JdbcErrors.translate(DB.newSQLException(driver.code, "message"))
                        .code())
                .isEqualTo(ours);
    }

    @ParameterizedTest
    @EnumSource(value = SQLiteErrorCode.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN_ERROR")
    void messageIsSqlitesOwnWithoutTheDriversWords(SQLiteErrorCode code) {
        SQLException decorated = DB.newSQLException(code.code, "what (SQLite) says:\nnear \")\"");
        assertThat(decorated.getMessage()).as("the driver decorates").contains(code.name());
        SqliteException plain = JdbcErrors.translate("a.db: ", decorated);
        assertThat(plain).hasMessage("a.db: what (SQLite) says:\nnear \")\"").hasCause(decorated);
    }

    @Test
    void errorThatIsNotSqlitesKeepsItsWords() {
        SqliteException other = JdbcErrors.translate(new SQLException("[SQLITE] is (not) at fault"));
        assertThat(other.code()).isEqualTo(SqliteCode.ERROR);
        assertThat(other).hasMessage("[SQLITE] is (not) at fault");
    }
}
