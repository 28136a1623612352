package dev.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.cli.ExitCode;
import dev.godwit.cli.Main;
import dev.godwit.merge.Splice;
import dev.godwit.merge.TextEvent;
import dev.godwit.merge.TextWalk;
import dev.godwit.merge.VersionVector;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The bench itself, on a small scale: that it runs, counts and verifies, not how fast anything is. */
class BenchTest {

    @Test
    void theMedianIsTheMiddleAndOfAnEvenNumberTheMeanOfTwo() {
        assertThat(new Samples(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2.0);
        assertThat(new Samples(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3.0);
        assertThat(new Samples(List.of(9.0, 1.0, 2.0)).least()).isEqualTo(1.0);
        assertThat(new Samples(List.of(9.0, 1.0, 2.0)).most()).isEqualTo(9.0);
        assertThatThrownBy(() -> new Samples(List.of())).hasMessageContaining("nothing was measured");
    }

    @Test
    void aFigureHoldsUpToItsLimitAndARatioIsOfTheMedians() {
        Samples ours = new Samples(List.of(3.0, 30.0, 3.0));
        Samples plain = new Samples(List.of(2.0, 2.0, 0.1));
        assertThat(Figure.ratio("r", ours, plain, 1.5).figure()).isEqualTo(1.5);
        assertThat(Figure.ratio("r", ours, plain, 1.5).holds()).isTrue();
        assertThat(Figure.ratio("r", ours, plain, 1.49).holds()).isFalse();
        assertThat(Figure.amount("a", "B", 61, null, 60).holds()).isFalse();
        assertThat(Figure.amount("a", "B", 61, null, Double.NaN).holds()).isTrue();
    }

    @Test
    void theProxyCountsEachByteOfBothDirections() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                CountingProxy proxy = new CountingProxy(server.getLocalPort());
                Socket device = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
                Socket accepted = server.accept()) {
            device.getOutputStream().write(new byte[100_000]);
            device.shutdownOutput();
            assertThat(accepted.getInputStream().readNBytes(100_000)).hasSize(100_000);
            accepted.getOutputStream().write(new byte[77]);
            assertThat(device.getInputStream().readNBytes(77)).hasSize(77);
            assertThat(proxy.take()).isEqualTo(new CountingProxy.Traffic(100_000, 77));
            assertThat(proxy.take()).isEqualTo(new CountingProxy.Traffic(0, 0));
        }
    }

    @Test
    void thePlainSocketMovesEverythingPacked() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(7).nextBytes(noise);
        assertThat(PlainSocket.move(noise).bytes()).isGreaterThan(200_000);
        assertThat(PlainSocket.move(new byte[200_000]).bytes()).isBetween(100L, 2_000L);
    }

    @Test
    void everyPartRunsAndIsVerified() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "bench",
                "--only=writes,transfers,million",
                "--commits=20",
                "--rows=2000",
                "--fields=50",
                "--million=20000",
                "--rounds=1",
                "--json");
        assertThat(code).as("%s%n%s", out, err).isEqualTo(ExitCode.DONE);
        assertThat(err.toString()).doesNotContain("WRONG").contains("synchronous 2");
        assertThat(out.toString().lines().toList())
                .allMatch(line -> line.startsWith("{\"measure\":\"W")
                        || line.contains("first sync")
                        || line.contains("again")
                        || line.contains("metadata"))
                .hasSizeGreaterThanOrEqualTo(15);
    }

    @Test
    void thePartsOfMergingRunAndAreVerified() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "bench",
                "--only=texts,merges,metadata",
                "--rows=2000",
                "--keystrokes=3000",
                "--branch=300",
                "--rounds=1",
                "--json");
        assertThat(code).as("%s%n%s", out, err).isEqualTo(ExitCode.DONE);
        assertThat(err.toString())
                .doesNotContain("WRONG")
                .contains("Java " + Runtime.version())
                .contains("no engines of JavaScript");
        assertThat(out.toString())
                .contains("history of 3000 edits")
                .contains("merging beside Automerge")
                .contains("stored history, 300 transactions")
                .contains("2000 met writes, newer")
                .contains("server metadata of a row: UUID keys, each column apart");
    }

    @Test
    void thePartOfWorkRunsBesideTheOthersAndIsVerified() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "bench",
                "--only=works",
                "--works=300",
                "--pending=1000",
                "--rounds=1",
                "--json");
        assertThat(code).as("%s%n%s", out, err).isEqualTo(ExitCode.DONE);
        assertThat(err.toString()).doesNotContain("WRONG").doesNotContain("left out");
        assertThat(out.toString())
                .contains("S1 one by one, 1,000 works, beside plain SQLite")
                .contains("S1 100 to a transaction, 1,000 works, the best peer one by one: ")
                .contains("S1 300 works done by 4 workers, beside db-scheduler")
                .contains("S1 300 works done by 4 workers, beside JobRunr")
                .contains("S1 from the condition to the worker, 300 waiting, 99 of 100")
                .contains("S1 from opening to the first worker, 1000 pending")
                .contains("S1 bytes of a work on disk");
    }

    @Test
    void aWorkThatRanTwiceOrNotAtAllIsCounted() throws InterruptedException {
        WorkLoad load = new WorkLoad(3);
        load.ran(WorkLoad.input(0));
        load.ran(WorkLoad.input(2));
        load.ran(WorkLoad.input(2));
        assertThat(load.wrong()).isEqualTo(2);
        load.ran(WorkLoad.input(1));
        assertThat(load.awaitAll()).isTrue();
        assertThat(load.wrong()).isEqualTo(1);
        assertThat(WorkLoad.input(99_999)).hasSize(60);
    }

    @Test
    void twoWhoTypeIntoStripesOfTheirOwnComeToOneTextWhoeverIsFirst() {
        String base = "the quick brown fox \uD83D\uDE00 jumps over the lazy dog ".repeat(200);
        TextBranches branches = TextBranches.of(base, 500);
        assertThat(branches.even()).hasSize(500);
        assertThat(branches.odd()).hasSize(500).isNotEqualTo(branches.even());
        assertThat(branches.merged()).isNotEqualTo(base);
        List<TextEvent> even = events(1, branches.even());
        List<TextEvent> odd = events(2, branches.odd());
        assertThat(after(base, branches.even(), TextWalk.transform(base.length(), even, odd)))
                .isEqualTo(branches.merged());
        assertThat(after(base, branches.odd(), TextWalk.transform(base.length(), odd, even)))
                .isEqualTo(branches.merged());
    }

    private static List<TextEvent> events(long agent, List<Splice> edits) {
        List<TextEvent> events = new ArrayList<>();
        for (Splice edit : edits) {
            long own = events.size();
            events.add(new TextEvent(agent, own + 1, VersionVector.none().with(agent, own), List.of(edit)));
        }
        return events;
    }

    private static String after(String base, List<Splice> first, List<List<Splice>> then) {
        return Splice.apply(
                Splice.apply(base, first), then.stream().flatMap(List::stream).toList());
    }
}
