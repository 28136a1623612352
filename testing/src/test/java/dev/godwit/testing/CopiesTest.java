package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.model.Limits;
import dev.godwit.server.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases that begin again, or that come back older than they were: every write counts once. */
@Timeout(120)
class CopiesTest {
    private static final String SCHEMA = "create table item (id text primary key, team text scope not null,"
            + " n integer counter not null default 0, title text);"
            + "create table ticket (id integer primary key, team text scope not null, who text not null, note text);";
    private static final String TICKETS = "select id, who, note from ticket order by id";

    @TempDir
    Path folder;

    private Fleet fleet;
    private Fleet.Member a;

    @BeforeEach
    void aDeviceThatHasSynced() {
        fleet = new Fleet(folder.resolve("fleet"), SCHEMA);
        a = fleet.device("a", "red");
        a.run("insert into item (id, team, n) values ('i', 'red', 100)");
        a.synced();
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private void installAnew(Fleet.Member member) throws IOException {
        member.db.close();
        for (String part : List.of("", "-wal", "-shm", "-godwit-sync")) {
            Files.deleteIfExists(Path.of(member.file + part));
        }
    }

    private static void take(Fleet.Member member, int n) {
        member.run("update item set n = n - ? where id = 'i'", n);
    }

    @Test
    void anApplicationThatIsInstalledAnewIsAnotherDeviceAndCountsFromOneAgain() throws IOException {
        String first = a.db.status().device().toString();
        for (int i = 0; i < 3; i++) {
            take(a, 1);
        }
        a.synced();
        installAnew(a);
        Fleet.Member anew = fleet.deviceOn("anew", a.file, a, "red");
        a.db = anew.db;
        assertThat(anew.db.status().device().toString()).isNotEqualTo(first);
        anew.synced();
        for (int i = 0; i < 3; i++) {
            take(anew, 10);
        }
        anew.synced();
        assertThat(fleet.onServer("select n from item")).isEqualTo(List.of("[67]"));
        assertThat(anew.one("select n from item")).isEqualTo("67");
    }

    @Test
    void evenTheSameIdByWorstChanceIsFoundOutAndBothCount() throws IOException {
        take(a, 1);
        a.synced();
        String first = a.db.status().device().toString();
        installAnew(a);
        // the same name has the same seed, and so the same ids in the same order
        Fleet.Member anew = fleet.deviceOn("a", a.file, a, "red");
        a.db = anew.db;
        assertThat(anew.db.status().device().toString()).isEqualTo(first);
        anew.device.randomId();
        anew.run("insert into item (id, team, n) values ('j', 'red', 5)");
        SyncResult result = anew.sync();
        assertThat(result.isSynced()).as(result.toString()).isTrue();
        assertThat(anew.db.status().device().toString()).isNotEqualTo(first);
        assertThat(fleet.onServer("select id, n from item order by id")).isEqualTo(List.of("['i', 99]", "['j', 5]"));
        assertThat(anew.all("select id, n from item order by id")).containsExactly("['i', 99]", "['j', 5]");
    }

    @Test
    void aDatabaseThatComesBackOlderShowsNothingTwiceWhileItAsksWhatTheServerHas() throws IOException {
        Limits oneAtATime = Limits.DEFAULT.with("pushTransactions", 1);
        try (Fleet slow = new Fleet(folder.resolve("slow"), SCHEMA, oneAtATime)) {
            Fleet.Member b = slow.device("b", "red");
            b.run("insert into item (id, team, n) values ('i', 'red', 100)");
            b.synced();
            for (int i = 0; i < 3; i++) {
                take(b, 1);
            }
            b.db.close();
            Path copy = folder.resolve("copy.db");
            Files.copy(b.file, copy);
            b.reopenAfterCopy();
            b.synced();
            b.db.close();
            Files.copy(copy, b.file, StandardCopyOption.REPLACE_EXISTING);
            List<String> seen = new ArrayList<>();
            b.reopenWith(options ->
                    options.withTransport(new Watched(b.transport, () -> seen.add(b.one("select n from item")))));
            b.synced();
            assertThat(seen).hasSizeGreaterThan(4).containsOnly("97");
            assertThat(b.one("select n from item")).isEqualTo("97");
            assertThat(slow.onServer("select n from item")).isEqualTo(List.of("[97]"));
            assertThat(b.db.outbox()).isEmpty();
        }
    }

    /** Two devices give their tickets the same key: the second one's, a's, is 2 on the server. */
    private Fleet.Member anotherWithTheKeyThatAGives() {
        Fleet.Member other = fleet.device("other", "red");
        other.run("insert into ticket (id, team, who) values (1, 'red', 'other')");
        other.synced();
        a.run("insert into ticket (id, team, who) values (1, 'red', 'a')");
        return other;
    }

    private void ticketsEverywhere(List<Fleet.Member> members, String... rows) {
        members.forEach(Fleet.Member::synced);
        assertThat(fleet.onServer(TICKETS)).containsExactly(rows);
        for (Fleet.Member member : members) {
            assertThat(member.all(TICKETS)).as(member.name).containsExactly(rows);
            assertThat(member.db.outbox()).isEmpty();
        }
    }

    private Path copyOf(Fleet.Member member, String name) throws IOException {
        member.db.close();
        Path copy = Files.copy(member.file, folder.resolve(name));
        member.reopenAfterCopy();
        return copy;
    }

    @ParameterizedTest(name = "the original has confirmed: {0}")
    @ValueSource(booleans = {false, true})
    void whatACopyWritesOnARowMeansThatRowThoughTheServerGaveItAnotherKey(boolean isConfirmed) throws IOException {
        Fleet.Member other = anotherWithTheKeyThatAGives();
        Path older = copyOf(a, "older.db");
        a.synced();
        if (isConfirmed) {
            a.synced();
        }
        fleet.pass(60_000);
        Fleet.Member copy = fleet.deviceOn("copy", older, a, "red");
        copy.run("update ticket set note = 'by the copy' where id = 1");
        copy.synced();
        copy.run("update ticket set note = note || ', again' where who = 'a'");
        copy.synced();
        ticketsEverywhere(List.of(a, other, copy), "[1, 'other', NULL]", "[2, 'a', 'by the copy, again']");
    }

    @Test
    void aServerThatIsRestoredDoesNotTurnAWriteOnAnothersRowToTheOwnOne() throws IOException {
        Fleet.Member other = anotherWithTheKeyThatAGives();
        a.synced();
        a.synced();
        Path backup = fleet.backup();
        other.run("insert into ticket (id, team, who) values (9, 'red', 'other, later')");
        a.run("insert into ticket (id, team, who) values (5, 'red', 'a, later')");
        other.synced();
        a.synced();
        fleet.restore(backup);
        // it brings its first transaction once more, which says 2 since it knows the new key: 1 is the other's row
        a.run("update ticket set note = 'for the other' where id = 1");
        a.synced();
        ticketsEverywhere(
                List.of(other, a, other),
                "[1, 'other', 'for the other']",
                "[2, 'a', NULL]",
                "[5, 'a, later', NULL]",
                "[9, 'other, later', NULL]");
    }

    @Test
    void aSecondCopyLearnsTheNewKeyBehindTheFirstThoughTheServersClockWasSetBackBetween() throws IOException {
        Fleet.Member other = anotherWithTheKeyThatAGives();
        Path one = copyOf(a, "one.db");
        Path two = copyOf(a, "two.db");
        a.synced();
        a.synced();
        fleet.server.pass(-3_600_000);
        Fleet.Member first = fleet.deviceOn("first", one, a, "red");
        first.synced();
        first.synced();
        fleet.pass(7_200_000);
        Fleet.Member second = fleet.deviceOn("second", two, a, "red");
        second.run("update ticket set note = 'by the second copy' where id = 1");
        second.synced();
        ticketsEverywhere(List.of(a, other, first, second), "[1, 'other', NULL]", "[2, 'a', 'by the second copy']");
    }

    /** The device is told that it is a copy, and not that the server has lost something: the copy has taken its places. */
    @ParameterizedTest(name = "has something to send: {0}")
    @ValueSource(booleans = {false, true})
    void whatARestoredServerLostComesBackThoughAnOlderCopyReachesItFirst(boolean isPending) throws IOException {
        a.synced();
        Path backup = fleet.backup();
        Path older = copyOf(a, "older.db");
        a.run("insert into item (id, team) values ('accepted', 'red')");
        a.synced();
        a.synced();
        fleet.restore(backup);
        Fleet.Member copy = fleet.deviceOn("copy", older, a, "red");
        for (int i = 0; i < 4; i++) {
            copy.run("insert into item (id, team) values (?, 'red')", "of the copy " + i);
        }
        copy.synced();
        if (isPending) {
            a.run("insert into item (id, team) values ('pending', 'red')");
        }
        a.synced();
        copy.synced();
        List<String> ids = fleet.onServer("select id from item order by id");
        assertThat(ids).contains("['accepted']").hasSize(isPending ? 7 : 6);
        for (Fleet.Member member : List.of(a, copy)) {
            assertThat(member.all("select id from item order by id")).isEqualTo(ids);
            assertThat(member.db.outbox()).isEmpty();
        }
    }

    @Test
    void aServerThatDiesAtAnyStatementWhileManyPushAppliesEverythingOnce() throws IOException {
        List<Fleet.Member> crowd = new ArrayList<>(List.of(a));
        for (int i = 0; i < 5; i++) {
            crowd.add(fleet.device("d" + i, "red"));
        }
        crowd.forEach(Fleet.Member::synced);
        int rounds = 0;
        int deaths = 0;
        for (long at = 40; at < 400; at += 60) {
            DyingSqlite dying = new DyingSqlite(fleet.server.file(), at);
            fleet.server.restart(options -> new dev.godwit.server.ServerOptions(
                    options.schema(),
                    dying,
                    options.path(),
                    options.limits(),
                    options.wallMillis(),
                    options.randomness(),
                    options.validators()));
            rounds++;
            crowd.forEach(member -> take(member, 1));
            atOnce(crowd, member -> {
                try {
                    member.sync();
                } catch (DyingSqlite.Died | RuntimeException gone) {
                    assertThat(dying.isDead()).isTrue();
                }
            });
            deaths += dying.isDead() ? 1 : 0;
            dying.bury();
            try {
                fleet.server.close();
            } catch (RuntimeException | DyingSqlite.Died alreadyGone) {
                // a dead process closes nothing
            }
        }
        fleet.server.restart(options -> options);
        crowd.forEach(Fleet.Member::synced);
        crowd.forEach(Fleet.Member::synced);
        System.out.println("CopiesTest: the server died " + deaths + " times");
        assertThat(deaths).isGreaterThan(1);
        String left = "[" + (100 - rounds * crowd.size()) + "]";
        assertThat(fleet.onServer("select n from item")).isEqualTo(List.of(left));
        assertThat(fleet.onServer("pragma integrity_check")).isEqualTo(List.of("['ok']"));
        for (Fleet.Member member : crowd) {
            assertThat(member.all("select n from item")).containsExactly(left);
            assertThat(member.db.outbox()).isEmpty();
        }
    }

    /** What the one has committed since the other began is another timeline to the other: a device that changes reads anew. */
    @Test
    void twoServersOnOneFileApplyEverythingOnceAndCountOn() {
        Fleet.Member b = fleet.device("b", "red");
        b.synced();
        int resets = 0;
        try (InProcessServer young = new InProcessServer(fleet.server.file(), SCHEMA, Limits.DEFAULT, List.of(), 99)) {
            long head = 0;
            for (int turn = 0; turn < 6; turn++) {
                for (Fleet.Member member : List.of(a, b)) {
                    fleet.pass(1_000);
                    young.pass(1_000);
                    Grant grant = new Grant("user-" + member.name, Set.of("red", "shared"), false);
                    boolean toYoung = (turn % 2 == 0) == (member == b);
                    FaultyTransport way = new FaultyTransport(toYoung ? young : fleet.server, grant);
                    List<byte[]> answers = new ArrayList<>();
                    way.watchAnswers(answers::add);
                    member.reopenWith(options -> options.withTransport(way));
                    take(member, 1);
                    member.run("update item set title = ? where id = 'i'", member.name + turn);
                    member.synced();
                    resets += answers.size() - 1;
                    assertThat(member.db.outbox()).isEmpty();
                    long next = Long.parseLong(member.one("select max(commit_number) from godwit_scope"));
                    assertThat(next).as("commit numbers rise").isGreaterThan(head);
                    head = next;
                }
            }
            b.synced();
            a.synced();
            b.synced();
        }
        System.out.println("CopiesTest: two servers on one file, " + resets + " requests more");
        for (List<String> rows : List.of(
                fleet.onServer("select n, title from item"),
                a.all("select n, title from item"),
                b.all("select n, title from item"))) {
            assertThat(rows).containsExactly("[88, 'b5']");
        }
    }

    /** Each on a thread of its own, which begin together. */
    private static void atOnce(List<Fleet.Member> members, Consumer<Fleet.Member> work) {
        CyclicBarrier start = new CyclicBarrier(members.size());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(members.size());
        for (Fleet.Member member : members) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            start.await();
                        } catch (InterruptedException | BrokenBarrierException stop) {
                            throw new IllegalStateException(stop);
                        }
                        work.accept(member);
                    },
                    threads));
        }
        all.forEach(CompletableFuture::join);
        threads.shutdown();
    }

    /** Looks before each request. */
    private record Watched(Transport transport, Runnable look) implements Transport {
        @Override
        public Answer exchange(byte[] request) {
            look.run();
            return transport.exchange(request);
        }

        @Override
        public Live live(List<String> scopes, LiveListener listener) {
            return transport.live(scopes, listener);
        }

        @Override
        public void close() {
            transport.close();
        }
    }
}
