package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Commit;
import dev.godwit.client.GodwitException;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.testing.FaultyTransport.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The histories that break a plausible engine, each by its name. */
class HistoriesTest {
    static final String SCHEMA = """
            create table job (
              id text primary key, team text scope not null, title text, code text unique,
              starts integer, ends integer, stock integer counter not null default 0,
              check (starts is null or ends is null or starts < ends));
            create table line (
              id integer primary key, team text scope not null, job text not null references job(id),
              note text);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameJob() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into job (id, team, title, stock) values ('j', 'red', 'base', 100)");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void later() {
        fleet.pass(1_000);
    }

    @Test
    void h1ConcurrentIsJudgedAgainstOthersNotTheLastWriter() {
        a.run("update job set title = 'A5' where id = 'j'");
        a.run("update job set code = 'A6' where id = 'j'");
        later();
        b.run("update job set title = 'B', code = 'B' where id = 'j'");
        b.synced();
        SyncResult result = a.sync();
        // both of A's writes are concurrent with B's and older: the second does not win because the first was A's own
        assertThat(result.conflicts()).isEqualTo(2);
        assertThat(a.one("select title || code from job")).isEqualTo("BB");
        b.synced();
        assertThat(b.one("select title || code from job")).isEqualTo("BB");
    }

    @Test
    void h2aLostAnswerAppliesOnce() {
        a.run("update job set stock = stock - 1");
        a.transport.fail(new Fault.AnswerLost());
        assertThat(a.sync().isSynced()).isFalse();
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[99]"));
        a.synced();
        assertThat(a.one("select stock from job")).isEqualTo("99");
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[99]"));
        assertThat(a.db.outbox()).isEmpty();
    }

    @Test
    void h2cTwoClonesWithTheSameSequenceBothCount() throws IOException {
        a.db.close();
        Path copy = Files.copy(a.file, folder.resolve("clone.db"));
        a.reopenAfterCopy();
        Fleet.Member clone = fleet.deviceOn("clone", copy, a, "red");
        a.run("update job set stock = stock - 1");
        clone.run("update job set stock = stock - 1");
        a.synced();
        clone.synced();
        a.synced();
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[98]"));
        assertThat(a.one("select stock from job")).isEqualTo("98");
        assertThat(clone.one("select stock from job")).isEqualTo("98");
        assertThat(clone.db.status().device()).isNotEqualTo(a.db.status().device());
    }

    @Test
    void h2dDelayedDuplicateAfterConfirmationChangesNothing() {
        a.run("update job set stock = stock - 1");
        a.synced();
        FaultyTransport.Recorded delayed = a.transport.recordedRequest();
        a.synced();
        a.synced();
        a.transport.deliver(delayed);
        a.synced();
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[99]"));
        assertThat(a.one("select stock from job")).isEqualTo("99");
    }

    @Test
    void h2eDeviceRestoredFromBackupThatHoldsWhatTheOriginalSent() throws IOException {
        a.run("update job set stock = stock - 1");
        a.db.close();
        Path backup = Files.copy(a.file, folder.resolve("backup.db"));
        a.reopenAfterCopy();
        a.run("update job set stock = stock - 10");
        a.synced();
        a.synced();
        a.db.close();
        Files.copy(backup, a.file, StandardCopyOption.REPLACE_EXISTING);
        a.reopenAfterCopy();
        a.run("update job set stock = stock - 5");
        a.synced();
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[84]"));
        assertThat(a.one("select stock from job")).isEqualTo("84");
    }

    @Test
    void h2fDiscardingTheThirdOfFiveHoldsNothingUp() {
        Commit third = null;
        for (int i = 1; i <= 5; i++) {
            int n = i;
            Commit commit = a.db.write(tx -> tx.run("update job set stock = stock - ?", n));
            third = i == 3 ? commit : third;
        }
        a.db.discard(third.id().orElseThrow());
        assertThat(a.one("select stock from job")).isEqualTo("88");
        a.synced();
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[88]"));
        assertThat(a.one("select stock from job")).isEqualTo("88");
    }

    @Test
    void h3DeltasInsideTheCutAreNotOverlaidAgain() {
        for (int i = 0; i < 50; i++) {
            a.run("update job set stock = stock - 1");
        }
        a.transport.fail(new Fault.AnswerCut(900));
        a.sync();
        a.run("update job set stock = stock - 1");
        a.transport.fail(new Fault.AnswerLost());
        a.sync();
        assertThat(a.one("select stock from job")).isEqualTo("49");
        a.synced();
        assertThat(a.one("select stock from job")).isEqualTo("49");
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[49]"));
    }

    @Test
    void h3TransactionOnAScopeThatIsNotPulledDoesNotStayForEver() {
        a.transport.grant(new Grant("user-a", Set.of("red", "blue", "shared"), false));
        a.run("insert into job (id, team, title) values ('far', 'blue', 'for others')");
        a.synced();
        assertThat(fleet.onServer("select title from job where id = 'far'")).hasSize(1);
        assertThat(a.one("select count(*) from job where id = 'far'")).isEqualTo("0");
        assertThat(a.db.status().pending()).isZero();
    }

    @Test
    void h4RowThatMovesIsKeptOnceByWhoHasBothScopesAndLostByWhoHasOne() {
        Fleet.Member both = fleet.device("both", "red", "blue");
        Fleet.Member blue = fleet.device("blue", "blue");
        both.synced();
        blue.synced();
        assertThat(blue.one("select count(*) from job")).isEqualTo("0");
        both.run("update job set team = 'blue' where id = 'j'");
        both.synced();
        for (Fleet.Member member : List.of(a, b, blue, both)) {
            member.synced();
        }
        assertThat(a.one("select count(*) from job")).isEqualTo("0");
        assertThat(blue.one("select title from job")).isEqualTo("base");
        assertThat(both.one("select team from job")).isEqualTo("blue");
    }

    @Test
    void h4InsertCannotStealARowOfAScopeThatIsNotGranted() {
        Fleet.Member blue = fleet.device("blue", "blue");
        blue.run("insert into job (id, team, title) values ('j', 'blue', 'mine')");
        SyncResult result = blue.sync();
        assertThat(result.parked()).isEqualTo(1);
        assertThat(fleet.onServer("select team, title from job")).isEqualTo(List.of("['red', 'base']"));
    }

    @Test
    void h4UpdateNeedsTheRightOverTheStoredScope() {
        Fleet.Member both = fleet.device("both", "red", "blue");
        both.synced();
        a.run("update job set title = 'late' where id = 'j'");
        both.run("update job set team = 'blue' where id = 'j'");
        both.synced();
        SyncResult result = a.sync();
        assertThat(result.parked()).isEqualTo(1);
        assertThat(a.db.outbox().get(0).reason()).contains("not granted");
        assertThat(fleet.onServer("select title from job")).isEqualTo(List.of("['base']"));
    }

    @Test
    void h5ServerRestoredFromAnOlderFileGetsBackWhatDevicesStillHold() throws IOException {
        Path backup = fleet.backup();
        a.run("update job set stock = stock - 7");
        a.synced();
        b.run("insert into job (id, team, title) values ('new', 'red', 'by b')");
        b.synced();
        a.synced();
        a.synced();
        fleet.restore(backup);
        assertThat(fleet.onServer("select stock from job")).isEqualTo(List.of("[100]"));
        a.synced();
        b.synced();
        a.synced();
        assertThat(fleet.onServer("select id, stock from job order by id"))
                .isEqualTo(List.of("['j', 93]", "['new', 0]"));
        for (Fleet.Member member : List.of(a, b)) {
            assertThat(member.all("select id, stock from job order by id"))
                    .isEqualTo(List.of("['j', 93]", "['new', 0]"));
        }
    }

    @Test
    void h6aPendingChangeThatBreaksACheckOnTheNewStateIsBlockedAndThenDecided() {
        a.run("update job set starts = 1, ends = 10");
        a.synced();
        b.synced();
        b.run("update job set ends = 3");
        b.synced();
        a.transport.beforeNextAnswer(() -> {
            a.run("update job set starts = 5");
            a.transport.fail(new Fault.RequestLost());
        });
        a.sync();
        OutboxEntry waiting = a.db.outbox().get(0);
        assertThat(waiting.status()).isEqualTo("blocked");
        assertThat(a.one("select starts || ' ' || ends from job")).isEqualTo("1 3");
        assertThat(a.sync().parked()).isEqualTo(1);
        assertThat(a.db.outbox().get(0).reason()).contains("starts");
    }

    @Test
    void h6bTwoRowsSwapAUniqueValue() {
        a.run("insert into job (id, team, code) values ('x', 'red', 'one'), ('y', 'red', 'two')");
        a.synced();
        b.synced();
        a.db.write(tx -> {
            tx.run("update job set code = null where id = 'x'");
            tx.run("update job set code = 'one' where id = 'y'");
            tx.run("update job set code = 'two' where id = 'x'");
        });
        a.synced();
        b.synced();
        assertThat(b.all("select id, code from job where code is not null order by id"))
                .isEqualTo(List.of("['x', 'two']", "['y', 'one']"));
    }

    @Test
    void h6cParentThatIsRewrittenKeepsItsChildren() {
        a.run("insert into line values (1, 'red', 'j', 'below')");
        a.synced();
        b.synced();
        b.run("update job set code = 'new', title = 'rewritten' where id = 'j'");
        b.synced();
        a.run("update line set note = 'edited meanwhile' where id = 1");
        a.synced();
        assertThat(a.all("select note from line")).isEqualTo(List.of("['edited meanwhile']"));
        assertThat(a.one("select title from job")).isEqualTo("rewritten");
    }

    @Test
    void h6dApplicationTriggersDoNotFireOnTheServersChanges() {
        b.db.write(tx -> tx.run("create trigger audit after update of title on job begin"
                + " update job set stock = stock + 1 where id = new.id; end"));
        a.run("update job set title = 'changed'");
        a.synced();
        b.synced();
        assertThat(b.one("select stock from job")).isEqualTo("100");
        b.run("update job set title = 'mine'");
        assertThat(b.one("select stock from job")).isEqualTo("101");
        b.synced();
        assertThat(fleet.onServer("select title, stock from job")).isEqualTo(List.of("['mine', 101]"));
    }

    @Test
    void h7cColumnThatOthersFilledBeforeTheUpgradeIsPulledFromZero() {
        a.run("update job set stock = stock - 1");
        String grown = SCHEMA.replace("title text,", "title text,")
                + "create table extra (id text primary key, team text scope not null, x text);";
        grown = grown.replace("note text);", "note text, colour text);");
        b.run("insert into line values (7, 'red', 'j', 'old')");
        b.synced();
        a.synced();
        fleet.server.close();
        fleet.server.start(grown);
        b.reopen(grown);
        b.run("update line set colour = 'green' where id = 7");
        b.run("insert into extra values ('e', 'red', 'new table')");
        b.synced();
        // A's old version passes both, then is upgraded with pending work in its outbox
        a.synced();
        a.run("update job set title = 'pending over the upgrade'");
        a.reopen(grown);
        assertThat(a.db.status().pending()).isEqualTo(1);
        a.synced();
        assertThat(a.one("select colour from line")).isEqualTo("green");
        assertThat(a.one("select x from extra")).isEqualTo("new table");
        assertThat(fleet.onServer("select title from job")).isEqualTo(List.of("['pending over the upgrade']"));
    }

    @Test
    void h8AnswerThatArrivesAfterAnotherProcessMovedTheCursorIsDropped() {
        b.run("update job set title = 'one'");
        b.synced();
        int before = a.transport.exchanges();
        a.transport.beforeNextAnswer(() -> {
            b.run("update job set title = 'two'");
            b.synced();
            fleet.stageInAnotherProcess(a);
        });
        a.synced();
        assertThat(a.transport.exchanges() - before).isEqualTo(2);
        assertThat(a.one("select title from job")).isEqualTo("two");
    }

    @Test
    void h9OperatorsRowsReachTheDevicesAndConcurrentWritesMeetThem() {
        fleet.operator(
                "update job set title = 'by hand'; insert into job (id, team, title) values ('op', 'red', 'made by hand')");
        a.run("update job set stock = stock - 1");
        a.synced();
        b.synced();
        assertThat(b.all("select id, title, stock from job order by id"))
                .isEqualTo(List.of("['j', 'by hand', 99]", "['op', 'made by hand', 0]"));
        fleet.operator("delete from job where id = 'op'");
        a.synced();
        assertThat(a.one("select count(*) from job")).isEqualTo("1");
    }

    @Test
    void h10OneBadTransactionSpoilsNoOther() {
        a.run("insert into line values (1, 'red', 'j', 'fine')");
        b.run("delete from job where id = 'j'");
        b.synced();
        a.run("insert into job (id, team, title) values ('other', 'red', 'fine too')");
        SyncResult result = a.sync();
        assertThat(result.parked()).isEqualTo(1);
        assertThat(fleet.onServer("select id from job")).isEqualTo(List.of("['other']"));
        assertThat(a.one("select count(*) from line")).isEqualTo("0");
    }

    @Test
    void h11FollowersOfARefusedTransactionAreParkedAndRetriedWithIt() {
        b.run("insert into job (id, team, code) values ('taken', 'red', 'unique')");
        b.synced();
        Commit bad = a.db.write(tx -> tx.run("insert into job (id, team, code) values ('n', 'red', 'unique')"));
        a.run("update job set title = 'follows' where id = 'n'");
        a.run("update job set title = 'does not' where id = 'j'");
        SyncResult result = a.sync();
        assertThat(result.parked()).isEqualTo(2);
        assertThat(fleet.onServer("select title from job where id = 'j'")).isEqualTo(List.of("['does not']"));
        a.db.retry(bad.id().orElseThrow(), row -> {
            row.replace("code", Value.of("another"));
            return row;
        });
        a.synced();
        assertThat(a.db.outbox()).isEmpty();
        assertThat(fleet.onServer("select code, title from job where id = 'n'"))
                .isEqualTo(List.of("['another', 'follows']"));
    }

    @Test
    void h12SameNewKeyIsRefusedUnlessTheRowsAreTheSame() {
        a.run("insert into job (id, team, title, stock) values ('same', 'red', 'seeded', 5), ('k', 'red', 'by a', 0)");
        b.run("insert into job (id, team, title, stock) values ('same', 'red', 'seeded', 5)");
        b.run("insert into job (id, team, title) values ('k', 'red', 'by b')");
        a.synced();
        SyncResult result = b.sync();
        assertThat(result.parked()).isEqualTo(1);
        assertThat(fleet.onServer("select title, stock from job where id in ('same', 'k') order by id"))
                .isEqualTo(List.of("['by a', 0]", "['seeded', 5]"));
        assertThat(b.one("select title from job where id = 'k'")).isEqualTo("by a");
    }

    @Test
    void h14ReferencesStayWithinTheirScope() {
        Fleet.Member both = fleet.device("both", "red", "blue");
        both.synced();
        both.run("insert into line values (5, 'blue', 'j', 'across')");
        assertThat(both.sync().parked()).isEqualTo(1);
        assertThat(both.db.outbox().get(0).reason()).contains("another scope");
    }

    @Test
    void wrongClockMovesNobodyElsesData() {
        a.device.setWall(4_000_000_000_000L);
        a.run("update job set title = 'from the future'");
        later();
        b.run("update job set title = 'later in truth'");
        a.synced();
        b.synced();
        a.synced();
        assertThat(a.one("select title from job")).isEqualTo("later in truth");
        b.device.setWall(0);
        later();
        b.run("update job set title = 'from 1970, but last'");
        b.synced();
        a.synced();
        assertThat(a.one("select title from job")).isEqualTo("from 1970, but last");
    }

    @Test
    void scopeThatIsNotGrantedAnyMoreIsRemovedAndComesBackWhole() {
        a.transport.grant(new Grant("user-a", Set.of("shared"), false));
        a.sync();
        assertThat(a.one("select count(*) from job")).isEqualTo("0");
        assertThat(a.db.status().denied()).containsKey("red");
        a.transport.grant(new Grant("user-a", Set.of("red", "shared"), false));
        a.synced();
        assertThat(a.one("select title from job")).isEqualTo("base");
        assertThat(a.db.status().denied()).isEmpty();
    }

    @Test
    void anotherUsersTokenDoesNotSpeakForThisDevice() {
        a.transport.grant(new Grant("mallory", Set.of("red", "shared"), false));
        SyncResult result = a.sync();
        assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
        assertThat(result.message()).contains("another user");
    }

    @Test
    void readOnlyTokenReadsAndItsWritesAreParked() {
        b.transport.grant(new Grant("user-b", Set.of("red", "shared"), true));
        b.run("update job set title = 'not allowed'");
        assertThat(b.sync().parked()).isEqualTo(1);
        assertThat(b.one("select title from job")).isEqualTo("base");
        assertThat(b.db.outbox().get(0).reason()).contains("only allows reading");
    }

    @Test
    void sentTransactionWhoseOutcomeIsUnknownCannotBeDiscarded() {
        Commit commit = a.db.write(tx -> tx.run("update job set stock = 0"));
        a.transport.fail(new Fault.AnswerLost());
        a.sync();
        assertThatThrownBy(() -> a.db.discard(commit.id().orElseThrow()))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("sync first");
    }

    @Test
    void interruptedDownloadGoesOnWhereItStopped() {
        Limits small = Limits.DEFAULT.with("pageRows", 10);
        try (Fleet paged = new Fleet(folder.resolve("paged"), SCHEMA, small)) {
            Fleet.Member writer = paged.device("writer", "red");
            writer.db.write(tx -> {
                for (int i = 0; i < 500; i++) {
                    tx.run("insert into job (id, team, title) values (?, 'red', 't')", "r" + i);
                }
            });
            writer.synced();
            Fleet.Member reader = paged.device("reader", "red");
            reader.transport.fail(new Fault.AnswerCut(600));
            assertThat(reader.sync().isSynced()).isFalse();
            assertThat(reader.one("select count(*) from job")).isEqualTo("0");
            long staged = Long.parseLong(reader.one("select count(*) from godwit_stage"));
            assertThat(staged).isGreaterThan(10);
            reader.reopen(null);
            SyncResult rest = reader.sync();
            assertThat(rest.isSynced()).isTrue();
            assertThat(reader.one("select count(*) from job")).isEqualTo("500");
            assertThat(rest.bytesDown()).isLessThan(500 * 40);
            assertThat(reader.one("select count(*) from godwit_stage")).isEqualTo("0");
        }
    }
}
