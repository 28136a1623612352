package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.ScopeNotice;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that wants to harm the server, and a server that wants to harm the device, over real HTTP: each is refused with an
 * error of its own, costs little memory, changes nothing, and the honest ones go on.
 */
@Timeout(120)
class HostilePeersTest {
    private static final long MUCH = 64 << 20;

    @TempDir
    Path folder;

    private OverHttp over;

    @BeforeEach
    void start() {
        over = new OverHttp(folder, Limits.DEFAULT, null);
    }

    @AfterEach
    void stop() {
        over.close();
    }

    // ------------------------------------------------------------------------------------------- to the server

    private void refusedByTheServer(String name, byte[] body, boolean gzip, int status, String message)
            throws IOException {
        List<String> before = over.everythingOnTheServer();
        long allocated = Allocated.elsewhere();
        OverHttp.Raw answer = over.post(body, gzip);
        long cost = Allocated.elsewhere() - allocated;
        assertThat(answer.text()).as(name).contains(message);
        assertThat(answer.status()).as(name).isEqualTo(status);
        assertThat(cost).as(name + ": bytes allocated by the server").isLessThan(MUCH + 8L * body.length);
        assertThat(over.everythingOnTheServer()).as(name).isEqualTo(before);
    }

    @Test
    void requestsOfAMillionPartsAreRefusedAndOthersAreServed() throws IOException {
        try (OverHttp.Connected honest = over.device("honest")) {
            Map<String, byte[]> requests = new TreeMap<>(Map.of(
                    "boots", HostileBytes.repeated(9),
                    "fresh columns", HostileBytes.repeated(12),
                    "changes", HostileBytes.nest(HostileBytes.repeated(12), 13),
                    "numbers", HostileBytes.nest(new byte[HostileBytes.MILLION], 2, 13),
                    "unknown fields", HostileBytes.repeated(15)));
            int served = 0;
            for (Map.Entry<String, byte[]> request : requests.entrySet()) {
                refusedByTheServer(
                        request.getKey(),
                        HostileBytes.request(request.getValue()),
                        false,
                        413,
                        "fields in one message");
                honest.write("after " + request.getKey(), "served");
                assertThat(honest.db().sync().isSynced()).isTrue();
                served++;
            }
            refusedByTheServer("groups", HostileBytes.request(HostileBytes.groups()), false, 400, "group");
            byte[] deep = HostileBytes.nest(new byte[0], new int[1]);
            for (int i = 0; i < 10_000; i++) {
                deep = HostileBytes.nest(deep, 13);
            }
            refusedByTheServer("nested", HostileBytes.request(deep), false, 400, "request");
            honest.write("at last", "served");
            assertThat(honest.db().sync().isSynced()).isTrue();
            assertThat(honest.db().query("select id from task")).hasSize(served + 1);
        }
    }

    @Test
    void bombIsRefusedByTheServerForItsRatioBeforeItIsLarge() throws IOException {
        refusedByTheServer("bomb", HostileBytes.bomb(), true, 413, "inflationRatio");
    }

    @Test
    void damagedAndTruncatedRequestsAreRefusedByTheServer() throws IOException {
        byte[] good = SyncCodec.encodeRequest(Requests.pull("red"));
        assertThat(over.post(good, false).status()).isEqualTo(200);
        byte[] gzip = Gzip.compress(good);
        for (int i = 0; i < gzip.length; i++) {
            byte[] damaged = gzip.clone();
            damaged[i] ^= 0x20;
            // the time, extra flags and system in a header of gzip mean nothing
            if (i < 4 || i > 9) {
                assertThat(over.post(damaged, true).status())
                        .as("byte " + i)
                        .isEqualTo(i == 3 ? 400 : inflates(damaged, good));
            }
            refusedByTheServer("first " + i, Arrays.copyOf(gzip, i), true, 400, i == 0 ? "" : "end");
        }
    }

