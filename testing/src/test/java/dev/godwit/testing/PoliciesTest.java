package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that meet: deletes, keys, UNIQUE values and parents, each with its policy, on two devices and a server. */
class PoliciesTest {
    private static final String SCHEMA = """
            create table plain (id text primary key, team text scope not null, a text, b text);
            create table kept (id text primary key, team text scope not null, a text, n integer counter not null default 0);
            create table asked (id text primary key, team text scope not null, a text, b text);
            create table visit (id integer primary key, team text scope not null, what text);
            create table line (
              id integer primary key, team text scope not null,
              visit integer not null references visit(id), note text);
            create table natural (code text primary key, team text scope not null, a text, b text,
              n integer counter not null default 0);
            create table renamed (id text primary key, team text scope not null, name text unique);
            create table person (id text primary key, team text scope not null, mail text unique, name text, phone text);
            create table note (id text primary key, team text scope not null, person text references person(id), t text);
            create table folder (id text primary key, team text scope not null, name text);
            create table back (id text primary key, team text scope not null, folder text references folder(id));
            create table gone (id text primary key, team text scope not null, folder text references folder(id));
            create table cleared (id text primary key, team text scope not null, folder text references folder(id));
            create table held (id text primary key, team text scope not null, folder text references folder(id));
            insert into godwit_policy values
              ('kept', null, 'delete', 'update_wins'), ('asked', null, 'delete', 'manual'),
              ('natural', null, 'key_clash', 'merge_rows'), ('renamed', null, 'unique', 'rename'),
              ('person', null, 'unique', 'merge_rows'), ('back', null, 'parent', 'resurrect'),
              ('gone', null, 'parent', 'cascade'), ('cleared', null, 'parent', 'set_null');
            """;

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
        a.run("insert into plain values ('p', 'red', 'a', 'b')");
        a.run("insert into kept values ('k', 'red', 'a', 10)");
        a.run("insert into asked values ('q', 'red', 'a', 'b')");
        a.run("insert into folder values ('f', 'red', 'old'), ('g', 'red', 'old')");
        a.synced();
        b.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void everybodySyncs() {
        for (int i = 0; i < 2; i++) {
            b.sync();
            a.sync();
        }
        b.sync();
        for (String table : List.of(
                "plain", "kept", "asked", "visit", "line", "natural", "renamed", "person", "note", "folder", "back",
                "gone", "cleared", "held")) {
            List<String> stored = fleet.onServer("select * from " + table + " order by 1");
            assertThat(a.all("select * from " + table + " order by 1"))
                    .as("a: " + table)
                    .isEqualTo(stored);
            assertThat(b.all("select * from " + table + " order by 1"))
                    .as("b: " + table)
                    .isEqualTo(stored);
        }
    }

    @Test
    void deleteWinsAndWhatWasWrittenIsInTheInbox() {
        a.run("update plain set a = 'by a' where id = 'p'");
        b.run("delete from plain where id = 'p'");
        everybodySyncs();
        assertThat(a.one("select count(*) from plain")).isEqualTo("0");
        assertThat(b.one("select rule || ' ' || tbl || ' ' || row from godwit_conflict"))
                .isEqualTo("delete_wins plain p");
        a.run("insert into plain values ('p', 'red', 'again', null)");
        everybodySyncs();
        b.run("update plain set a = 'by b' where id = 'p'");
        a.run("delete from plain where id = 'p'");
        everybodySyncs();
        assertThat(b.one("select count(*) from plain")).isEqualTo("0");
        assertThat(b.one("select count(*) from godwit_conflict"))
                .as("also if the delete came later")
                .isEqualTo("2");
    }

    @Test
    void updateWinsWhoeverComesFirst() {
        a.run("update kept set a = 'by a', n = n + 5 where id = 'k'");
        b.run("delete from kept where id = 'k'");
        everybodySyncs();
        assertThat(a.one("select a || n from kept"))
                .as("the update came later: the row is back")
                .isEqualTo("by a15");
        a.run("delete from kept where id = 'k'");
        b.run("update kept set n = n - 1 where id = 'k'");
        everybodySyncs();
        assertThat(a.one("select a || n from kept"))
                .as("the delete came later: it lost")
                .isEqualTo("by a14");
        assertThat(a.one("select rule from godwit_conflict limit 1")).isEqualTo("update_wins");
        b.run("delete from kept where id = 'k'");
        everybodySyncs();
        assertThat(a.one("select count(*) from kept"))
                .as("nobody wrote meanwhile")
                .isEqualTo("0");
    }

    @Test
    void manualDeletesWaitForAPerson() {
        a.run("update asked set a = 'by a' where id = 'q'");
        b.run("delete from asked where id = 'q'");
        everybodySyncs();
        assertThat(a.one("select count(*) from asked")).isEqualTo("0");
        String id = a.db.inbox().undecided().get(0).id();
        a.db.inbox().takeMine(id);
        everybodySyncs();
        assertThat(b.one("select a || b from asked"))
                .as("the whole row, with what was written")
                .isEqualTo("by ab");
        a.run("delete from asked where id = 'q'");
        b.run("update asked set b = 'by b' where id = 'q'");
        everybodySyncs();
        assertThat(b.one("select b from asked")).isEqualTo("by b");
        b.db.inbox().takeMine(b.db.inbox().undecided().get(0).id());
        everybodySyncs();
        assertThat(a.one("select count(*) from asked")).isEqualTo("0");
        assertThat(a.db.inbox().undecided()).isEmpty();
    }

