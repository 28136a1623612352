package dev.godwit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteException;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.sql.SqliteStatement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdleStatementsTest {
    private final SqliteConnection connection = new JdbcSqlite().open(SqliteOptions.of(":memory:"));

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void theSameSqlIsCompiledOnceAndForgetsWhatWasBound() {
        SqliteStatement first = connection.prepare("select ?1, ?2");
        first.bindLong(1, 1);
        first.bindText(2, "bound before");
        assertThat(first.step()).isTrue();
        first.close();
        SqliteStatement again = connection.prepare("select ?1, ?2");
        assertThat(again).isSameAs(first);
        assertThat(again.step()).isTrue();
        assertThat(again.columnType(0)).isEqualTo(SqliteStatement.Type.NULL);
        assertThat(again.columnType(1)).isEqualTo(SqliteStatement.Type.NULL);
    }

    @Test
    void oneThatIsInUseIsNobodyElses() {
        SqliteStatement one = connection.prepare("select 1 union all select 2");
        one.step();
        SqliteStatement other = connection.prepare("select 1 union all select 2");
        assertThat(other).isNotSameAs(one);
        assertThat(other.step()).isTrue();
        assertThat(other.columnLong(0)).isEqualTo(1);
        other.close();
        one.close();
    }

    @Test
    void whoHasClosedItHasItNoMore() {
        SqliteStatement closed = connection.prepare("select 1");
        closed.close();
        closed.close();
        assertThatThrownBy(closed::step).hasMessageContaining("the statement is closed: select 1");
        assertThat(connection.prepare("select 1").step()).isTrue();
    }

    @Test
    void aStarIsReadAnewSinceTheTableMayHaveMoreColumnsByThen() {
        connection.execute("create table t (a); insert into t values (1)");
        connection.prepare("select * from t").close();
        connection.execute("alter table t add column b");
        try (SqliteStatement all = connection.prepare("select * from t")) {
            assertThat(all.step()).isTrue();
            assertThat(all.columnCount()).isEqualTo(2);
        }
    }

    @Test
    void aCountHasAStarAndNoColumnsOfTheTable() {
        connection.execute("create table t (a); insert into t values (1)");
        SqliteStatement counting = connection.prepare("select COUNT(*) from t");
        counting.close();
        assertThat(connection.prepare("select COUNT(*) from t")).isSameAs(counting);
        SqliteStatement both = connection.prepare("select count(*), t.* from t");
        both.close();
        assertThat(connection.prepare("select count(*), t.* from t")).isNotSameAs(both);
    }

    @Test
    void aTableThatIsDroppedAndMadeAnewIsReadAsItIsThen() {
        connection.execute("create table t (a, b); insert into t values (1, 2)");
        connection.prepare("select b from t").close();
        connection.execute("drop table t; create table t (b, a); insert into t values (3, 4)");
        try (SqliteStatement b = connection.prepare("select b from t")) {
            assertThat(b.step()).isTrue();
            assertThat(b.columnLong(0)).isEqualTo(3);
        }
    }

    @Test
    void oneThatFailedIsNotUsedAgain() {
        connection.execute("create table t (a)");
        SqliteStatement of = connection.prepare("select a from t");
        connection.execute("drop table t");
        assertThatThrownBy(of::step).hasMessageContaining("no such table");
        of.close();
        connection.execute("create table t (a); insert into t values (1)");
        try (SqliteStatement again = connection.prepare("select a from t")) {
            assertThat(again.step()).isTrue();
        }
    }

    @Test
    void oneMayBeClosedBehindItsConnection() {
        SqliteStatement one = connection.prepare("select 1");
        one.step();
        connection.close();
        one.close();
        assertThatThrownBy(one::step).isInstanceOf(SqliteException.class);
    }

    @Test
    void theOnesUsedLastAreKeptUpToTheBound() {
        SqliteStatement eldest = connection.prepare("select 0");
        eldest.close();
        SqliteStatement second = connection.prepare("select 1");
        second.close();
        for (int i = 2; i <= IdleStatements.MOST; i++) {
            connection.prepare("select " + i).close();
        }
        assertThat(connection.prepare("select 1")).isSameAs(second);
        assertThat(connection.prepare("select 0")).isNotSameAs(eldest);
    }
}
