package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import dev.godwit.testing.FaultyTransport.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices pull the edits of a text and not the text, wherever both sides know what the edits were made on. */
class TextPullTest {
    private static final long DAY = 24L * 3600 * 1000;
    private static final String SCHEMA =
            "create table note (id text primary key, team text scope not null, title text, body text merged_text);";
    private static final String GROWN = "create table note (id text primary key, team text scope not null, title text,"
            + " body text merged_text, more text merged_text);";
    private static final String EDITS = "1 edits, 0 whole";
    private static final String WHOLE = "0 edits, 1 whole";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;
    private PulledTexts pulled;

    @BeforeEach
    void twoDevicesWithALongText() {
        start(Limits.DEFAULT);
    }

    private void start(Limits limits) {
        fleet = new Fleet(folder.resolve("fleet" + limits.pageRows()), SCHEMA, limits);
        a = fleet.device("a", "red", "blue");
        b = fleet.device("b", "red");
        a.run("insert into note (id, team, title, body) values ('n', 'red', 't', ?)", text(10_000, 1));
        bothSync();
        pulled = new PulledTexts(b, "body", limits);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    /** Words of random letters: gzip makes little of it, as of prose. */
    static String text(int length, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private void bothSync() {
        a.synced();
        b.synced();
        a.synced();
    }

    private static void insert(Fleet.Member device, int at, String what) {
        device.run(
                "update note set body = substr(body, 1, ?) || ? || substr(body, ? + 1) where id = 'n'", at, what, at);
    }

    private void assertSame() {
        bothSync();
        String sql = "select * from note order by id";
        assertThat(a.all(sql)).as("a").isEqualTo(fleet.onServer(sql));
        assertThat(b.all(sql)).as("b").isEqualTo(fleet.onServer(sql));
    }

    @Test
    void oneLetterOfALongTextIsAFewBytes() {
        a.run("update note set body = ?", text(100_000, 7));
        bothSync();
        pulled.next();
        insert(a, 50_000, "x");
        a.synced();
        SyncResult result = b.sync();
        System.out.println("TextPullTest: one letter of 100,000 is " + result.bytesDown() + " bytes down");
        assertThat(result.bytesDown()).isLessThan(250);
        assertThat(result.requests()).isEqualTo(1);
        assertThat(pulled.next()).isEqualTo(EDITS);
        assertSame();
    }

    @Test
    void whatWasTypedInOneGoIsOneSplice() {
        for (int i = 0; i < 40; i++) {
            insert(a, 5_000 + i, "" + (char) ('A' + i % 26));
            a.synced();
        }
        b.synced();
        assertThat(pulled.splices).isEqualTo(1);
        assertThat(pulled.next()).isEqualTo(EDITS);
        assertSame();
    }

    @Test
    void editsOfBothSidesMeetInOneCut() {
        insert(a, 10, "by a");
        insert(b, 9_000, "by b");
        insert(b, 5, "and this");
        a.synced();
        int before = b.transport.exchanges();
        b.synced();
        assertThat(b.transport.exchanges() - before).isEqualTo(1);
        assertThat(pulled.next()).as("made on what b had before its own edits").isEqualTo(EDITS);
        assertThat(b.one("select body from note"))
                .contains("by a")
                .contains("by b")
                .contains("and this");
        assertSame();
    }

    @Test
    void pendingEditsStayWhereTheyWereTyped() {
        a.run("update note set body = ?", "-".repeat(1_000));
        bothSync();
        pulled.next();
        insert(a, 400, "x-");
        a.run("update note set body = replace(body, 'x', '')");
        a.synced();
        // b types while the answer is on its way; comparing the texts would not show where a's hyphen has been put
        b.transport.beforeNextAnswer(() -> {
            insert(b, 500, "|");
            b.transport.fail(new Fault.RequestLost());
        });
        b.sync();
        assertThat(pulled.next()).isEqualTo(EDITS);
        assertThat(b.one("select instr(body, '|') from note")).isEqualTo("502");
        assertSame();
        assertThat(a.one("select instr(body, '|') from note")).isEqualTo("502");
    }

    @Test
    void aDeviceWhoseTextDiffersAsksForItWholeOnce() {
        for (String wrong : List.of("substr(body, 1, 7000) || 'Y' || substr(body, 7002)", "body || 'Y'", "null")) {
            tamper(b, "update note set body = " + wrong);
            insert(a, 5_000, "x");
            a.synced();
            int before = b.transport.exchanges();
            b.synced();
            assertThat(b.transport.exchanges() - before).as(wrong).isEqualTo(2);
            assertThat(pulled.next()).as(wrong).isEqualTo("1 edits, 1 whole");
            assertSame();
            insert(a, 5_000, "z");
            a.synced();
            b.synced();
            assertThat(pulled.next()).as("and the next time edits do").isEqualTo(EDITS);
        }
    }

    @Test
    void aDeviceThatLacksTheRowReadsTheScopeAnew() {
        tamper(b, "delete from note");
        insert(a, 5_000, "x");
        a.synced();
        int before = b.transport.exchanges();
        b.synced();
        assertThat(b.transport.exchanges() - before)
                .as("edits, the text, the scope")
                .isEqualTo(3);
        assertSame();
    }

    /** Changes a device's file behind the engine's back. */
    private static void tamper(Fleet.Member device, String sql) {
        try (SqliteConnection other = new JdbcSqlite().open(SqliteOptions.of(device.file.toString()))) {
            other.execute(
                    "update godwit_control set applying = 1; " + sql + "; update godwit_control set applying = 0");
        }
    }

    @Test
    void operatorsEditsComeAsEdits() {
        fleet.operator("update note set body = 'new ' || substr(body, 1, 500) || 'hand' || substr(body, 503)");
        b.synced();
        assertThat(pulled.next()).isEqualTo(EDITS);
        assertThat(b.all("select body from note")).isEqualTo(fleet.onServer("select body from note"));
        fleet.operator("update note set body = null");
        b.synced();
        assertThat(b.all("select body from note")).containsExactly("[NULL]");
        fleet.operator("update note set body = '" + text(9_000, 2) + "'");
        b.synced();
        assertThat(pulled.next()).isEqualTo(WHOLE);
        assertSame();
    }

    @Test
    void whatIsNotInTheLogIsNoticedByTheServerOrTheDevice() {
        for (String edit : List.of("longer", "A")) {
            insert(a, 2_000, "w");
            a.synced();
            a.run("update note set body = '" + edit + "' || substr(body, 2)");
            a.synced();
            insert(a, 5_000, "x");
            a.synced();
            fleet.operator(
                    "delete from godwit_text where commit_number = (select max(commit_number) - 1 from godwit_text)");
            b.synced();
            assertThat(pulled.next()).as(edit).isEqualTo(edit.equals("longer") ? WHOLE : "1 edits, 1 whole");
            assertSame();
        }
        insert(a, 5_000, "y");
        a.run("update note set body = 'B' || substr(body, 2)");
        a.synced();
        fleet.operator("delete from godwit_text where commit_number = (select max(commit_number) from godwit_text)");
        b.synced();
        assertThat(pulled.next()).as("without the newest edit").isEqualTo(WHOLE);
        insert(a, 5_000, "y");
        a.synced();
        fleet.operator("delete from godwit_text");
        b.synced();
        assertThat(pulled.next()).as("without a log").isEqualTo(WHOLE);
        assertSame();
    }

    @Test
    void aTextThatIsMostlyNewComesWhole() {
        insert(a, 0, text(9_000, 3));
        a.synced();
        b.synced();
        assertThat(pulled.next()).isEqualTo(EDITS);
        a.run("update note set body = ?", text(1_000, 4));
        a.synced();
        b.synced();
        assertThat(pulled.next()).isEqualTo(WHOLE);
        assertSame();
    }

    @Test
    void aRowThatWasAwayComesWhole() {
        a.run("update note set team = 'blue'");
        a.synced();
        a.run("update note set team = 'red'");
        insert(a, 3, "moved");
        a.synced();
        b.synced();
        assertThat(pulled.next()).isEqualTo(WHOLE);
        a.run("delete from note");
        a.synced();
        a.run("insert into note (id, team, body) values ('n', 'red', ?)", text(10_000, 1));
        a.synced();
        insert(a, 3, "again");
        a.synced();
        b.synced();
        assertThat(pulled.next()).isEqualTo(WHOLE);
        assertSame();
    }

    @Test
    void aForgottenLogMeansASnapshotAndOneThatReachesBackDoesNot() {
        fleet.server.restart(options -> options.withRetention(3 * DAY));
        for (int day = 0; day < 8; day++) {
            insert(a, 100 * day, "day " + day);
            a.synced();
            if (day % 2 == 1) {
                b.synced();
                assertThat(pulled.next()).as("day " + day).isEqualTo(EDITS);
            }
            fleet.pass(DAY);
            fleet.server.engine().forget();
        }
        for (int day = 0; day < 8; day++) {
            insert(a, 100 * day, "week " + day);
            a.synced();
            fleet.pass(DAY);
            fleet.server.engine().forget();
        }
        b.synced();
        assertThat(pulled.next()).isEqualTo(WHOLE);
        assertSame();
    }

    @Test
    void checkpointsOfEarlierTimelinesCountAsFarAsTheyAreShared() throws IOException {
        insert(a, 5_000, "before");
        bothSync();
        pulled.next();
        Path backup = fleet.backup();
        insert(a, 6_000, "after a restart");
        a.synced();
        b.synced();
        assertThat(pulled.next()).as("a timeline of before the restart").isEqualTo(EDITS);
        fleet.restore(backup);
        b.synced();
        a.synced();
        assertThat(pulled.next()).as("a checkpoint that this server never gave").isEqualTo(WHOLE);
        assertSame();
        assertThat(b.one("select body from note")).contains("before").contains("after a restart");
    }

    @Test
    void aNewColumnComesWholeAndTheOthersAsEdits() {
        fleet.server.close();
        fleet.server.start(GROWN);
        a.reopen(GROWN);
        a.run("update note set more = ?", text(5_000, 5));
        bothSync();
        insert(a, 5_000, "x");
        a.run("update note set more = more || '.'");
        a.synced();
        pulled.next();
        b.reopen(GROWN);
        b.synced();
        assertThat(pulled.next()).isEqualTo(EDITS);
        assertSame();
        assertThat(b.one("select length(more) from note")).isEqualTo("5001");
    }

    @Test
    void textsThatAreStagedAlreadyComeWholeAndOthersAsEdits() {
        fleet.close();
        start(TestLimits.with("pageRows", 1));
        a.run("insert into note (id, team, body) values ('m', 'red', ?)", text(20_000, 6));
        bothSync();
        insert(a, 5_000, "first");
        a.synced();
        a.db.write(tx -> {
            for (int i = 0; i < 8; i++) {
                tx.run("insert into note (id, team, body) values (?, 'red', ?)", "other" + i, text(5_000, i));
            }
        });
        a.synced();
        pulled.next();
        b.transport.fail(new Fault.AnswerCut(900));
        assertThat(b.sync().isSynced()).isFalse();
        assertThat(Integer.parseInt(b.one("select count(*) from godwit_stage"))).isGreaterThanOrEqualTo(4);
        assertThat(pulled.edits).as("staged").isEqualTo(1);
        pulled.next();
        insert(a, 6_000, "second");
        a.run("update note set body = 'second ' || body where id = 'm'");
        a.synced();
        b.synced();
        assertThat(pulled.edits).as("of m, which is not staged").isEqualTo(1);
        assertThat(b.one("select body from note where id = 'n'"))
                .contains("first")
                .contains("second");
        assertSame();
    }

    @Test
    void stagedEditsThatDoNotFitAreDroppedAndAskedForAgain() {
        fleet.close();
        start(TestLimits.with("pageRows", 1));
        tamper(b, "update note set body = body || 'y'");
        insert(a, 5_000, "first");
        a.synced();
        for (int i = 0; i < 6; i++) {
            a.run("insert into note (id, team, body) values (?, 'red', 'short')", "other" + i);
        }
        a.synced();
        b.transport.fail(new Fault.AnswerCut(990));
        assertThat(b.sync().isSynced()).isFalse();
        assertThat(b.one("select count(*) > 3 from godwit_stage")).isEqualTo("1");
        int before = b.transport.exchanges();
        b.synced();
        assertThat(b.transport.exchanges() - before).isEqualTo(2);
        assertThat(b.one("select count(*) from godwit_stage")).isEqualTo("0");
        assertSame();
    }
}
