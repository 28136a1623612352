package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database with more rows than one transaction takes over, under keys of every kind. */
class AttachedRowsTest {
    private static final int ROWS = 25_000;
    private static final String SCHEMA = """
            create table plain (id integer primary key, team text scope not null);
            create table folded (id text collate nocase primary key, team text scope not null);
            create table pair (a text collate nocase, b integer, team text scope not null, plain integer references plain (id),
              primary key (b, a)) without rowid;
            """;

    @TempDir
    Path folder;

    @Test
    void rowsUnderKeysOfEveryKindAreTakenOverOnceEach() {
        Path file = folder.resolve("fleet").resolve("a.db");
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            try (SqliteConnection existing = Fleet.DRIVER.open(SqliteOptions.of(file.toString()))) {
                existing.execute(SCHEMA.replace("text scope", "text"));
                existing.execute(
                        "begin; with recursive n(i) as (select 0 union all select i + 1 from n where i < " + (ROWS - 1)
                                + ") insert into plain select i * 7919 % " + ROWS + " - 12500, 'red' from n;"
                                + "insert into folded select case when id % 2 then 'Key' else 'kEY' end || id, 'red' from plain;"
                                + "insert into pair select case when id % 3 then 'x' else 'Y' end || (id + 12500), id / 5000, 'red', id"
                                + " from plain; commit");
            }
            Fleet.Member a = fleet.device("a", "red");
            assertThat(a.one("select count(*) from godwit_pending")).isEqualTo("9");
            assertThat(a.one("select sum(rows) from godwit_pending")).isEqualTo(String.valueOf(3 * ROWS));
            a.synced();
            for (String sql : List.of(
                    "select count(*), count(distinct id), sum(id) from plain",
                    "select count(*), count(distinct id), sum(substr(id, 4)), max(id collate binary) from folded",
                    "select count(*), sum(b), sum(substr(a, 2)), count(distinct plain), max(a collate binary) from pair")) {
                assertThat(fleet.onServer(sql)).isEqualTo(a.all(sql));
                assertThat(fleet.onServer(sql).get(0)).startsWith("[" + ROWS + ",");
            }
        }
    }
}
