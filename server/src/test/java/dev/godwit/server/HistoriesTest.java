package dev.godwit.server;

import static dev.godwit.server.TestDevice.asVoid;
import static dev.godwit.server.TestDevice.at;
import static dev.godwit.server.TestDevice.decisions;
import static dev.godwit.server.TestDevice.delete;
import static dev.godwit.server.TestDevice.first;
import static dev.godwit.server.TestDevice.insert;
import static dev.godwit.server.TestDevice.refusal;
import static dev.godwit.server.TestDevice.rejected;
import static dev.godwit.server.TestDevice.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import dev.godwit.wire.Page;
import dev.godwit.wire.PushedTransaction;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.ScopeNotice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The histories of the design that a server can get wrong without any device's help, each under its number. */
class HistoriesTest {
    private static final String SCHEMA = """
            create table job (id text primary key, team text scope not null, title text, note text,
              stock integer counter not null default 0, code text unique);
            create table line (id text primary key, team text scope not null,
              job text references job(id) on delete cascade, note text);
            """;

    @TempDir
    Path folder;

    private TestServer server;
    private TestDevice a;
    private TestDevice b;

    @BeforeEach
    void open() {
        server = new TestServer(folder.resolve("server.db"), SCHEMA);
        a = new TestDevice(server, "ann", "red", "blue");
        b = new TestDevice(server, "bob", "red", "blue");
        a.sync();
        b.sync();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static RowBlock job(String id, String team, String title) {
        return insert("job", "id", id, "team", team, "title", title, "note", "n", "stock", 0, "code", "code-" + id);
    }

    private void pass(long millis) {
        server.now += millis;
        a.elapsed += millis;
        b.elapsed += millis;
    }

    private void bothHave(String id) {
        a.write(job(id, "red", "first"));
        a.sync();
        b.sync();
        pass(1_000);
    }

    @Test
    void h1ACellThatAnotherChangedAboveTheBaseIsConcurrentEvenIfTheDeviceItselfWroteItLast() {
        bothHave("r");
        PushedTransaction a5 = a.write(update("job", "id", "r", "title", "a5"));
        pass(1_000);
        b.write(update("job", "id", "r", "title", "b"));
        pass(1_000);
        PushedTransaction a6 = a.write(update("job", "id", "r", "title", "a6"));
        b.sync();
        Outcome.Applied older = (Outcome.Applied) decisions(a.send(a5)).get(0);
        Outcome.Applied newer = (Outcome.Applied) decisions(a.send(a6)).get(1);
        assertThat(older.lost()).extracting(Outcome.LostCell::column).containsExactly("title");
        assertThat(newer.lost()).isEmpty();
        assertThat(server.rows("select title from job")).containsExactly("['a6']");
    }

    @Test
    void h1ConcurrencyIsJudgedPerColumnAndNotPerRow() {
        bothHave("r");
        a.write(update("job", "id", "r", "title", "a"));
        pass(1_000);
        b.write(update("job", "id", "r", "note", "b"));
        b.sync();
        assertThat(((Outcome.Applied) a.sync().get(0)).lost()).isEmpty();
        b.sync();
        assertThat(server.rows("select title, note from job")).containsExactly("['a', 'b']");
        assertThat(b.tables).isEqualTo(a.tables);
    }

    @Test
    void h2aAResendOfOtherBytesGetsTheOutcomeOfTheFirst() {
        PushedTransaction first = a.write(job("r", "red", "x"));
        Outcome outcome = decisions(a.send(first)).get(0);
        PushedTransaction resent = new PushedTransaction(
                first.id(), 1, first.bases(), first.writtenAt(), List.of(), false, new byte[] {1, 2, 3});
        assertThat(decisions(a.send(resent)).get(0)).isEqualTo(outcome);
        assertThat(server.rows("select title from job")).containsExactly("['x']");
    }

    @Test
    void h2bARepairedTransactionUnderTheOldSequenceIsAClone() {
        a.send(a.write(job("r", "red", "x")));
        PushedTransaction repaired = at(a.write(job("r", "red", "y")), 1);
        assertThat(refusal(a.send(repaired)).code()).isEqualTo(Refusal.Code.CLONE);
        assertThat(server.rows("select title from job")).containsExactly("['x']");
    }

    @Test
    void h2cTwoClonesThatSealTheSameBothCount() {
        bothHave("r");
        PushedTransaction one = a.write(update("job", "id", "r", "+stock", -1));
        PushedTransaction same = at(a.write(update("job", "id", "r", "+stock", -1)), one.sequence());
        a.send(one);
        assertThat(refusal(a.send(same)).code()).isEqualTo(Refusal.Code.CLONE);
        TestDevice renamed = new TestDevice(server, "ann", "red", "blue");
        assertThat(decisions(renamed.send(at(same, 1))).get(0)).isInstanceOf(Outcome.Applied.class);
        assertThat(server.rows("select stock from job")).containsExactly("[-2]");
    }

    @Test
    void h2dADelayedDuplicateAfterItsReceiptWasConfirmedChangesNothing() {
        bothHave("r");
        a.write(update("job", "id", "r", "+stock", 5));
        var delayed = a.request(List.copyOf(a.pending));
        a.sync();
        a.sync();
        assertThat(refusal(a.exchange(delayed)).code()).isEqualTo(Refusal.Code.CLONE);
        assertThat(server.rows("select stock from job")).containsExactly("[5]");
    }

    @Test
    void h2eACopyFromThePastIsFoundOutBeforeAnythingIsDecided() {
        a.write(job("r", "red", "x"));
        a.sync();
        a.sync();
        a.confirmed = 0;
        assertThat(refusal(a.send(at(a.write(job("s", "red", "y")), 2))).code()).isEqualTo(Refusal.Code.CLONE);
        assertThat(server.rows("select id from job")).containsExactly("['r']");
    }

    @Test
    void h2eWhatTheOriginalHadSentCountsOnceUnderTheNewIdentity() {
        bothHave("r");
        PushedTransaction sent = a.write(update("job", "id", "r", "+stock", 3));
        a.sync();
        TestDevice restored = new TestDevice(server, "ann", "red", "blue");
        assertThat(decisions(restored.send(at(sent, 1))).get(0)).isInstanceOf(Outcome.Duplicate.class);
        assertThat(server.rows("select stock from job")).containsExactly("[3]");
        assertThat(first(restored.send(), Cut.class).orElseThrow().lastSequence())
                .isEqualTo(1);
    }

    @Test
    void h2fAVoidKeepsTheSequenceWithoutAGap() {
        PushedTransaction discarded = a.write(job("r", "red", "x"));
        PushedTransaction next = a.write(job("s", "red", "y"));
        assertThat(decisions(a.send(next)).get(0)).isInstanceOf(Outcome.Later.class);
        List<Outcome> outcomes = decisions(a.send(asVoid(discarded), next));
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Voided.class);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Applied.class);
        assertThat(server.rows("select id from job")).containsExactly("['s']");
    }

    @Test
    void h2ADeviceBelongsToTheSubjectThatUsedItFirst() {
        a.grant = new Grant("mallory", a.grant.scopes(), false);
        assertThat(refusal(a.send(a.write(job("r", "red", "x")))).code()).isEqualTo(Refusal.Code.FORBIDDEN);
        assertThat(refusal(a.send()).code()).isEqualTo(Refusal.Code.FORBIDDEN);
        assertThat(server.rows("select id from job")).isEmpty();
    }

    @Test
    void h3EveryCutCarriesTheReceiptsWhoseAnswerWasLost() {
        bothHave("r");
        PushedTransaction one = a.write(update("job", "id", "r", "+stock", 1));
        PushedTransaction two = a.write(update("job", "id", "r", "+stock", 1));
        a.send(one, two);
        Cut cut = first(a.send(), Cut.class).orElseThrow();
        assertThat(cut.receipts()).extracting(r -> r.id()).containsExactly(one.id(), two.id());
        assertThat(a.sync()).hasSize(2);
        assertThat(a.cell("job", "r", "stock")).isEqualTo("2");
    }

    @Test
    void h4ADeviceWithBothScopesKeepsExactlyOneRowAndTheOthersFollow() {
        TestDevice red = new TestDevice(server, "red", "red");
        TestDevice blue = new TestDevice(server, "blue", "blue");
        bothHave("r");
        red.sync();
        blue.sync();
        a.write(update("job", "id", "r", "team", "blue"));
        a.sync();
        for (TestDevice device : List.of(red, blue, b)) {
            device.sync();
        }
        assertThat(red.rows("job")).isEmpty();
        assertThat(blue.rows("job")).isEqualTo(a.rows("job")).hasSize(1);
        assertThat(b.rows("job")).isEqualTo(a.rows("job"));
    }

    @Test
    void h4ARowThatComesBackIsThereForEverybody() {
        TestDevice red = new TestDevice(server, "red", "red");
        bothHave("r");
        red.sync();
        a.write(update("job", "id", "r", "team", "blue"));
        a.write(update("job", "id", "r", "team", "red"));
        a.sync();
        red.sync();
        b.sync();
        assertThat(red.rows("job")).isEqualTo(a.rows("job")).hasSize(1);
        assertThat(b.rows("job")).isEqualTo(a.rows("job"));
    }

    @Test
    void h4AnInsertUnderTheKeyOfARowOfAnotherScopeDoesNotStealIt() {
        TestDevice blue = new TestDevice(server, "blue", "blue");
        blue.write(job("r", "blue", "theirs"));
        blue.sync();
        TestDevice red = new TestDevice(server, "red", "red");
        red.write(job("r", "red", "mine"));
        Outcome.Rejected rejected = rejected(red.sync().get(0));
        assertThat(rejected.toString()).doesNotContain("blue").doesNotContain("theirs");
        assertThat(server.rows("select team, title from job")).containsExactly("['blue', 'theirs']");
    }

    @Test
    void h4MovingARowNeedsTheRightOverBothScopes() {
        bothHave("r");
        TestDevice red = new TestDevice(server, "red", "red");
        red.sync();
        red.write(update("job", "id", "r", "team", "blue"));
        assertThat(rejected(red.sync().get(0)).code()).isEqualTo(RejectionCode.RIGHT);
        assertThat(server.rows("select team from job")).containsExactly("['red']");
    }

    @Test
    void h5ARestoredCopyResetsWhoeverHasSeenWhatItLost() throws IOException {
        bothHave("r");
        server.engine().close();
        Path backup = folder.resolve("backup.db");
        Files.copy(server.file(), backup);
        server.start();
        a.write(update("job", "id", "r", "title", "lost"));
        a.sync();
        server.engine().close();
        Files.copy(backup, server.file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        server.start();
        b.write(update("job", "id", "r", "title", "another"));
        assertThat(b.sync().get(0)).isInstanceOf(Outcome.Applied.class);
        List<Frame> frames = a.send();
        assertThat(TestDevice.all(frames, ScopeNotice.class))
                .isNotEmpty()
                .allMatch(notice -> notice.kind() == ScopeNotice.Kind.RESET);
        assertThat(TestDevice.all(frames, Page.class)).isEmpty();
    }

    @Test
    void h5AnOrdinaryRestartCostsTheDeviceNothing() {
        bothHave("r");
        server.restart();
        assertThat(TestDevice.all(a.send(), ScopeNotice.class)).isEmpty();
        b.write(update("job", "id", "r", "title", "after"));
        b.sync();
        a.sync();
        assertThat(a.cell("job", "r", "title")).isEqualTo("'after'");
    }

    @Test
    void h7aAColumnAboveTheVisibleCheckpointIsSentThoughItsRowIsBelowTheCursor() {
        bothHave("r");
        b.write(update("job", "id", "r", "note", "y"));
        b.sync();
        var before = a.scopes.get("red");
        Cut middle = first(a.send(), Cut.class).orElseThrow();
        b.write(update("job", "id", "r", "title", "x"));
        b.sync();
        a.scopes.put(
                "red",
                new dev.godwit.wire.ScopePosition(
                        "red",
                        before.visible(),
                        new dev.godwit.wire.Cursor(middle.checkpoints().get("red"), dev.godwit.wire.Bytes.EMPTY)));
        a.sync();
        assertThat(a.cell("job", "r", "note")).isEqualTo("'y'");
        assertThat(a.cell("job", "r", "title")).isEqualTo("'x'");
    }

    @Test
    void h9WhatAnOperatorWritesIsAbsorbedBeforeAPullAndBeforeAMerge() {
        bothHave("r");
        server.operator(
                "update job set title = 'by hand' where id = 'r'; insert into job (id, team) values ('s', 'red')");
        a.write(update("job", "id", "r", "note", "mine"));
        a.sync();
        b.sync();
        assertThat(a.cell("job", "r", "title")).isEqualTo("'by hand'");
        assertThat(a.cell("job", "s", "team")).isEqualTo("'red'");
        assertThat(b.tables).isEqualTo(a.tables);
    }

    @Test
    void h9AnOperatorsRowWithoutAScopeReachesNobodyUntilItHasOne() {
        server.operator("insert into job (id, team) values ('s', '')");
        a.sync();
        assertThat(a.rows("job")).isEmpty();
        server.operator("update job set team = 'red'");
        a.sync();
        assertThat(a.cell("job", "s", "team")).isEqualTo("'red'");
    }

    @Test
    void h9ATickTakesInWhatAnOperatorWroteAndPokes() throws Exception {
        bothHave("r");
        java.util.concurrent.atomic.AtomicReference<java.util.Map<String, Long>> heard =
                new java.util.concurrent.atomic.AtomicReference<>();
        AutoCloseable watch = server.engine().watch(a.grant, List.of("red", "secret"), heard::set);
        try {
            assertThat(heard.get()).containsExactly(java.util.Map.entry("red", 1L));
            server.operator("update job set title = 'by hand'");
            server.engine().tick();
            assertThat(heard.get()).containsExactly(java.util.Map.entry("red", 2L));
        } finally {
            watch.close();
        }
    }

    @Test
    void h10ABadTransactionBetweenGoodOnesSpoilsNoOther() {
        a.write(job("r", "red", "x"));
        a.write(insert("line", "id", "l", "team", "red", "job", "nowhere", "note", "n"));
        a.write(job("s", "red", "y"));
        List<Outcome> outcomes = a.sync();
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Applied.class);
        assertThat(rejected(outcomes.get(1)).code()).isEqualTo(RejectionCode.REFERENCES);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Applied.class);
        assertThat(server.rows("select id from job order by id")).containsExactly("['r']", "['s']");
    }

    @Test
    void h11WhatBuildsOnARefusedTransactionIsRefusedToo() {
        a.write(insert("line", "id", "l", "team", "red", "job", "nowhere", "note", "n"));
        a.write(List.of(1L), update("line", "id", "l", "note", "m"));
        assertThat(rejected(a.sync().get(1)).code()).isEqualTo(RejectionCode.DEPENDS_ON);
    }

    @Test
    void h11AnUpdateOrDeleteOfARowThatNeverWasIsRefusedAndNotTakenForALoss() {
        a.write(update("job", "id", "never", "title", "x"));
        a.write(delete("job", "never"));
        assertThat(a.sync())
                .hasSize(2)
                .allSatisfy(o -> assertThat(rejected(o).code()).isEqualTo(RejectionCode.NO_SUCH_ROW));
    }

    @Test
    void h12TheSameRowFromTwoDevicesIsOneAndItsCounterCountsOnce() {
        RowBlock same = insert("job", "id", "r", "team", "red", "title", "t", "note", "n", "stock", 7, "code", "c");
        a.write(same);
        b.write(same);
        a.sync();
        assertThat(b.sync().get(0)).isInstanceOf(Outcome.Applied.class);
        assertThat(server.rows("select stock from job")).containsExactly("[7]");
        assertThat(b.tables).isEqualTo(a.tables);
    }

    @Test
    void h12TwoDifferentRowsUnderOneKeyClash() {
        a.write(job("r", "red", "mine"));
        b.write(job("r", "red", "other"));
        a.sync();
        assertThat(rejected(b.sync().get(0)).code()).isEqualTo(RejectionCode.KEY_CLASH);
        assertThat(server.rows("select title from job")).containsExactly("['mine']");
    }

    @Test
    void h14AUniqueClashWithARowOutsideTheGrantNamesOnlyTheSendersRow() {
        TestDevice blue = new TestDevice(server, "blue", "blue");
        blue.write(insert("job", "id", "hidden", "team", "blue", "title", "t", "note", "n", "stock", 0, "code", "c"));
        blue.sync();
        TestDevice red = new TestDevice(server, "red", "red");
        red.write(insert("job", "id", "mine", "team", "red", "title", "t", "note", "n", "stock", 0, "code", "c"));
        Outcome.Rejected rejected = rejected(red.sync().get(0));
        assertThat(rejected.code()).isEqualTo(RejectionCode.UNIQUE);
        assertThat(rejected.key()).isEqualTo("'mine'");
        assertThat(rejected.toString()).doesNotContain("hidden").doesNotContain("blue");
    }

    @Test
    void h14AReferenceIntoAnotherScopeIsRefused() {
        a.write(job("r", "red", "x"));
        a.write(insert("line", "id", "l", "team", "blue", "job", "r", "note", "n"));
        assertThat(rejected(a.sync().get(1)).code()).isEqualTo(RejectionCode.REFERENCES);
    }
}
