package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteConnection;
import dev.godwit.sql.SqliteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written while something else is under way: a sync, a download in pieces, a delete of the same row elsewhere. */
@Timeout(120)
class MeanwhileTest {
    private static final String SCHEMA = "create table item (id text primary key, team text scope not null, title text,"
            + " n integer counter not null default 0);";

    @TempDir
    Path folder;

    @Test
    void whatIsEditedBetweenSendingAndTheAnswerIsNotOverwrittenByIt() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run("insert into item values ('1', 'red', 'base', 0), ('2', 'red', 'base', 0)");
            a.synced();
            b.synced();
            b.run("update item set n = n + 10");
            b.synced();
            a.run("update item set title = 'sent', n = n + 1 where id = '1'");
            String sql = "select id, title, n from item order by id";
            List<List<String>> between = new ArrayList<>();
            a.transport.beforeNextAnswer(() -> {
                a.transport.beforeNextAnswer(() -> between.add(a.all(sql)));
                a.run("update item set title = 'later', n = n + 100 where id = '1'");
                a.run("delete from item where id = '2'");
                a.run("insert into item values ('3', 'red', 'new', 0)");
            });
            a.sync();
            List<String> wanted = List.of("['1', 'later', 111]", "['3', 'new', 0]");
            assertThat(between).as("after the answer, before the next").containsExactly(wanted);
            assertThat(a.all(sql)).isEqualTo(wanted);
            a.synced();
            b.synced();
            assertThat(a.all(sql)).isEqualTo(wanted);
            assertThat(b.all(sql)).isEqualTo(wanted);
            assertThat(fleet.onServer(sql)).isEqualTo(wanted);
        }
    }

    @Test
    void aDownloadThatIsCutAgainAndAgainWhileRowsChangeEndsAtOneCheckpoint() {
        Limits small = TestLimits.with("pageRows", 7);
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA, small)) {
            Fleet.Member writer = fleet.device("writer", "red");
            writer.db.write(tx -> {
                for (int i = 0; i < 200; i++) {
                    tx.run("insert into item values (?, 'red', ?, 0)", "r" + i, "t" + i * 7919);
                }
            });
            writer.synced();
            Fleet.Member reader = fleet.device("reader", "red");
            int cuts = 0;
            for (int thousandths = 50; thousandths < 1_000; thousandths += 50) {
                reader.transport.fail(new FaultyTransport.Fault.AnswerCut(thousandths));
                if (!reader.sync().isSynced()) {
                    cuts++;
                    assertThat(reader.one("select count(*) from item"))
                            .as("all or nothing")
                            .isEqualTo("0");
                }
                String id = "r" + thousandths / 5;
                writer.db.write(tx -> {
                    tx.run("update item set title = 'changed' where id = ?", id);
                    tx.run("update item set n = n + 1");
                    tx.run("delete from item where id = ?", "r" + id.length() + id.charAt(1));
                    tx.run("insert into item values (?, 'red', 'new', 0)", "new" + id);
                });
                writer.synced();
            }
            assertThat(cuts).isGreaterThan(10);
            reader.synced();
            String sql = "select * from item order by id";
            assertThat(reader.all(sql)).isEqualTo(writer.all(sql)).isEqualTo(fleet.onServer(sql));
        }
    }

    @Test
    void aRowThatBothDeleteIsGoneAndItsKeyMayBeUsedAgain() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            Fleet.Member b = fleet.device("b", "red");
            a.run("insert into item values ('1', 'red', 'base', 5)");
            a.synced();
            b.synced();
            for (String title : List.of("again by a", "and again")) {
                a.run("delete from item");
                b.run("delete from item");
                a.synced();
                assertThat(b.sync().parked()).isZero();
                a.run("insert into item values ('1', 'red', ?, 1)", title);
                a.synced();
                b.synced();
                for (Fleet.Member member : List.of(a, b)) {
                    assertThat(member.all("select title, n from item")).containsExactly("['" + title + "', 1]");
                }
            }
            assertThat(fleet.onServer("select title, n from item")).isEqualTo(List.of("['and again', 1]"));
        }
    }

    @Test
    void anAttachedFileAVacuumAndAReplaceAreCapturedOrChangeNothing() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into item values ('1', 'red', 'x', 0), ('2', 'red', 'x', 0)");
            a.synced();
            a.run("update item set title = 'pending' where id = '2'");
            try (SqliteConnection other = Fleet.DRIVER.open(
                    SqliteOptions.of(folder.resolve("other.db").toString()))) {
                other.execute(
                        "create table item (id, team, title, n); insert into item values ('3', 'red', 'copied', 7)");
                other.execute("attach '" + a.file + "' as synced");
                other.execute("insert into synced.item select * from main.item");
                other.execute("insert or replace into synced.item values ('1', 'red', 'replaced', 0)");
                other.execute("detach synced");
            }
            a.run("delete from item where id = '2'");
            a.run("insert into item values ('2', 'red', 'again', 0)");
            try (SqliteConnection other = Fleet.DRIVER.open(SqliteOptions.of(a.file.toString()))) {
                other.execute("vacuum");
            }
            a.synced();
            assertThat(fleet.onServer("select id, title, n from item order by id"))
                    .isEqualTo(List.of("['1', 'replaced', 0]", "['2', 'again', 0]", "['3', 'copied', 7]"));
            assertThat(a.db.outbox()).isEmpty();
        }
    }

    /** Found by the simulator: what is staged is older than what the cut confirms, and is written over it. */
    @Test
    void aKeyThatIsStagedInOneScopeAndWrittenAnewInAnotherIsKept() {
        Limits small = TestLimits.with("pageRows", 1);
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA, small)) {
            Fleet.Member b = fleet.device("b", "red");
            Fleet.Member a = fleet.device("a", "red", "blue");
            a.synced();
            writesLongRows(b);
            stagesInPart(a);
            b.run("delete from item where id = 'k0'");
            b.synced();
            a.run("insert into item values ('k0', 'blue', 'mine', 7)");
            a.synced();
            String sql = "select id, team, n from item order by id limit 2";
            assertThat(fleet.onServer(sql)).containsExactly("['k0', 'blue', 7]", "['k1', 'red', 0]");
            assertThat(a.all(sql)).isEqualTo(fleet.onServer(sql));
        }
    }

    /** Found by the simulator: a device that could not sync any more. */
    @Test
    void anUpdateThatIsStagedForARowThatTheDeviceDeletesMeanwhileIsPassedOver() {
        Limits small = TestLimits.with("pageRows", 1);
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), SCHEMA, small)) {
            Fleet.Member b = fleet.device("b", "red");
            Fleet.Member a = fleet.device("a", "red");
            writesLongRows(b);
            a.synced();
            b.run("update item set title = title || id");
            b.synced();
            stagesInPart(a);
            a.run("delete from item where id = 'k0'");
            a.synced();
            b.synced();
            String sql = "select id, title from item order by id";
            assertThat(a.all(sql)).hasSize(7).isEqualTo(fleet.onServer(sql)).isEqualTo(b.all(sql));
        }
    }

    private static void writesLongRows(Fleet.Member device) {
        device.db.write(tx -> {
            for (int i = 0; i < 8; i++) {
                tx.run("insert into item values (?, 'red', ?, 0)", "k" + i, "t".repeat(1_000));
            }
        });
        device.synced();
    }

    private static void stagesInPart(Fleet.Member device) {
        device.transport.fail(new FaultyTransport.Fault.AnswerCut(900));
        assertThat(device.sync().isSynced()).isFalse();
        assertThat(Integer.parseInt(device.one("select count(*) from godwit_stage")))
                .isGreaterThan(3);
    }
}
