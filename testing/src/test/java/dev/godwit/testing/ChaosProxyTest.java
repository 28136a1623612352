package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.client.TransportException;
import dev.godwit.model.Limits;
import dev.godwit.sql.SqliteOptions.Durability;
import dev.godwit.testing.ChaosFault.Ending;
import dev.godwit.testing.ChaosFault.Rewriting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real device and a real server with a bad network between them. Whatever it does: nothing is applied in parts, nothing
 * counts twice, what is pending stays, the device says what kind of failure it was, and goes on when the network is good.
 */
@Timeout(120)
class ChaosProxyTest {
    private static final int SHORT_MILLIS = 300;

    @TempDir
    Path folder;

    private OverHttp over;
    private ChaosProxy proxy;

    @BeforeEach
    void start() {
        over = new OverHttp(folder, Limits.DEFAULT, null);
        proxy = ChaosProxy.before(over.http.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        over.close();
    }

    private OverHttp.Connected device(String name) {
        return over.device(name, proxy.address(), options -> options);
    }

    /** Waits for nobody for long where nobody ever answers, and for anybody else as usual. */
    private OverHttp.Connected device(String name, Ending ending) {
        return ending == Ending.SILENCE
                ? over.device(name, proxy.address(), options -> options.withTimeoutMillis(SHORT_MILLIS))
                : device(name);
    }

    /** A sync fails so, nothing local has changed, and everything pending is kept. */
    private static SyncResult fails(OverHttp.Connected device, SyncResult.End how, String anchor) {
        List<String> before = OverHttp.everything(device.file());
        long pending = device.db().status().pending();
        SyncResult result = device.db().sync();
        assertThat(result.outcome()).as(result.toString()).isEqualTo(how);
        assertThat(result.message()).endsWith("(docs/troubleshooting.md#" + anchor + ")");
        assertThat(device.db().status().pending()).isEqualTo(pending);
        assertThat(OverHttp.everything(device.file())).isEqualTo(before);
        return result;
    }

    private static void synced(OverHttp.Connected device) {
        SyncResult result = device.db().sync();
        assertThat(result.isSynced()).as(result.toString()).isTrue();
    }

    private static List<String> rows(OverHttp.Connected device) {
        return device.db().query("select id, title from task order by id").stream()
                .map(row -> row.text("id") + " " + row.text("title"))
                .toList();
    }

    /** A device that comes by another way sees these rows, and so many commits. */
    private void serverHas(long commits, String... rows) {
        try (OverHttp.Connected other = over.device("other")) {
            synced(other);
            assertThat(rows(other)).containsExactly(rows);
            assertThat(other.db().status().checkpoints().get("red")).isEqualTo(commits);
        }
    }

    @Test
    void requestThatArrivesTwiceCountsOnceAndIsAnsweredAlike() {
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(new ChaosFault.Duplicate()));
            synced(device);
            assertThat(device.db().outbox()).isEmpty();
            serverHas(1, "1 x");
        }
    }

    @Test
    void oldRequestThatArrivesAfterANewerOneChangesNothing() throws IOException {
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "old");
            proxy.plan(ChaosPlan.each(new ChaosFault.Late()));
            fails(device, SyncResult.End.OFFLINE, "offline");
            serverHas(0);
            proxy.heal();
            device.db().write(tx -> tx.run("update task set title = 'new' where id = '1'"));
            synced(device);
            List<String> before = over.everythingOnTheServer();
            assertThat(proxy.deliverLate()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(over.everythingOnTheServer()).isEqualTo(before);
            synced(device);
            assertThat(rows(device)).containsExactly("1 new");
            serverHas(2, "1 new");
        }
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void lostAnswersAreAskedForAgainAndCountOnce(Ending ending) {
        try (OverHttp.Connected device = device("a", ending)) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(new ChaosFault.CutAnswer(0, ending)));
            fails(device, SyncResult.End.OFFLINE, ending == Ending.SILENCE ? "timeout" : "offline");
        }
        serverHas(1, "1 x");
        proxy.heal();
        try (OverHttp.Connected device = device("a")) {
            synced(device);
            assertThat(device.db().outbox()).isEmpty();
        }
        serverHas(1, "1 x");
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void requestsThatDoNotArriveAreSentAgain(Ending ending) {
        try (OverHttp.Connected device = device("a", ending)) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(new ChaosFault.CutRequest(0, ending)));
            fails(device, SyncResult.End.OFFLINE, ending == Ending.SILENCE ? "timeout" : "offline");
        }
        serverHas(0);
        proxy.heal();
        try (OverHttp.Connected device = device("a")) {
            synced(device);
        }
        serverHas(1, "1 x");
    }

    @Test
    void answersOfTwoDevicesThatAreSwappedAreTakenByNeither() {
        try (OverHttp.Connected a = device("a");
                OverHttp.Connected b = device("b")) {
            a.write("1", "of a");
            b.write("2", "of b");
            proxy.plan(ChaosPlan.each(new ChaosFault.SwapAnswers()));
            CompletableFuture<SyncResult> other =
                    CompletableFuture.supplyAsync(() -> fails(b, SyncResult.End.FAILED, "unreadable"));
            fails(a, SyncResult.End.FAILED, "unreadable");
            other.join();
            proxy.heal();
            synced(a);
            synced(b);
            synced(a);
            assertThat(rows(a)).containsExactly("1 of a", "2 of b").isEqualTo(rows(b));
            serverHas(2, "1 of a", "2 of b");
        }
    }

    private ChaosProxy.Passed last() {
        List<ChaosProxy.Passed> log = proxy.log();
        return log.get(log.size() - 1);
    }

    /** Syncs hundreds of times, and no power cut is part of it. */
    private OverHttp.Connected quick(String name) {
        return over.device(
                name, proxy.address(), options -> options, options -> options.withDurability(Durability.NORMAL));
    }

    @Test
    void requestCutAfterEachByteChangesNothing() {
        try (OverHttp.Connected device = quick("a")) {
            device.write("1", "x");
            List<String> before = over.everythingOnTheServer();
            long size = 1;
            int bytes = 0;
            for (; bytes < size; bytes++) {
                proxy.plan(ChaosPlan.each(new ChaosFault.CutRequest(bytes, Ending.CLOSE)));
                SyncResult result = device.db().sync();
                assertThat(result.outcome()).as("%d: %s", bytes, result).isEqualTo(SyncResult.End.OFFLINE);
                assertThat(result.pending()).isEqualTo(1);
                assertThat(last().up()).isEqualTo(bytes);
                size = last().size();
            }
            assertThat(bytes).as("bytes of a request").isGreaterThan(300);
            assertThat(over.everythingOnTheServer()).isEqualTo(before);
            proxy.heal();
            synced(device);
            serverHas(1, "1 x");
        }
    }

    @Test
    void answerCutAfterEachByteChangesNothing() {
        try (OverHttp.Connected other = over.device("b", over.address(), options -> options);
                OverHttp.Connected device = quick("a")) {
            other.write("2", "y");
            synced(other);
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(new ChaosFault.CutAnswer(0, Ending.CLOSE)));
            SyncResult result = fails(device, SyncResult.End.OFFLINE, "offline");
            List<String> before = OverHttp.everything(device.file());
            int bytes = 0;
            for (; !result.isSynced(); bytes++) {
                assertThat(result.outcome()).as("%d: %s", bytes, result).isEqualTo(SyncResult.End.OFFLINE);
                assertThat(result.pending()).isEqualTo(1);
                assertThat(rows(device)).as("after %d", bytes).containsExactly("1 x");
                if (bytes % 50 == 0) {
                    assertThat(OverHttp.everything(device.file())).isEqualTo(before);
                }
                proxy.plan(ChaosPlan.each(new ChaosFault.CutAnswer(bytes + 1, Ending.CLOSE)));
                result = device.db().sync();
            }
            assertThat(last().down()).as("taken when it was whole").isEqualTo(bytes);
            assertThat(bytes).as("bytes of an answer").isGreaterThan(200);
            assertThat(rows(device)).containsExactly("1 x", "2 y");
            serverHas(2, "1 x", "2 y");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void captivePortalThatRedirectsIsNotFollowedAndGetsNoToken(int status) {
        try (ChaosProxy elsewhere = ChaosProxy.before(over.http.port());
                OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(ChaosFault.redirect(status, elsewhere.address() + "/v1/sync")));
            fails(device, SyncResult.End.OFFLINE, "captive-portal");
            assertThatThrownBy(() -> device.transport().live(List.of("red"), new Unheard()))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(TransportException.Kind.CAPTIVE_PORTAL));
            assertThat(elsewhere.log()).as("nobody went there").isEmpty();
            proxy.heal();
            synced(device);
            serverHas(1, "1 x");
        }
    }

    private record Unheard() implements Transport.LiveListener {
        @Override
        public void heads(Map<String, Long> heads) {
            throw new AssertionError("nobody speaks");
        }

        @Override
        public void ended(String reason) {
            throw new AssertionError("nothing began");
        }
    }

    @Test
    void captivePortalsPageIsNoAnswerAndNoLiveConnection() {
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(ChaosFault.loginPage()));
            fails(device, SyncResult.End.OFFLINE, "captive-portal");
            assertThatThrownBy(() -> device.transport().live(List.of("red"), new Unheard()))
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(TransportException.Kind.CAPTIVE_PORTAL));
            // one that speaks the right type and knows nothing of the protocol
            proxy.plan(ChaosPlan.each(ChaosFault.inPlace(
                    "200 OK", "Content-Type: application/vnd.godwit\r\n", "<html>Welcome! Please log in.</html>")));
            fails(device, SyncResult.End.OFFLINE, "captive-portal");
            proxy.heal();
            synced(device);
            serverHas(1, "1 x");
        }
    }

    /** More than the server sends uncompressed. */
    private String[] manyRows() {
        String[] all = new String[200];
        Random random = new Random(7);
        try (OverHttp.Connected other = over.device("b", over.address(), options -> options)) {
            other.db().write(tx -> {
                for (int i = 0; i < all.length; i++) {
                    String title = Long.toString(random.nextLong(), Character.MAX_RADIX);
                    all[i] = 1_000 + i + " " + title;
                    tx.run("insert into task values (?, 'red', ?)", Integer.toString(1_000 + i), title);
                }
            });
            synced(other);
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(Rewriting.class)
    void answersThatAreRewrittenOnTheWayAreRefusedOrAreWhatTheyWere(Rewriting how) {
        String[] many = manyRows();
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.each(new ChaosFault.Rewritten(how)));
            if (how != Rewriting.INFLATED && how != Rewriting.LENGTH_TOO_LARGE) {
                List<String> before = OverHttp.everything(device.file());
                SyncResult result = device.db().sync();
                assertThat(result.outcome()).as(result.toString()).isEqualTo(SyncResult.End.OFFLINE);
                assertThat(result.message()).matches("[ -~—…]+\\(docs/troubleshooting.md#[a-z-]+\\)");
                assertThat(OverHttp.everything(device.file())).isEqualTo(before);
                proxy.heal();
                if (how == Rewriting.LENGTH_TOO_SMALL) {
                    // what was left over may lie in a connection that is used again: once
                    assertThat(device.db().sync().message()).matches("[ -~—…]*");
                }
            }
            synced(device);
            assertThat(rows(device)).hasSize(201).contains("1 x").contains(many);
            serverHas(2, Stream.concat(Stream.of("1 x"), Stream.of(many)).toArray(String[]::new));
        }
    }

    @Test
    void staleAnswersAreRefusedAndCachesAreToldToKeepNone() {
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            synced(device);
            device.write("2", "y");
            proxy.plan(ChaosPlan.each(new ChaosFault.Stale()));
            fails(device, SyncResult.End.FAILED, "unreadable");
            serverHas(1, "1 x");
            proxy.heal();
            synced(device);
            serverHas(2, "1 x", "2 y");
            String answer = new String(proxy.remembered("POST /v1/sync").orElseThrow(), StandardCharsets.ISO_8859_1);
            assertThat(answer).contains("Cache-Control: no-store");
        }
    }

    @Test
    void slowNetworkIsSlowAndNothingElse() {
        String[] many = manyRows();
        try (OverHttp.Connected device = device("a")) {
            device.write("1", "x");
            proxy.plan(ChaosPlan.once(new ChaosFault.Latency(5), new ChaosFault.Bandwidth(100_000)));
            synced(device);
            device.write("2", "y");
            synced(device);
            assertThat(rows(device)).hasSize(202).contains(many);
            assertThat(proxy.log()).hasSize(2).allMatch(passed -> passed.fault().isPresent());
        }
    }

    /** The same seed chooses the same, so a failing run can be had again. */
    @Test
    void seededNetworkComesToAnEndAndCountsEachOnce() throws IOException {
        long seed = Long.parseLong("0" + System.getProperty("seed", ""));
        seed = seed == 0 ? 20261121 : seed;
        System.out.println("ChaosProxyTest: seed " + seed);
        ChaosFault[] faults = {
            new ChaosFault.Duplicate(),
            new ChaosFault.Late(),
            new ChaosFault.Stale(),
            ChaosFault.reset(),
            ChaosFault.answerLost(),
            ChaosFault.loginPage(),
            ChaosFault.tooBusy(503, "1"),
            new ChaosFault.CutAnswer(250, Ending.RESET),
            new ChaosFault.CutRequest(400, Ending.CLOSE),
            new ChaosFault.Rewritten(Rewriting.TRUNCATED),
            new ChaosFault.Rewritten(Rewriting.DAMAGED)
        };
        try (OverHttp.Connected device = quick("a")) {
            proxy.plan(ChaosPlan.seeded(seed, 60, faults));
            for (int i = 0; i < 60; i++) {
                device.write("" + (100 + i), "x");
                device.db().sync();
            }
            int late = (int) proxy.log().stream()
                    .filter(passed -> passed.fault()
                            .filter(ChaosFault.Late.class::isInstance)
                            .isPresent())
                    .count();
            proxy.heal();
            synced(device);
            List<String> before = over.everythingOnTheServer();
            for (int i = 0; i < late; i++) {
                assertThat(proxy.deliverLate()).isEqualTo("HTTP/1.1 200 OK");
            }
            assertThat(over.everythingOnTheServer()).isEqualTo(before);
            assertThat(device.db().status().checkpoints().get("red")).isEqualTo(60);
            assertThat(proxy.log().stream().map(ChaosProxy.Passed::fault).distinct())
                    .as("kinds that were reached")
                    .hasSizeGreaterThan(faults.length / 2);
        }
    }
}
