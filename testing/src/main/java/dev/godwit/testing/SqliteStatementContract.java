package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteDriver;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@code sql} does with statements, scripts and transactions. */
public abstract class SqliteStatementContract {
    @TempDir
    Path folder;

    private SqliteConnection db;

    /** The driver under test. */
    protected abstract SqliteDriver driver();

    @BeforeEach
    void open() {
        db = driver().open(SqliteOptions.of(file()));
        db.execute("create table kept (x); create table item (id integer primary key, name text unique)");
    }

    @AfterEach
    void close() {
        db.close();
    }

    private String file() {
        return folder.resolve("contract.db").toString();
    }

    private static List<String> all(SqliteConnection connection, String sql) {
        List<String> rows = new ArrayList<>();
        try (SqliteStatement select = connection.prepare(sql)) {
            while (select.step()) {
                rows.add(select.columnText(0));
            }
        }
        return rows;
    }

    @Test
    void parametersAreCountedAsSqliteDoes() {
        for (var expected : java.util.Map.of(
                        "select 1", 0, "select ?, ?", 2, "select ?1, ?1", 1, "select ?3", 3, "select :a, :b, :a", 2)
                .entrySet()) {
            try (SqliteStatement statement = db.prepare(expected.getKey())) {
                assertThat(statement.parameterCount()).as(expected.getKey()).isEqualTo(expected.getValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into kept values (1); insert into kept values (2)",
                "select ';'; drop table kept",
                "select 1 -- ; no\n; select 2",
                "select 1;;\n/* ; */ [kept]",
                "create table t (x); create trigger r after insert on t begin select 1; end"
            })
    void secondStatementIsRefusedAndTheFirstDoesNotRun(String sql) {
        assertThatThrownBy(() -> db.prepare(sql))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("more than one statement");
        assertThat(all(db, "select count(*) from kept")).containsExactly("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 'a;b';",
                "select 1 ; -- done; really",
                "select \"x;y\" from (select 1 as \"x;y\");/* ; */\n;",
                " CREATE TEMP TRIGGER r after insert on kept begin select 1; select 2; end"
            })
    void semicolonsWithinOneStatementAreNoSecondOne(String sql) {
        try (SqliteStatement statement = db.prepare(sql)) {
            statement.step();
        }
    }

    @Test
    void parameterThatDoesNotExistIsRefused() {
        try (SqliteStatement statement = db.prepare("select ?")) {
            assertThatThrownBy(() -> statement.bindLong(0, 1)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> statement.bindLong(2, 1)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void parameterThatIsNotBoundIsNull() {
        try (SqliteStatement statement = db.prepare("select ?1, ?2")) {
            assertThat(statement.step()).isTrue();
            assertThat(statement.columnType(0)).isEqualTo(SqliteStatement.Type.NULL);
            statement.reset();
            statement.bindLong(2, 7);
            assertThat(statement.step()).isTrue();
            assertThat(statement.columnType(0)).isEqualTo(SqliteStatement.Type.NULL);
            assertThat(statement.columnLong(1)).isEqualTo(7);
        }
    }

    @Test
    void bindingsSurviveAResetAndAreChangedOneByOne() {
        try (SqliteStatement select = db.prepare("select ? || ?")) {
            select.bindText(1, "a");
            select.bindText(2, "b");
            List<String> seen = new ArrayList<>();
            for (String second : List.of("b", "c", "d")) {
                select.bindText(2, second);
                assertThat(select.step()).isTrue();
                seen.add(select.columnText(0));
                select.reset();
            }
            assertThat(seen).containsExactly("ab", "ac", "ad");
        }
    }

    @Test
    void statementThatFailsMayRunAgain() {
        try (SqliteStatement insert = db.prepare("insert into item values (?, ?)")) {
            insert.bindLong(1, 1);
            insert.bindText(2, "a");
            insert.step();
            insert.reset();
            assertThatThrownBy(insert::step).isInstanceOf(SqliteException.class);
            insert.bindLong(1, 2);
            insert.bindText(2, "b");
            insert.step();
        }
        assertThat(all(db, "select name from item order by id")).containsExactly("a", "b");
    }

    @Test
    void statementWhoseExpressionCannotBeComputedMayRunAgain() {
        db.execute("create table number (n integer check (abs(n) >= 0))");
        try (SqliteStatement insert = db.prepare("insert into number values (?)")) {
            insert.bindLong(1, Long.MIN_VALUE);
            assertThatThrownBy(insert::step).isInstanceOf(SqliteException.class).hasMessage("integer overflow");
            insert.reset();
            insert.bindLong(1, 7);
            insert.step();
        }
        assertThat(all(db, "select n from number")).containsExactly("7");
    }

    @Test
    void writtenRowsAreReturnedWhereTheStatementSaysSo() {
        try (SqliteStatement insert = db.prepare("insert into item (name) values ('a'), ('b') returning id, name")) {
            assertThat(insert.columnCount()).isEqualTo(2);
            assertThat(insert.step()).isTrue();
            assertThat(insert.columnLong(0)).isEqualTo(1);
            insert.reset();
        }
        assertThat(all(db, "select name from item order by id"))
                .as("written whole by the first step")
                .containsExactly("a", "b");
        try (SqliteStatement insert = db.prepare("insert into item (name) values ('c')")) {
            assertThat(insert.columnCount()).isZero();
        }
    }

    @Test
    void resetInTheMiddleEndsTheReading() {
        db.execute("insert into item values (1, 'a'), (2, 'b')");
        try (SqliteStatement select = db.prepare("select * from item")) {
            assertThat(select.step()).isTrue();
            assertThatThrownBy(() -> db.execute("drop table item")).isInstanceOf(SqliteException.class);
            select.reset();
            db.execute("drop table item");
        }
    }

    @Test
    void statementsReadAndWriteInTurns() {
        db.execute("insert into item values (1, 'a'), (2, 'b'), (3, 'c')");
        try (SqliteStatement select = db.prepare("select id from item where id < 10 order by id");
                SqliteStatement insert = db.prepare("insert into item values (?, ?)")) {
            while (select.step()) {
                insert.bindLong(1, select.columnLong(0) + 10);
                insert.bindText(2, "copy " + select.columnLong(0));
                insert.step();
                insert.reset();
            }
        }
        assertThat(all(db, "select count(*) from item")).containsExactly("6");
    }

    @Test
    void statementFollowsAChangedSchema() {
        try (SqliteStatement select = db.prepare("select * from item")) {
            assertThat(select.step()).isFalse();
            select.reset();
            db.execute("alter table item add column more text default 'x'; insert into item (id) values (1)");
            assertThat(select.step()).isTrue();
            assertThat(select.columnText(2)).isEqualTo("x");
        }
    }

    @Test
    void scriptRunsWholeOrToItsFirstError() {
        db.execute("""
                -- a comment; with a semicolon
                create table s (x text default ';');
                create trigger t after insert on s begin insert into kept values (new.x); insert into kept values (1); end;
                insert into s default values; select 'rows are ignored' from s;
                """);
        assertThat(all(db, "select x from kept order by rowid")).containsExactly(";", "1");
        assertThatThrownBy(() -> db.execute(
                        "insert into kept values (2); insert into nowhere values (3); insert into kept values (4)"))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("nowhere");
        assertThat(all(db, "select x from kept order by rowid")).containsExactly(";", "1", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ";", ";;\n", "-- nothing", "/* nothing */"})
    void emptyScriptDoesNothing(String script) {
        db.execute(script);
        assertThat(db.inTransaction()).isFalse();
    }

    @Test
    void changesAreThoseOfTheLastStatementWithoutItsTriggers() {
        db.execute("create trigger t after insert on item begin insert into kept values (1), (2), (3); end");
        db.execute("insert into item values (1, 'a'), (2, 'b')");
        assertThat(db.changes()).isEqualTo(2);
        try (SqliteStatement update = db.prepare("update item set name = name || '!' where id >= ?")) {
            update.bindLong(1, 2);
            update.step();
            assertThat(db.changes()).isEqualTo(1);
            update.reset();
            update.bindLong(1, 9);
            update.step();
            assertThat(db.changes()).isZero();
        }
        db.execute("delete from item");
        assertThat(db.changes()).isEqualTo(2);
    }

    @Test
    void openTransactionIsTold() {
        assertThat(db.inTransaction()).isFalse();
        for (String script : List.of("begin", "begin immediate", "begin exclusive", "savepoint s")) {
            db.execute(script);
            assertThat(db.inTransaction()).as(script).isTrue();
            db.execute("insert into kept values (1)");
            assertThat(db.inTransaction()).as("asking changes nothing").isTrue();
            db.execute("rollback");
            assertThat(db.inTransaction()).as(script).isFalse();
        }
        assertThat(all(db, "select x from kept")).isEmpty();
        db.execute("begin; insert into item values (1, 'a')");
        assertThatThrownBy(() -> db.execute("insert into item values (1, 'b')")).isInstanceOf(SqliteException.class);
        assertThat(db.inTransaction()).as("an error does not end it").isTrue();
        assertThatThrownBy(() -> db.execute("insert or rollback into item values (1, 'b')"))
                .isInstanceOf(SqliteException.class);
        assertThat(db.inTransaction()).as("unless it says so").isFalse();
    }

    @Test
    void askingForATransactionDoesNotDisturbAReader() {
        db.execute("insert into item values (1, 'a'), (2, 'b')");
        try (SqliteStatement select = db.prepare("select name from item order by id")) {
            assertThat(select.step()).isTrue();
            assertThat(db.inTransaction()).as("a reader alone is none").isFalse();
            assertThat(select.step()).isTrue();
            assertThat(select.columnText(0)).isEqualTo("b");
        }
    }

    @Test
    void transactionIsSeenWholeByOthersAfterItsCommit() {
        try (SqliteConnection other = driver().open(SqliteOptions.of(file()).reading())) {
            db.execute(
                    "begin; insert into item values (1, 'a'); savepoint s; insert into item values (2, 'b'); rollback to s");
            assertThat(all(other, "select id from item")).isEmpty();
            assertThat(all(db, "select id from item")).containsExactly("1");
            db.execute("insert into item values (3, 'c'); commit");
            assertThat(all(other, "select id from item")).containsExactly("1", "3");
        }
        db.execute("begin; create table gone (x); rollback");
        assertThat(all(db, "select name from sqlite_master where name = 'gone'"))
                .isEmpty();
    }

    @Test
    void openStatementKeepsItsSnapshot() {
        db.execute("insert into item values (1, 'a'), (2, 'b'), (3, 'c')");
        try (SqliteConnection other = driver().open(SqliteOptions.of(file()).reading());
                SqliteStatement select = other.prepare("select id from item order by id")) {
            assertThat(select.step()).isTrue();
            db.execute("delete from item");
            assertThat(select.step()).isTrue();
            assertThat(select.columnLong(0)).isEqualTo(2);
            select.reset();
            assertThat(select.step()).as("the next reading sees the delete").isFalse();
        }
    }
}
