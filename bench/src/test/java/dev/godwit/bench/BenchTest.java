package dev.godwit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
        BenchRun run =
                BenchRun.of("writes,transfers,million", "--commits=20", "--rows=500", "--fields=50", "--million=3000");
        assertThat(run.said()).contains("synchronous 2");
        assertThat(run.figures().lines().toList())
                .allMatch(line -> line.startsWith("{\"measure\":\"W")
                        || line.contains("first sync")
                        || line.contains("again")
                        || line.contains("metadata"))
                .hasSizeGreaterThanOrEqualTo(15);
    }
}
