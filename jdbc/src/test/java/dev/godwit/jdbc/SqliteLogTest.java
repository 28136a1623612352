package dev.godwit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteLog;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.sql.SqliteStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log is settled for is seen where syncs fail and the power goes: {@code PowerCutTest} of the proof. */
class SqliteLogTest {
    private static final JdbcSqlite DRIVER = new JdbcSqlite();
    private static final int ROWS = 500;

    @TempDir
    Path folder;

    private Path database;
    private Path log;

    /** A file and its log as a process leaves them that dies. */
    @BeforeEach
    void leaveALog() throws IOException {
        Path alive = folder.resolve("alive.db");
        database = folder.resolve("left.db");
        log = folder.resolve("left.db-wal");
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(alive.toString()))) {
            connection.execute("create table t (n, text)");
            for (int i = 0; i < ROWS; i++) {
                connection.execute("insert into t values (" + i + ", '" + "x".repeat(i * 7) + "')");
            }
            Files.copy(alive, database);
            Files.copy(folder.resolve("alive.db-wal"), log);
        }
        assertThat(log)
                .as("more than is written at once")
                .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(1 << 20));
    }

    @Test
    void aLogIsTheSameAfterwardsAndInTheDatabase() throws IOException {
        byte[] before = Files.readAllBytes(log);
        try (SqliteConnection connection = DRIVER.open(SqliteOptions.of(database.toString()))) {
            SqliteLog.settle(connection);
            assertThat(Files.readAllBytes(log)).isEqualTo(before);
            assertThat(connection.inTransaction()).isFalse();
            Files.copy(database, folder.resolve("without-log.db"));
        }
        try (SqliteConnection copy =
                DRIVER.open(SqliteOptions.of(folder.resolve("without-log.db").toString()))) {
            assertThat(number(copy, "select count(*) from t")).isEqualTo(ROWS);
        }
    }

    @Test
    void whileAnotherWritesNothingIsTouched() throws IOException {
        try (SqliteConnection other = DRIVER.open(SqliteOptions.of(database.toString()));
                SqliteConnection connection =
                        DRIVER.open(new SqliteOptions(database.toString(), false, true, Durability.FULL, 0))) {
            other.execute("begin immediate");
            byte[] before = Files.readAllBytes(database);
            assertThatThrownBy(() -> SqliteLog.settle(connection))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(SqliteCode.BUSY));
            assertThat(Files.readAllBytes(database)).isEqualTo(before);
            other.execute("insert into t values (-1, ''); commit");
            SqliteLog.settle(connection);
            assertThat(number(connection, "select count(*) from t")).isEqualTo(ROWS + 1);
        }
    }

    @Test
    void aDatabaseWithoutALogIsLeftAlone() {
        try (SqliteConnection memory = DRIVER.open(SqliteOptions.of(":memory:"));
                SqliteConnection anew =
                        DRIVER.open(SqliteOptions.of(folder.resolve("new.db").toString()))) {
            SqliteLog.settle(memory);
            SqliteLog.settle(anew);
        }
        assertThat(folder.resolve("-wal")).doesNotExist();
    }

    private static long number(SqliteConnection connection, String sql) {
        try (SqliteStatement statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnLong(0);
        }
    }
}
