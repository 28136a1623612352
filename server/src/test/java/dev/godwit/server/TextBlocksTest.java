package dev.godwit.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.merge.Splice;
import dev.godwit.merge.SpliceCodec;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import dev.godwit.server.StoreMemory.LoggedEdit;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextBlocksTest {
    private static final SqliteTexts.Text TEXT =
            new SqliteTexts.Text(Value.of(1L), Value.of(new byte[] {1, 2}), Value.of(3L));

    @TempDir
    Path folder;

    /** Everything of an edit, for comparing: it holds an array. */
    private static List<String> said(List<LoggedEdit> edits) {
        return edits.stream()
                .map(e -> e.commit() + " " + e.writer() + " " + e.base() + " " + e.length() + " "
                        + Arrays.toString(e.splices()))
                .toList();
    }

    private static List<LoggedEdit> random(Random random, int count) {
        List<LoggedEdit> edits = new ArrayList<>();
        long commit = random.nextInt(100);
        for (int i = 0; i < count; i++) {
            commit += 1 + random.nextInt(3);
            List<Splice> splices =
                    List.of(new Splice(random.nextInt(50), random.nextInt(3), "x".repeat(random.nextInt(3))));
            edits.add(new LoggedEdit(
                    commit,
                    random.nextInt(4),
                    random.nextInt((int) commit),
                    100 + random.nextInt(50),
                    SpliceCodec.encode(splices)));
        }
        return edits;
    }

    @Test
    void editsComeBackAsTheyWere() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            List<LoggedEdit> edits = random(random, 1 + random.nextInt(60));
            assertThat(said(TextBlocks.decode(TextBlocks.encode(edits))))
                    .as("seed " + seed)
                    .isEqualTo(said(edits));
        }
    }

    @Test
    void whoWritesForDaysOnOneBasePaysForTheLettersOnly() {
        List<LoggedEdit> edits = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            edits.add(new LoggedEdit(7 + i, 1, 5, i, SpliceCodec.encode(List.of(new Splice(i, 0, "a")))));
        }
        assertThat(TextBlocks.encode(edits)).hasSizeLessThan(400);
    }

    @Test
    void aLogIsFewBlocksAndFewLooseEditsAndLosesNothing() {
        try (SqliteConnection connection =
                new JdbcSqlite().open(SqliteOptions.of(folder.resolve("t.db").toString()))) {
            connection.execute(StoreTables.MEMORY_DDL);
            SqliteTexts texts = new SqliteTexts(new SqliteStatements(connection, Map.of(), new UUID(1, 1)));
            List<LoggedEdit> edits = random(new Random(5), 5_000);
            long least = 0;
            long most = 0;
            for (LoggedEdit edit : edits) {
                texts.append(TEXT, edit);
                least = Math.max(least, Sql.number(connection, "select count(*) from godwit_text"));
                most = Math.max(most, Sql.number(connection, "select count(*) from godwit_text_block"));
            }
            assertThat(least).as("loose edits").isBetween(32L, 200L);
            assertThat(most).as("blocks").isBetween(3L, 8L);
            assertThat(said(texts.above(TEXT, 0))).isEqualTo(said(edits));
            long middle = edits.get(2_500).commit();
            assertThat(said(texts.above(TEXT, middle))).isEqualTo(said(edits.subList(2_501, 5_000)));
        }
    }
}
