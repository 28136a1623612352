package dev.godwit.server;

import static dev.godwit.server.TestDevice.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.model.*;
import dev.godwit.wire.*;
import java.nio.file.Path;
import java.util.*;
import java.util.regex.Pattern;
import org.junit.jupiter.api.*;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases that a hostile reading of the engine found, each once broken. */
@Timeout(60)
class ReviewedCasesTest {
    static final String SCHEMA = """
        create table job (id text primary key, team text scope not null, title text, note text default 'none',
          stock integer counter not null default 0, code text unique);
        create table line (id text primary key, team text scope not null, job text default 'fallback' references job(id) on delete cascade, note text);
        create table mark (id text primary key, team text scope not null, job text default 'fallback' references job(id) on delete set default);
        create table genre (id integer primary key, name text, up integer references genre(id) on delete cascade);
        create table tag (id text primary key, team text scope not null, genre integer references genre(id) on delete cascade);
        create table "odd name" (id text primary key, team text scope not null, n integer check (n > 0));
        create table shelf (id text primary key, team text scope not null, tag text unique);
        create table book (id text primary key, team text scope not null, shelf text references shelf(tag));
        insert into godwit_policy values ('genre', null, 'scope', 'shared');
        """;

    @TempDir
    Path dir;

    TestServer server;

    @BeforeEach
    void open() {
        server = new TestServer(dir.resolve("s.db"), SCHEMA);
    }

    @AfterEach
    void close() {
        server.close();
    }

    TestDevice dev(String name, String... scopes) {
        return new TestDevice(server, name, scopes);
    }

    static RowBlock job(String id, String team, String title) {
        return insert("job", "id", id, "team", team, "title", title, "note", "n", "stock", 0, "code", Value.NULL);
    }

    @Test
    void updateOfARowBornElsewhereByADeviceThatHoldsOnlyItsPresentScope() {
        TestDevice ab = dev("ab", "a", "b");
        TestDevice b = dev("b", "b");
        ab.write(job("r", "a", "x"));
        ab.sync();
        ab.write(update("job", "id", "r", "team", "b"));
        ab.sync();
        b.sync();
        assertThat(b.cell("job", "r", "title")).isEqualTo("'x'");
        b.write(update("job", "id", "r", "title", "mine"));
        assertThat(b.sync().toString()).contains("lost=[]");
        assertThat(server.rows("select title from job").toString()).contains("mine");
    }

    @Test
    void updateAfterAnInsertThatJoinedAnIdenticalRow() {
        TestDevice d = dev("d", "a");
        TestDevice e = dev("e", "a");
        d.sync();
        e.write(job("k", "a", "same"));
        e.sync();
        server.now += 10_000;
        d.elapsed += 10_000;
        d.write(job("k", "a", "same"));
        d.write(List.of(1L), update("job", "id", "k", "title", "later"));
        assertThat(d.sync().toString()).contains("lost=[]").doesNotContain("LostCell");
        assertThat(server.rows("select title from job").toString()).contains("later");
    }

    @Test
    void ownInsertDeletedByAnotherBeforeTheFirstCutReachesTheDevice() {
        TestDevice d = dev("d", "a");
        TestDevice e = dev("e", "a");
        d.write(job("k", "a", "x"));
        d.send(d.pending.get(0));
        e.sync();
        e.write(delete("job", "k"));
        e.sync();
        d.sync();
        assertThat(d.rows("job")).isEmpty();
    }

    @Test
    void rowWrittenInAScopeNotHeldAndThenMovedIntoOneThatIs() {
        TestDevice d = dev("d", "a", "b");
        d.scopes.remove("a");
        d.sync();
        d.write(job("k", "a", "x"));
        d.write(update("job", "id", "k", "team", "b"));
        d.sync();
        assertThat(d.cell("job", "k", "title")).isEqualTo("'x'");
    }