    @Test
    void h12TwoDevicesTakeTheNextIntegerWithLinesBelowItAndBothSurvive() {
        a.db.write(tx -> {
            tx.run("insert into visit values (1, 'red', 'by a')");
            tx.run("insert into line values (1, 'red', 1, 'first of a'), (2, 'red', 1, 'second of a')");
        });
        a.run("update visit set what = 'still by a' where id = 1");
        a.run("insert into line values (3, 'red', 1, 'third of a')");
        b.db.write(tx -> {
            tx.run("insert into visit values (1, 'red', 'by b')");
            tx.run("insert into line values (1, 'red', 1, 'first of b')");
        });
        everybodySyncs();
        assertThat(a.all("select v.what, l.note from visit v join line l on l.visit = v.id order by l.note"))
                .containsExactly(
                        "['still by a', 'first of a']",
                        "['by b', 'first of b']",
                        "['still by a', 'second of a']",
                        "['still by a', 'third of a']");
        a.run("insert into visit values (9, 'red', 'same')");
        b.run("insert into visit values (9, 'red', 'same')");
        everybodySyncs();
        assertThat(a.one("select count(*) from visit where what = 'same'"))
                .as("identical rows are one")
                .isEqualTo("1");
    }

    @Test
    void h12WhatWasWrittenBeforeTheNewKeyWasKnownFollowsIt() {
        b.run("insert into visit values (1, 'red', 'by b')");
        b.synced();
        a.run("insert into visit values (1, 'red', 'by a')");
        a.run("insert into line values (1, 'red', 1, 'of a')");
        a.transport.fail(new FaultyTransport.Fault.AnswerLost());
        assertThat(a.sync().isSynced()).isFalse();
        // a does not know yet that its visit is another now
        a.run("update visit set what = 'by a, later' where id = 1");
        a.run("insert into line values (2, 'red', 1, 'of a, later')");
        everybodySyncs();
        assertThat(b.all("select v.what, l.note from visit v join line l on l.visit = v.id order by l.note"))
                .containsExactly("['by a, later', 'of a']", "['by a, later', 'of a, later']");
        assertThat(b.one("select what from visit where id = 1")).isEqualTo("by b");
    }

    @Test
    void naturalKeysMergeTheirRows() {
        a.run("insert into natural values ('n', 'red', 'by a', null, 5)");
        fleet.pass(1_000);
        b.run("insert into natural values ('n', 'red', null, 'by b', 5)");
        everybodySyncs();
        assertThat(a.one("select a || ' ' || b || ' ' || n from natural")).isEqualTo("by a by b 5");
    }

    @Test
    void uniqueNamesGetANumber() {
        a.run("insert into renamed values ('1', 'red', 'inbox')");
        b.run("insert into renamed values ('2', 'red', 'inbox')");
        everybodySyncs();
        assertThat(a.all("select name from renamed order by id")).containsExactly("['inbox (2)']", "['inbox']");
        b.run("insert into renamed values ('3', 'red', 'inbox (3)')");
        a.run("update renamed set name = 'inbox (3)' where id = '1'");
        everybodySyncs();
        assertThat(a.all("select name from renamed order by id"))
                .containsExactly("['inbox (3) (2)']", "['inbox']", "['inbox (3)']");
    }

    @Test
    void rowsWithOneUniqueValueAreOneAndWhatRefersToThemFollows() {
        b.run("insert into person values ('pb', 'red', 'x@y', 'by b', null)");
        a.db.write(tx -> {
            tx.run("insert into person values ('pa', 'red', 'x@y', null, '123')");
            tx.run("insert into note values ('n', 'red', 'pa', 'about him')");
        });
        a.run("update person set phone = '456' where id = 'pa'");
        everybodySyncs();
        assertThat(a.all("select id, mail, name, phone from person")).containsExactly("['pb', 'x@y', 'by b', '456']");
        assertThat(b.one("select person from note")).isEqualTo("pb");
    }

    @Test
    void aMissingParentComesBackOrTakesTheRowOrIsClearedOrHolds() {
        a.run("insert into back values ('1', 'red', 'f')");
        b.run("delete from folder where id = 'f'");
        everybodySyncs();
        assertThat(b.one("select name from folder where id = 'f'")).isEqualTo("old");
        a.run("insert into gone values ('1', 'red', 'g')");
        a.run("insert into cleared values ('1', 'red', 'g')");
        a.run("insert into held values ('1', 'red', 'g')");
        b.run("delete from folder where id = 'g'");
        b.synced();
        SyncResult result = a.sync();
        everybodySyncs();
        assertThat(a.one("select count(*) from gone")).isEqualTo("0");
        assertThat(a.one("select count(*) || coalesce(max(folder), '-') from cleared"))
                .isEqualTo("1-");
        assertThat(result.parked()).isEqualTo(1);
        assertThat(a.db.outbox().get(0).reason()).contains("refers to a row of folder");
    }

    @Test
    void aParentThatOthersHavePutChildrenBelowIsKeptOrTakesThemAlong() {
        b.run("insert into back values ('1', 'red', 'f')");
        b.run("insert into gone values ('1', 'red', 'g')");
        b.run("insert into cleared values ('1', 'red', 'g')");
        b.synced();
        a.run("delete from folder where id = 'f'");
        a.run("delete from folder where id = 'g'");
        everybodySyncs();
        assertThat(a.all("select id from folder")).as("somebody is below f").containsExactly("['f']");
        assertThat(a.one("select count(*) from gone")).isEqualTo("0");
        assertThat(a.one("select count(*) || coalesce(max(folder), '-') from cleared"))
                .isEqualTo("1-");
        assertThat(a.one("select group_concat(rule, ' ') from (select rule from godwit_conflict order by rule)"))
                .isEqualTo("parent_cascade parent_resurrect");
    }
}
