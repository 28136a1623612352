package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.SyncResult;
import dev.godwit.model.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many connections that say nothing, or little and slowly: the others are served meanwhile. */
@Timeout(120)
class SlowClientsTest {
    private static final int CROWD = 300;

    @TempDir
    Path folder;

    private OverHttp over;
    private final List<Socket> crowd = new ArrayList<>();

    @BeforeEach
    void start() {
        over = new OverHttp(folder, Limits.DEFAULT, null);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : crowd) {
            socket.close();
        }
        over.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), over.http.port());
        crowd.add(socket);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void othersAreServed() {
        try (OverHttp.Connected device = over.device("a" + crowd.size())) {
            device.write("1" + crowd.size(), "x");
            assertThat(device.db().sync().isSynced()).isTrue();
        }
    }

    @Test
    void floodOfConnectionsThatSayNothing() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            connect();
        }
        othersAreServed();
    }

    /** As many as there are threads, and more: each has said a byte of its headers again and again. */
    @Test
    void headersThatComeByteByByte() throws IOException {
        String head = "POST /v1/sync HTTP/1.1\r\nHost: x\r\n";
        for (int i = 0; i < CROWD; i++) {
            connect();
        }
        for (int at = 0; at < head.length(); at += 5) {
            for (Socket socket : crowd) {
                say(socket, head.substring(at, Math.min(head.length(), at + 5)));
            }
        }
        othersAreServed();
    }

    @Test
    void bodiesThatStopHalfWayWithoutAToken() throws IOException {
        for (int i = 0; i < CROWD; i++) {
            say(connect(), "POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it");
        }
        othersAreServed();
    }

    /** As many as are let in at once less one; how many that is, and that more are told to come later: ServerLimitsTest. */
    @Test
    void bodiesThatStopHalfWayWithAToken() throws IOException {
        String head = "POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + over.token()
                + "\r\nContent-Length: 1000\r\n\r\n";
        for (int i = 0; i < 2 * Limits.DEFAULT.waitingPushes() - 1; i++) {
            say(connect(), head + "half of it");
        }
        othersAreServed();
    }

    /** One place is left while 127 answers wait for their readers; when those hold it too, the next is told to come later. */
    @Test
    void readersThatDoNotReadTheirAnswers() throws IOException {
        Random random = new Random(7);
        try (OverHttp.Connected device = over.device("much")) {
            for (int i = 0; i < 32; i++) {
                byte[] title = new byte[1 << 17];
                random.nextBytes(title);
                device.write("m" + i, HexFormat.of().formatHex(title));
            }
            SyncResult much = device.db().sync();
            assertThat(much.isSynced()).as(much.toString()).isTrue();
            for (int i = 1; i < 2 * Limits.DEFAULT.waitingPushes(); i++) {
                askAndDoNotRead();
            }
            othersAreServed();
            // one that comes before the device's own place is free again gets none
            SyncResult result = much;
            while (result.isSynced()) {
                assertThat(crowd).as("let in").hasSizeLessThan(CROWD);
                askAndDoNotRead();
                result = device.db().sync();
            }
            assertThat(result.outcome()).isEqualTo(SyncResult.End.LATER);
        }
    }

    /** The answer is of 8 MiB, more than all the buffers on the way take. */
    private void askAndDoNotRead() throws IOException {
        byte[] request = dev.godwit.wire.SyncCodec.encodeRequest(Requests.pull("red"));
        Socket socket = new Socket();
        crowd.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), over.http.port()));
        say(
                socket,
                "POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + over.token() + "\r\nContent-Length: "
                        + request.length + "\r\n\r\n");
        socket.getOutputStream().write(request);
    }
}