    @Test
    void childThatOnlyTheServerCascadesTo() {
        TestDevice d = dev("d", "a");
        d.write(job("p", "a", "x"), insert("line", "id", "c", "team", "a", "job", "p", "note", "n"));
        d.sync();
        d.write(delete("job", "p"));
        d.sync();
        assertThat(server.rows("select * from line")).isEmpty();
        assertThat(d.rows("line")).isEmpty();
    }

    @Test
    void insertByAnOlderSchemaTakesTheDefault() {
        server.restart(SCHEMA.replace("code text unique);", "code text unique, extra text not null default 'dflt');"));
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "x"));
        assertThat(d.sync().get(0)).isInstanceOf(Outcome.Applied.class);
        assertThat(server.rows("select extra from job").toString()).contains("dflt");
    }

    @Test
    void setDefault() {
        TestDevice d = dev("d", "a");
        d.write(job("fallback", "a", "f"), job("p", "a", "x"), insert("mark", "id", "m", "team", "a", "job", "p"));
        d.sync();
        d.write(delete("job", "p"));
        d.sync();
        assertThat(server.rows("select job from mark").toString()).contains("fallback");
    }

    @Test
    void cascadeIntoAnUngrantedScopeDoesNotNameTheChild() {
        TestDevice o = dev("o", "shared", "secret");
        TestDevice d = dev("d", "shared");
        o.write(
                insert("genre", "id", 1, "name", "g", "up", Value.NULL),
                insert("tag", "id", "hidden-key", "team", "secret", "genre", 1));
        o.sync();
        d.sync();
        d.write(delete("genre", 1));
        Outcome.Rejected r = rejected(d.sync().get(0));
        assertThat(r.toString()).doesNotContain("hidden-key");
        assertThat(r.code()).isEqualTo(RejectionCode.REFERENCES);
    }

    @Test
    void anUnexpectedFailureDoesNotBlockTheDevice() {
        server.validators.add((t, before, after) -> {
            if (String.valueOf(after).contains("boom")) throw new IllegalStateException("validator");
            return Optional.empty();
        });
        server.restart();
        TestDevice d = dev("d", "a");
        d.write(job("ok", "a", "fine"));
        d.write(job("bad", "a", "boom"));
        d.write(job("ok2", "a", "fine"));
        for (int i = 0; i < 5; i++) {
            d.exchange(d.request(d.pending));
        }
        assertThat(server.rows("select id from job order by id").toString()).contains("'ok'", "'ok2'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    note text);    | note text, more text);
                    code text unique); | code text unique, extra text);
                    """)
    void operatorChangesOutliveAnUpgradeOfTheSchema(String before, String after) {
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "x"));
        d.sync();
        server.engine().close();
        server.operator("update job set title = 'by hand'");
        assertThat(SCHEMA).contains(before);
        server.restart(SCHEMA.replaceFirst(Pattern.quote(before), after));
        d.sync();
        assertThat(d.cell("job", "k", "title")).isEqualTo("'by hand'");
    }

    @Test
    void everyUnconfirmedReceiptIsInTheCut() {
        server.limits = Limits.DEFAULT.with("receiptsPerCut", 3).with("pageRows", 1_000);
        server.restart();
        TestDevice d = dev("d", "a");
        d.sync();
        for (int i = 0; i < 8; i++) {
            d.write(job("k" + i, "a", "x"));
        }
        List<Frame> frames = d.exchange(d.request(d.pending));
        Cut cut = first(frames, Cut.class).orElseThrow();
        assertThat(cut.receipts().size()).isEqualTo((int) cut.lastSequence());
    }

    @Test
    void aRefusedTransactionOfACloneIsNotCalledADuplicate() {
        TestDevice d = dev("d", "a");
        d.sync();
        PushedTransaction bad = d.write(insert("odd name", "id", "k", "team", "a", "n", -1));
        assertThat(d.sync().get(0)).isInstanceOf(Outcome.Rejected.class);
        TestDevice clone = dev("d", "a");
        assertThat(decisions(clone.send(at(bad, 1))).get(0)).isInstanceOf(Outcome.Rejected.class);
    }

    @Test
    void whatWasVoidedElsewhereIsNotCalledADuplicate() {
        TestDevice d = dev("d", "a");
        d.sync();
        PushedTransaction t = d.write(job("k", "a", "x"));
        d.send(asVoid(t));
        TestDevice clone = dev("d", "a");
        decisions(clone.send(at(t, 1)));
        assertThat(server.rows("select id from job").toString()).contains("'k'");
    }

    @Test
    void anEmptyBootIdTellsNoAge() {
        TestDevice d = dev("d", "a");
        d.boot = "";
        d.sync();
        TestDevice e = dev("e", "a");
        e.write(job("k", "a", "x"));
        e.sync();
        d.sync();
        server.now += 100_000;
        e.elapsed += 100_000;
        d.wall = server.now;
        d.elapsed = 5_000_000;
        d.write(update("job", "id", "k", "title", "old"));
        d.elapsed = 5_000_000 + 1000L * 3600 * 24 * 365;
        d.sync();
        long micros = Long.parseLong(server.rows("select last_stamp / 65536 from godwit_device where number = 1")
                .get(0)
                .replaceAll("[^0-9]", ""));
        assertThat(micros).isEqualTo(server.now);
    }

    @Test
    void tooLargeIsSize() {
        server.limits = Limits.DEFAULT.with("valueBytes", 100);
        server.restart();
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "x".repeat(101)));
        assertThat(rejected(d.sync().get(0)).code()).isEqualTo(RejectionCode.SIZE);
    }

    @Test
    void tableWithASpaceInItsName() {
        TestDevice d = dev("d", "a");
        d.write(insert("odd name", "id", "k", "team", "a", "n", -1));
        assertThat(rejected(d.sync().get(0)).table()).isEqualTo("odd name");
    }

    @Test
    void safeSequenceRisesForADeviceThatOnlyPulls() {
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "x"));
        d.sync();
        d.sync();
        server.now += Limits.DEFAULT.acceptedKeptMillis() + 1;
        assertThat(first(d.exchange(d.request(List.of())), Cut.class)
                        .orElseThrow()
                        .safeSequence())
                .isEqualTo(1);
    }

    @Test
    void aReferencedColumnThatChangesUnderItsChildren() {
        TestDevice d = dev("d", "a");
        TestDevice e = dev("e", "a");
        d.write(insert("shelf", "id", "s", "team", "a", "tag", "t1"));
        d.sync();
        e.sync();
        e.write(insert("book", "id", "b", "team", "a", "shelf", "t1"));
        e.sync();
        d.write(update("shelf", "id", "s", "tag", "t2"));
        assertThat(rejected(d.sync().get(0)).code()).isEqualTo(RejectionCode.REFERENCES);
    }

    @Test
    void aParentThatMovesAwayFromItsChildren() {
        TestDevice d = dev("d", "a", "b");
        TestDevice e = dev("e", "a");
        d.write(job("p", "a", "x"));
        d.sync();
        e.sync();
        e.write(insert("line", "id", "c", "team", "a", "job", "p", "note", "n"));
        e.sync();
        d.write(update("job", "id", "p", "team", "b"));
        assertThat(rejected(d.sync().get(0)).code()).isEqualTo(RejectionCode.REFERENCES);
    }

    @Test
    void anOrphanOfTheOperatorCanBeEdited() {
        server.operator("pragma foreign_keys=off; insert into line values ('c', 'a', 'gone', 'n')");
        TestDevice d = dev("d", "a");
        d.sync();
        d.write(update("line", "id", "c", "note", "edited"));
        assertThat(d.sync().get(0)).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void lostTailOfADeviceWithoutScopes() {
        TestDevice d = dev("d", "a");
        d.scopes.clear();
        d.confirmed = 5;
        d.sequence = 5;
        d.write(job("k", "a", "x"));
        List<Frame> frames = d.exchange(d.request(d.pending));
        assertThat(frames.toString()).contains("CLONE");
    }

    @Test
    void whatBuildsOnAVoidIsNotAppliedToAStrangersRow() {
        TestDevice d = dev("d", "a");
        TestDevice e = dev("e", "a");
        d.sync();
        PushedTransaction t1 = d.write(job("k", "a", "mine"));
        d.write(List.of(1L), update("job", "id", "k", "title", "mine2"));
        e.write(job("k", "a", "theirs"));
        e.sync();
        server.now += 1000;
        d.elapsed += 1000;
        d.pending.set(0, asVoid(t1));
        List<Outcome> out = d.sync();
        assertThat(rejected(out.get(1)).code()).isEqualTo(RejectionCode.DEPENDS_ON);
    }

    @Test
    void insertOverAnUngrantedRowNamesNoScope() {
        TestDevice o = dev("o", "secret");
        o.write(job("k", "secret", "x"));
        o.sync();
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "y"));
        Outcome.Rejected refused = rejected(d.sync().get(0));
        assertThat(refused.code()).isEqualTo(RejectionCode.RIGHT);
        assertThat(refused.toString()).contains("'k'").doesNotContain("secret", "'x'");
    }

    @Test
    @Timeout(60)
    void aDeepCascadeDoesNotKillTheWriter() throws Exception {
        server.operator(
                "with recursive n(i) as (select 1 union all select i+1 from n where i < 3000) insert into genre select i, 'g', case when i = 1 then null else i-1 end from n");
        server.engine().tick();
        TestDevice d = dev("d", "shared");
        d.sync();
        d.write(delete("genre", 1));
        Thread t = new Thread(() -> d.exchange(d.request(d.pending)));
        t.setDaemon(true);
        t.start();
        t.join(20_000);
        assertThat(t.isAlive()).as("request hangs").isFalse();
        TestDevice e = dev("e", "a");
        e.write(job("k", "a", "x"));
        Thread u = new Thread(() -> e.exchange(e.request(e.pending)));
        u.setDaemon(true);
        u.start();
        u.join(10_000);
        assertThat(u.isAlive()).as("next request hangs").isFalse();
    }

    @Test
    void planOfTheLogNeedsNoSorter() throws Exception {
        java.lang.reflect.Field f = SqliteReader.class.getDeclaredField("LOG");
        f.setAccessible(true);
        String plan = server.rows("explain query plan "
                        + ((String) f.get(null))
                                .replace("?1", "1")
                                .replace("?2", "1")
                                .replace("?3", "1")
                                .replace("?4", "x''"))
                .toString();
        System.out.println("PLAN " + plan);
        assertThat(plan).doesNotContain("TEMP B-TREE");
    }

    @Test
    void operatorRowWithoutScopeThenInsertByDevice() {
        server.operator("insert into job (id, team) values ('k', '')");
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "x"));
        assertThat(rejected(d.sync().get(0)).code()).isEqualTo(RejectionCode.UNIQUE);
        server.operator("update job set team = 'a' where id = 'k'");
        d.sync();
        assertThat(d.cell("job", "k", "team")).isEqualTo("'a'");
    }

    @Test
    void insertWhereATombstoneOfAnotherScopeIs() {
        TestDevice o = dev("o", "secret");
        o.write(job("k", "secret", "x"));
        o.sync();
        o.write(delete("job", "k"));
        o.sync();
        TestDevice d = dev("d", "a");
        d.write(job("k", "a", "y"));
        assertThat(d.sync().get(0)).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void readOnlyTokenDoesNotWrite() {
        TestDevice d = dev("d", "a");
        d.grant = new Grant("d", Set.of("a"), true);
        d.write(job("k", "a", "x"));
        assertThat(rejected(d.sync().get(0)).code()).isEqualTo(RejectionCode.RIGHT);
    }
}