    /** The right answer: some bits after the last block of gzip mean nothing. */
    private static int inflates(byte[] damaged, byte[] good) throws IOException {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(damaged))) {
            return Arrays.equals(in.readAllBytes(), good) ? 200 : 400;
        } catch (IOException broken) {
            return 400;
        }
    }

    // ------------------------------------------------------------------------------------------- to the device

    private OverHttp.Connected victim(HostileServer hostile) {
        OverHttp.Connected device = over.device("victim", hostile.address(), options -> options);
        device.write("1", "kept");
        // an honest answer first, so that everything that is made once is made
        hostile.answersFrames(SyncCodec.encodeFrame(new Cut(List.of(), Map.of(), 0, 0)));
        device.db().sync();
        return device;
    }

    private static SyncResult refusedByTheDevice(String name, OverHttp.Connected device, String message) {
        List<String> before = OverHttp.everything(device.file());
        long allocated = Allocated.here();
        SyncResult result = device.db().sync();
        long cost = Allocated.here() - allocated;
        assertThat(result.isSynced()).as(name).isFalse();
        assertThat(result.message()).as(name).isNotBlank().contains(message);
        assertThat(cost).as(name + ": bytes allocated by the device").isLessThan(MUCH + 16L * HostileBytes.MILLION);
        assertThat(device.db().status().pending()).as(name).isEqualTo(1);
        assertThat(OverHttp.everything(device.file())).as(name).isEqualTo(before);
        return result;
    }

    @Test
    void answersOfAMillionPartsAreRefused() {
        Map<String, byte[]> frames = new TreeMap<>(Map.of(
                "receipts", HostileBytes.nest(HostileBytes.repeated(1), 5),
                "checkpoints", HostileBytes.nest(HostileBytes.repeated(2), 5),
                "decisions", HostileBytes.nest(HostileBytes.repeated(1), 2),
                "blocks", HostileBytes.nest(HostileBytes.repeated(2), 4),
                "columns", HostileBytes.nest(HostileBytes.repeated(4), 2, 4)));
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = victim(hostile)) {
            frames.forEach((name, frame) -> {
                hostile.answersFrames(frame);
                SyncResult result = refusedByTheDevice(name, device, "fields in one message");
                assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            });
            hostile.answersFrames(HostileBytes.nest(HostileBytes.groups(), 4));
            refusedByTheDevice("groups", device, "group");
        }
    }

    @Test
    void millionFramesCostNoMemory() {
        byte[] notice =
                SyncCodec.encodeFrame(new ScopeNotice("red", ScopeNotice.Kind.RESET, "an older copy, again and again"));
        byte[][] notices = new byte[HostileBytes.MILLION / 4][];
        Arrays.fill(notices, notice);
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = victim(hostile)) {
            hostile.answersFrames(notices);
            SyncResult result = refusedByTheDevice("notices", device, "notices");
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
        }
    }

    @Test
    void bombIsRefusedByTheDevice() {
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = victim(hostile)) {
            byte[] bomb = HostileBytes.bomb();
            hostile.answers(request -> new HostileServer.Answer(bomb, true, 0));
            refusedByTheDevice("zeros", device, "inflationRatio");
        }
    }

    @Test
    void damagedAndTruncatedAnswersAreRefusedByTheDevice() {
        byte[] cut = SyncCodec.encodeFrame(
                new Cut(List.of(), Map.of("red", new Checkpoint(HostileServer.TIMELINE, 9)), 0, 0));
        int length = HostileServer.stream(Requests.pull("red"), cut).length;
        try (HostileServer hostile = new HostileServer();
                OverHttp.Connected device = victim(hostile)) {
            for (int i = 0; i < length; i++) {
                int at = i;
                hostile.answers(request -> {
                    byte[] bytes = HostileServer.stream(request, cut);
                    bytes[Math.min(at, bytes.length - 1)] ^= 0x20;
                    return new HostileServer.Answer(bytes, false, 0);
                });
                refusedByTheDevice("damaged", device, "");
                hostile.answers(request ->
                        new HostileServer.Answer(Arrays.copyOf(HostileServer.stream(request, cut), at), false, at % 2));
                refusedByTheDevice("damaged", device, "");
            }
        }
    }
}
