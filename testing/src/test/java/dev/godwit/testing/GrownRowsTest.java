package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values and rows that grow beyond what a reader takes though each write was within it: the last one is refused, and all go on. */
@Timeout(60)
class GrownRowsTest {
    private static final String WIDE = "create table wide (id integer primary key, team text scope not null,"
            + " a text, b text, c text, d text);";

    @TempDir
    Path folder;

    private Fleet fleet(String schema, Limits limits) {
        return new Fleet(folder.resolve("fleet"), schema, limits);
    }

    private static void refused(Fleet.Member member, String... words) {
        SyncResult result = member.sync();
        assertThat(result.isSynced()).as(result.toString()).isTrue();
        assertThat(member.db.outbox())
                .singleElement()
                .satisfies(entry -> assertThat(entry.reason()).contains(words));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            merged_text  |    | xxxxxxxxxxxxxxxxxxxx     | yyyyyyyyyyyyyyyyyyyy
            merged_text  |    | ääääääääääää             | öööööööööööö
            add_wins_set | [] | ["xxxxxxxxxxxxxxxx"]     | ["yyyyyyyyyyyyyyyy"]
            merged_json  | {} | {"a":"xxxxxxxxxxxxxxxx"} | {"b":"yyyyyyyyyyyyyyyy"}
            """)
    void whatTwoDevicesAddIsRefusedWhereItIsTooMuchForOneValue(String word, String none, String x, String y) {
        String schema = "create table doc (id integer primary key, team text scope not null, body text " + word + ");";
        try (Fleet fleet = fleet(schema, TestLimits.with("valueBytes", 36))) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run("insert into doc values (1, 'red', ?)", none == null ? "" : none);
            a.synced();
            b.synced();
            a.run("update doc set body = ?", x);
            b.run("update doc set body = ?", y);
            a.synced();
            refused(b, "Column body of doc, row 1", "bytes", "valueBytes = 36");
            a.synced();
            fleet.device("c", "red").synced();
            assertThat(fleet.onServer("select body from doc")).containsExactly("['" + x + "']");
        }
    }

    @Test
    void aNameThatGetsANumberIsRefusedWhereThatMakesItTooLong() {
        String schema = "create table doc (id integer primary key, team text scope not null, name text unique);"
                + " insert into godwit_policy values ('doc', null, 'unique', 'rename');";
        try (Fleet fleet = fleet(schema, TestLimits.with("valueBytes", 36))) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run("insert into doc values (1, 'red', ?)", "x".repeat(34));
            b.run("insert into doc values (2, 'red', ?)", "x".repeat(34));
            a.synced();
            refused(b, "Column name of doc, row 2", "38 bytes", "valueBytes = 36");
        }
    }

    @Test
    void aRowThatGrowsByAColumnInEachTransactionIsRefusedBeforeNoFrameCarriesIt() {
        try (Fleet fleet = fleet(WIDE, TestLimits.with("transactionBytes", 2_000, "pageBytes", 10))) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into wide (id, team) values (1, 'red')");
            a.synced();
            a.run("update wide set a = ?", "a".repeat(900));
            a.synced();
            a.run("update wide set b = ?", "b".repeat(900));
            a.synced();
            a.run("update wide set c = ?", "c".repeat(901));
            refused(a, "Column c of wide, row 1", "the largest of a row that would hold 2713 bytes", "= 2000");
            fleet.device("c", "red").synced();
            assertThat(fleet.onServer("select length(a), length(b), length(c) from wide"))
                    .containsExactly("[900, 900, NULL]");
        }
    }

    @Test
    void aRowThatIsTooLargeAlreadyMayBecomeSmaller() {
        try (Fleet fleet = fleet(WIDE, TestLimits.with("transactionBytes", 2_000, "pageBytes", 200))) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into wide values (1, 'red', ?, '', '', '')", "a".repeat(1_500));
            a.synced();
            fleet.operator("update wide set b = printf('%01000d', 0)");
            a.synced();
            a.run("update wide set a = 'short', d = 'said'");
            a.synced();
            assertThat(a.db.outbox()).isEmpty();
            assertThat(fleet.onServer("select length(a), length(b), d from wide"))
                    .containsExactly("[5, 1000, 'said']");
        }
    }
}
