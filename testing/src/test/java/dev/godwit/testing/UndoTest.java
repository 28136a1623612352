package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.GodwitException;
import dev.godwit.client.Transactions.Undone;
import dev.godwit.model.TransactionId;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transaction is taken back by another: what it did alone goes, and what others did since stays. */
class UndoTest {
    static final String SCHEMA = """
            create table item (
              id text primary key, team text scope not null, plain text, other text,
              stock integer counter not null default 0, tags text add_wins_set, notes text merged_text,
              best integer max, code text unique);
            create table part (
              id text primary key, team text scope not null, item text references item (id) on delete cascade);
            """;

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;
    private Fleet.Member b;

    @BeforeEach
    void twoDevicesThatHaveTheSameItem() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        b = fleet.device("b", "red");
        a.run("insert into item (id, team, plain, other, stock, tags, notes, best, code) values"
                + " ('i', 'red', 'p', 'o', 10, '[\"x\"]', 'Hello', 5, 'c')");
        a.run("insert into part values ('p1', 'red', 'i')");
        everybodySyncs();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void everybodySyncs() {
        for (int i = 0; i < 2; i++) {
            a.synced();
            b.synced();
            fleet.pass(1_000);
        }
        a.synced();
    }

    private static TransactionId write(Fleet.Member member, String sql) {
        return member.db.write(tx -> tx.run(sql)).id().orElseThrow();
    }

    private static Undone undo(Fleet.Member member, TransactionId id) {
        return member.db.transactions().undo(id);
    }

    /** What everybody reads in the end, the same on both devices and the server. */
    private String everywhere(String sql) {
        everybodySyncs();
        assertThat(a.all(sql)).as("on a").isEqualTo(b.all(sql));
        assertThat(fleet.onServer(sql)).as("on the server").isEqualTo(a.all(sql));
        return a.one(sql);
    }

    @Test
    void valuesGoBackToWhatTheyWere() {
        TransactionId id = write(a, "update item set plain = 'new', other = null where id = 'i'");
        everybodySyncs();
        assertThat(undo(a, id).leftAlone()).isEmpty();
        assertThat(everywhere("select plain || other from item")).isEqualTo("po");
    }

    @Test
    void whatSomebodyElseHasChangedSinceStaysAndIsNamed() {
        TransactionId id = write(a, "update item set plain = 'by a', other = 'by a' where id = 'i'");
        everybodySyncs();
        b.run("update item set plain = 'by b' where id = 'i'");
        everybodySyncs();
        assertThat(undo(a, id).leftAlone())
                .containsExactly("column plain of item, row 'i', was changed since, or has no way back");
        assertThat(everywhere("select plain || ' ' || other from item")).isEqualTo("by b o");
        b.run("update item set other = 'by b' where id = 'i'");
        everybodySyncs();
        TransactionId both = write(a, "update item set plain = 'again' where id = 'i'");
        everybodySyncs();
        b.run("update item set plain = 'last' where id = 'i'");
        everybodySyncs();
        assertThatThrownBy(() -> undo(a, both))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("nothing of transaction " + both)
                .hasMessageContaining("column plain of item");
    }

    @Test
    void newRowsGoAndDeletedOnesComeBackWithTheirChildren() {
        TransactionId made = write(a, "insert into item (id, team, plain) values ('new', 'red', 'n')");
        TransactionId deleted = write(a, "delete from item where id = 'i'");
        assertThat(everywhere("select count(*) from part")).isEqualTo("0");
        assertThat(undo(a, made).leftAlone()).isEmpty();
        assertThat(undo(a, deleted).leftAlone()).isEmpty();
        assertThat(everywhere("select group_concat(id || plain || stock || tags || notes) from item"))
                .isEqualTo("ip10[\"x\"]Hello");
        assertThat(everywhere("select id || item from part")).isEqualTo("p1i");
    }

    @Test
    void aRowThatIsThereAgainOrHasLostItsPlaceIsLeftAlone() {
        TransactionId deleted = write(a, "delete from item where id = 'i'");
        everybodySyncs();
        b.run("insert into item (id, team, plain) values ('i', 'red', 'by b')");
        everybodySyncs();
        assertThat(undo(a, deleted).leftAlone()).containsExactly("row 'i' of item is there again");
        assertThat(everywhere("select plain from item")).isEqualTo("by b");
        b.run("update item set code = 'd' where id = 'i'");
        b.run("insert into item (id, team, code) values ('k', 'red', 'k'), ('l', 'red', 'l')");
        everybodySyncs();
        TransactionId two = write(a, "delete from item where id in ('k', 'l')");
        everybodySyncs();
        b.run("insert into item (id, team, code) values ('m', 'red', 'k')");
        everybodySyncs();
        assertThat(undo(a, two).leftAlone())
                .singleElement()
                .asString()
                .startsWith("row 'k' of item does not fit any more")
                .contains("item.code");
        assertThat(everywhere("select group_concat(id) from (select id from item order by id)"))
                .isEqualTo("i,l,m");
    }

    @Test
    void countersSetsAndTextsLoseOnlyWhatTheTransactionAdded() {
        TransactionId id = write(
                a, "update item set stock = stock + 5, tags = '[\"x\",\"y\"]', notes = 'Hello world' where id = 'i'");
        everybodySyncs();
        b.run("update item set stock = stock + 100, tags = '[\"x\",\"y\",\"z\"]' where id = 'i'");
        everybodySyncs();
        assertThat(undo(a, id).leftAlone()).isEmpty();
        assertThat(everywhere("select stock || tags || notes from item")).isEqualTo("110[\"x\",\"z\"]Hello");
    }

