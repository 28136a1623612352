package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.GodwitException;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fault 62: values of many mebibytes, up to the limit and one byte over it, as they are by default. */
@Timeout(120)
class LargeValuesTest {
    private static final String SCHEMA = "create table file (id text primary key, team text scope not null, title text,"
            + " data blob, note text merged_text);";

    /** A value counts two bytes besides its own. */
    private static final int MOST = Limits.DEFAULT.valueBytes() - 2;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevices() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void valuesUpToTheLimitComeBackBitForBitOnTheServerAndOnAnotherDevice() {
        byte[] blob = new byte[MOST];
        new Random(62).nextBytes(blob);
        String text = "😀".repeat(MOST / 4) + "é".repeat(MOST % 4 / 2);
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(MOST);
        a.run("insert into file (id, team, title, data) values ('most', 'red', ?, ?)", text, blob);
        List<String> shifted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            // whatever is cut at whatever power of two, it is cut within a character of one of these
            shifted.add("x".repeat(i) + "😀€é".repeat((2 << 20) / 9 + 1));
            a.run("insert into file (id, team, title) values (?, 'red', ?)", "shifted " + i, shifted.get(i));
        }
        a.synced();
        b.synced();
        everywhere("select title, data from file where id = 'most'", Value.of(text), Value.of(blob));
        for (int i = 0; i < 4; i++) {
            everywhere("select title from file where id = 'shifted " + i + "'", Value.of(shifted.get(i)));
        }
    }

    @Test
    void largeValuesThatAreWrittenOverAndEditedAreMergedLikeSmallOnes() {
        String before = "über 2 MiB 😀 ".repeat((2 << 20) / 16);
        byte[] blob = new byte[3 << 20];
        a.run("insert into file values ('1', 'red', 'small', ?, ?)", blob, before);
        a.synced();
        b.synced();
        blob[blob.length - 1] = 1;
        a.run("update file set data = ? where id = '1'", blob);
        a.run("update file set note = 'a' || note where id = '1'");
        b.run("update file set note = note || '😀b', title = ? where id = '1'", before);
        a.synced();
        b.synced();
        a.synced();
        everywhere(
                "select title, data, note from file", Value.of(before), Value.of(blob), Value.of("a" + before + "😀b"));
    }

    @Test
    void oneByteOverTheLimitIsRefusedByNameAndNothingElseIsHarmed() {
        a.run("insert into file (id, team, title) values ('1', 'red', 'as it was')");
        String over = "😀".repeat(MOST / 4) + "é".repeat(MOST % 4 / 2) + "x";
        List<String> before = OverHttp.everything(a.file);
        for (Object value : List.of(new byte[MOST + 1], over, "x".repeat(MOST + 1))) {
            String column = value instanceof byte[] ? "data" : "title";
            assertThatThrownBy(() -> a.db.write(tx -> {
                        tx.run("insert into file (id, team) values ('beside', 'red')");
                        tx.run("update file set " + column + " = ? where id = '1'", value);
                    }))
                    .isInstanceOfSatisfying(
                            GodwitException.class, e -> assertThat(e.kind()).isEqualTo(GodwitException.Kind.WRITE))
                    .hasMessageContaining("table file, key '1', column " + column)
                    .hasMessageContaining("holds about " + (MOST + 3) + " bytes")
                    .hasMessageContaining("the limit valueBytes is " + Limits.DEFAULT.valueBytes())
                    .hasMessageContaining("keep large things in a file of their own")
                    .hasMessageContaining("troubleshooting.md#write");
            assertThat(OverHttp.everything(a.file)).isEqualTo(before);
        }
        a.run("insert into file (id, team, title) values ('2', 'red', 'later')");
        a.synced();
        b.synced();
        everywhere("select group_concat(id || title, ', ' order by id) from file", Value.of("1as it was, 2later"));
    }

    private void everywhere(String sql, Value... row) {
        for (Path file : List.of(a.file, b.file, fleet.server.file())) {
            try (SqliteConnection connection =
                    Fleet.DRIVER.open(SqliteOptions.of(file.toString()).reading())) {
                List<Value[]> rows = Sql.rows(connection, sql);
                assertThat(rows).as(file + ": " + sql).hasSize(1);
                for (int i = 0; i < row.length; i++) {
                    // not by a comparison that prints many mebibytes
                    assertThat(rows.get(0)[i].equals(row[i]))
                            .as(file + ": " + sql + ", column " + i)
                            .isTrue();
                }
            }
        }
    }
}
