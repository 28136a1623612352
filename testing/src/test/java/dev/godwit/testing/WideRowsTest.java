package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows of many columns, each changed in others: the names of the columns are most of what is sent. */
@Timeout(120)
class WideRowsTest {
    private static final int COLUMNS = 300;
    private static final int ROWS = 600;
    private static final int ROWS_AT_ONCE = 50;

    @TempDir
    Path folder;

    @Test
    void rowsThatChangedInDifferentColumnsCome() {
        String columns = each("c", " text");
        try (Fleet fleet = new Fleet(
                folder.resolve("fleet"),
                "create table wide (id integer primary key, team text scope not null, " + columns + ");")) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run(
                    "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)"
                            + " insert into wide (id, team) select i, 'red' from n",
                    ROWS);
            a.synced();
            b.synced();
            changeEachRowInOthers(a);
            a.synced();
            SyncResult result = b.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            String shown = "select count(c0), count(c150), count(c299), "
                    + each("count(c", ")").replace(", ", " + ") + " from wide";
            assertThat(b.all(shown)).isEqualTo(a.all(shown));
        }
    }

    private static void changeEachRowInOthers(Fleet.Member member) {
        Random random = new Random(1);
        for (int first = 1; first <= ROWS; first += ROWS_AT_ONCE) {
            int from = first;
            member.db.write(tx -> {
                for (int id = from; id < from + ROWS_AT_ONCE; id++) {
                    String some = IntStream.range(0, COLUMNS)
                            .filter(c -> random.nextInt(10) < 6)
                            .mapToObj(c -> "c" + c + " = 'y'")
                            .collect(Collectors.joining(", "));
                    tx.run("update wide set " + some + " where id = ?", id);
                }
            });
        }
    }

    private static String each(String before, String behind) {
        return IntStream.range(0, COLUMNS).mapToObj(c -> before + c + behind).collect(Collectors.joining(", "));
    }
}