    @Test
    void aSetGetsBackWhatWasTakenOutOfIt() {
        TransactionId id = write(a, "update item set tags = '[\"y\"]' where id = 'i'");
        everybodySyncs();
        b.run("update item set tags = '[\"y\",\"z\"]' where id = 'i'");
        everybodySyncs();
        undo(a, id);
        assertThat(everywhere("select tags from item")).isEqualTo("[\"x\",\"z\"]");
    }

    @Test
    void aTextThatMovedOrLostLettersIsLeftAlone() {
        TransactionId cut = write(a, "update item set notes = 'Hell' where id = 'i'");
        everybodySyncs();
        assertThatThrownBy(() -> undo(a, cut)).hasMessageContaining("column notes of item");
        TransactionId added = write(a, "update item set notes = 'Hell yes' where id = 'i'");
        everybodySyncs();
        b.run("update item set notes = 'Oh Hell yes' where id = 'i'");
        everybodySyncs();
        assertThatThrownBy(() -> undo(a, added)).hasMessageContaining("column notes of item");
        assertThat(everywhere("select notes from item")).isEqualTo("Oh Hell yes");
    }

    @Test
    void aRuleThatKeepsTheLargestHasNoWayBack() {
        TransactionId id = write(a, "update item set best = 9 where id = 'i'");
        everybodySyncs();
        assertThatThrownBy(() -> undo(a, id)).hasMessageContaining("column best of item");
        assertThat(everywhere("select best from item")).isEqualTo("9");
    }

    @Test
    void nothingIsUndoneTwiceAndAnUndoCanBeUndone() {
        TransactionId id = write(a, "update item set stock = stock + 5 where id = 'i'");
        TransactionId back = undo(a, id).commit().id().orElseThrow();
        assertThatThrownBy(() -> undo(a, id)).hasMessageContaining(id + " is undone already");
        assertThat(everywhere("select stock from item")).isEqualTo("10");
        assertThatThrownBy(() -> undo(a, id)).hasMessageContaining("undone already");
        undo(a, back);
        assertThat(everywhere("select stock from item")).as("redone").isEqualTo("15");
        undo(a, id);
        assertThat(everywhere("select stock from item")).isEqualTo("10");
    }

    @Test
    void anUndoThatIsDiscardedLeavesItToBeUndone() {
        TransactionId id = write(a, "update item set stock = stock + 5 where id = 'i'");
        TransactionId back = undo(a, id).commit().id().orElseThrow();
        a.db.discard(back);
        assertThat(a.one("select stock from item")).isEqualTo("15");
        undo(a, id);
        assertThat(everywhere("select stock from item")).isEqualTo("10");
    }

    @Test
    void whatWasRefusedIsNotThereToBeUndone() {
        b.run("insert into item (id, team, code) values ('b', 'red', 'taken')");
        b.synced();
        TransactionId refused = a.db.write(tx -> {
                    tx.run("insert into item (id, team, code) values ('a', 'red', 'taken')");
                    tx.run("update item set stock = stock + 5 where id = 'i'");
                })
                .id()
                .orElseThrow();
        a.sync();
        assertThat(a.db.outbox())
                .singleElement()
                .satisfies(e -> assertThat(e.status()).isEqualTo("parked"));
        assertThatThrownBy(() -> undo(a, refused))
                .hasMessageContaining("was refused")
                .hasMessageContaining("discard");
        assertThat(a.db.transactions().list().get(0).state()).isEqualTo("parked");
        assertThat(everywhere("select stock from item where id = 'i'")).isEqualTo("10");
    }

    @Test
    void aDeleteWithoutImagesSaysSo() {
        fleet.close();
        fleet = new Fleet(folder.resolve("small"), SCHEMA, TestLimits.with("transactionBytes", 1_000));
        a = fleet.device("a", "red");
        for (int i = 0; i < 4; i++) {
            a.run("insert into item (id, team, plain) values (?, 'red', ?)", "r" + i, "x".repeat(600));
        }
        TransactionId deleted = write(a, "delete from item");
        assertThatThrownBy(() -> undo(a, deleted))
                .hasMessageContaining("4 rows of item were deleted, and how they were is not kept");
        TransactionId one = write(a, "insert into item (id, team, plain) values ('s', 'red', 'short')");
        TransactionId gone = write(a, "delete from item");
        undo(a, gone);
        assertThat(a.one("select plain from item")).isEqualTo("short");
        assertThat(one).isNotEqualTo(gone);
    }

    @Test
    void thoseThatAreNotRememberedAreNamed() {
        TransactionId theirs = write(b, "update item set plain = 'b' where id = 'i'");
        everybodySyncs();
        assertThatThrownBy(() -> undo(a, theirs))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining(theirs.toString());
    }

    @Test
    void aCountThatIsTakenBackIsNoDifferenceOnTopOfALaterOne() {
        TransactionId id = count(a, 50);
        TransactionId undone = undo(a, id).commit().id().orElseThrow();
        fleet.pass(1_000);
        count(b, 100);
        assertThat(everywhere("select stock from item")).isEqualTo("100");
        assertThat(undo(a, count(a, 70)).leftAlone()).isEmpty();
        assertThat(everywhere("select stock from item")).isEqualTo("100");
        assertThatThrownBy(() -> undo(a, undone))
                .as("somebody has counted since")
                .hasMessageContaining("changed since");
    }

    @Test
    void ofACountOfWhatWasThereThereIsNothingToTakeBack() {
        TransactionId id = count(a, 10);
        assertThatThrownBy(() -> undo(a, id)).hasMessageContaining("everything is as it was");
    }

    private static TransactionId count(Fleet.Member member, long stock) {
        return member.db
                .write(tx -> tx.resetCounter("item", "stock", stock, "i"))
                .id()
                .orElseThrow();
    }
}
