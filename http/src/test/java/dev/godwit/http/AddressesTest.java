package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.client.Godwit;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.SyncResult;
import dev.godwit.client.SyncResult.End;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Names that are not found, or lead elsewhere, and addresses of IPv6: the error says which, and what was written arrives later. */
@Timeout(120)
class AddressesTest {
    @TempDir
    Path folder;

    private Serving serving;

    @BeforeEach
    void start() {
        serving = new Serving(folder, null);
    }

    @AfterEach
    void stop() {
        serving.close();
    }

    @Test
    void aNameThatIsNotFoundIsSaidAndWhatWasWrittenArrivesLater() {
        String name = "godwit-test.invalid";
        SyncResult result = serving.refused("a", "https://" + name, null);
        assertThat(result.outcome()).isEqualTo(End.OFFLINE);
        assertThat(result.message()).contains("the server's name cannot be found now", name, "#offline");
        serving.arrives("a", null);
    }

    @Test
    void aLiveSyncWhoseNameIsNotFoundGoesOnTrying() throws InterruptedException {
        BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
        try (HttpTransport transport = serving.transport("https://godwit-test.invalid", null);
                Godwit db = serving.device("a", transport)) {
            db.write(tx -> tx.run("insert into task values ('a', 'red', 'kept')"));
            db.goLive(results::add);
            for (int i = 0; i < 2; i++) {
                SyncResult told = results.poll(50, TimeUnit.SECONDS);
                assertThat(told).as("it is tried again").isNotNull();
                assertThat(told.outcome()).isEqualTo(End.OFFLINE);
                assertThat(told.message()).contains("name cannot be found");
                assertThat(told.pending()).isEqualTo(1);
            }
        }
        serving.arrives("a", null);
    }

    /** Each is another kind of stranger behind a name that is found. */
    @Test
    void aNameThatLeadsToAnotherServerIsSaid() throws IOException {
        String page = "Content-Type: text/html\r\n";
        leadsTo("404 Not Found", page, End.FAILED, "answers, but is no Godwit server", "#wrong-address");
        leadsTo("405 Method Not Allowed", "", End.FAILED, "answers, but is no Godwit server", "#wrong-address");
        leadsTo("400 Bad Request", page, End.FAILED, "answers 400 and is no Godwit server", "#wrong-address");
        leadsTo("418 Teapot", "", End.FAILED, "answers 418 and is no Godwit server", "#wrong-address");
        leadsTo(
                "200 OK",
                "Content-Type: application/json\r\n",
                End.FAILED,
                "answers 200 and is no Godwit server",
                "#wrong-address");
        leadsTo("200 OK", page, End.OFFLINE, "log in to it", "#captive-portal");
        leadsTo("301 Moved\r\nLocation: https://example.org/", "", End.OFFLINE, "log in to it", "#captive-portal");
        leadsTo("502 Bad Gateway", page, End.OFFLINE, "the server failed (502)", "#server-error");
        try (Stranger ssh = new Stranger("SSH-2.0-OpenSSH_9.6\r\n")) {
            said(ssh, "ssh", End.OFFLINE, "the connection broke", "#offline");
        }
        try (Stranger silent = new Stranger("")) {
            said(silent, "silent", End.OFFLINE, "the connection broke", "#offline");
        }
    }

    private void leadsTo(String status, String headers, End end, String... words) throws IOException {
        try (Stranger other = new Stranger("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 2\r\n\r\nno")) {
            said(other, status.substring(0, 3) + headers.hashCode(), end, words);
        }
    }

    /** What is said names the way out and never the token, and the device's write arrives once the name leads to its server again. */
    private void said(Stranger other, String device, End end, String... words) {
        SyncResult result = serving.refused(device, "http://localhost:" + other.port(), null);
        assertThat(result.outcome()).as(result.toString()).isEqualTo(end);
        assertThat(result.message()).contains(words).doesNotContain(serving.token());
        serving.arrives(device, null);
    }

    /** Both ends on the loopback of IPv6, whose address has to stand in brackets. */
    @Test
    void theLoopbackOfIpv6IsServedSyncedWithAndToldWhenNobodyIsThere() throws IOException {
        String skipped = "SKIPPED: this machine has no loopback of IPv6";
        boolean isThere = hasIpv6();
        if (!isThere) {
            System.out.println(skipped);
        }
        assumeTrue(isThere, skipped);
        int free;
        try (Serving six = new Serving(folder.resolve("six"), null, "::1")) {
            assertThat(six.address()).isEqualTo("http://[::1]:" + six.port());
            free = six.port();
            six.refused("a", "http://[::1]:1", null);
            six.arrives("a", null);
        }
        SyncResult nobody = serving.refused("b", "http://[::1]:" + free, null);
        assertThat(nobody.outcome()).isEqualTo(End.OFFLINE);
        assertThat(nobody.message()).contains("no connection to the server", ":" + free, "#offline");
        serving.arrives("b", null);
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (IOException none) {
            return false;
        }
    }

    /** Says the same to everybody, at all addresses of this machine's loopback that a name may be found at, and hangs up. */
    private static final class Stranger implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50);

        Stranger(String says) throws IOException {
            Thread thread = new Thread(() -> {
                while (!socket.isClosed()) {
                    try (Socket connection = socket.accept()) {
                        byte[] request = new byte[8_192];
                        if (connection.getInputStream().read(request) > 0) {
                            connection.getOutputStream().write(says.getBytes(StandardCharsets.ISO_8859_1));
                            connection.shutdownOutput();
                            connection.getInputStream().readNBytes(8_192);
                        }
                    } catch (IOException closed) {
                        // the next connection, or the end
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
