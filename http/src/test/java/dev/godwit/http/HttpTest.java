package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.LiveSync;
import dev.godwit.client.SyncResult;
import dev.godwit.client.TransportException;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and device over real HTTP on loopback, and what else may answer there. */
class HttpTest {
    private static final String SCHEMA =
            "create table task (id text primary key, team text scope not null, title text not null);";
    private static final byte[] SECRET = "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII);
    private static final long HOUR = 3_600_000;

    @TempDir
    Path folder;

    private final JdbcSqlite driver = new JdbcSqlite();
    private final SharedSecretTokens tokens = new SharedSecretTokens(SECRET, System::currentTimeMillis);
    private SyncServer engine;
    private GodwitHttp server;

    @BeforeEach
    void start() {
        engine = SyncServer.open(ServerOptions.of(
                new SchemaReader(driver).read("schema", SCHEMA),
                driver,
                folder.resolve("server.db").toString(),
                System::currentTimeMillis,
                UUID::randomUUID));
        server = GodwitHttp.start(HttpOptions.loopback(0, tokens, Limits.DEFAULT), engine);
    }

    @AfterEach
    void stop() {
        server.close();
        engine.close();
    }

    private String token() {
        return tokens.mint("ann", List.of("red"), false, HOUR);
    }

    private HttpTransport transport(String address, String token) {
        return new HttpTransport(
                HttpTransportOptions.of(address, () -> token, Limits.DEFAULT).withTimeoutMillis(10_000));
    }

    private Godwit device(String name, HttpTransport transport) {
        return Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), driver)
                .withSchema(SCHEMA)
                .withScopes("red")
                .withTransport(transport));
    }

    private SyncResult syncWith(String address, String token) {
        try (HttpTransport transport = transport(address, token);
                Godwit db = device("d" + UUID.randomUUID(), transport)) {
            db.write(tx -> tx.run("insert into task values ('1', 'red', 'kept')"));
            SyncResult result = db.sync();
            if (!result.isSynced()) {
                assertThat(db.status().pending()).as("nothing is lost").isEqualTo(1);
            }
            return result;
        }
    }

    @Test
    void syncWithNothingNewIsOneSmallRequest() {
        try (HttpTransport transport = transport(server.address().toString(), token());
                Godwit db = device("a", transport)) {
            db.sync();
            SyncResult result = db.sync();
            assertThat(result.isSynced()).isTrue();
            assertThat(result.requests()).isEqualTo(1);
            long withoutToken = result.bytesUp() + result.bytesDown() - token().length();
            System.out.println("HttpTest: nothing new costs " + withoutToken + " bytes both ways without the token");
            assertThat(withoutToken).isLessThanOrEqualTo(600);
        }
    }

    @Test
    void tokensThatAreNotToBeTrustedAreRefused() {
        String good = token();
        String forged = new SharedSecretTokens(
                        "another secret that is long enough, too".getBytes(StandardCharsets.US_ASCII),
                        System::currentTimeMillis)
                .mint("ann", List.of("red"), false, HOUR);
        String expired = new SharedSecretTokens(SECRET, () -> System.currentTimeMillis() - 2 * HOUR)
                .mint("ann", List.of("red"), false, HOUR);
        String none = Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.US_ASCII))
                + "." + good.split("\\.")[1] + ".";
        for (String bad : List.of("nonsense", forged, expired, none, good.substring(0, good.length() - 3))) {
            SyncResult result = syncWith(server.address().toString(), bad);
            assertThat(result.outcome()).as(bad).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message()).contains("oken").doesNotContain(bad).contains("troubleshooting.md#token");
        }
        assertThatThrownBy(() -> new SharedSecretTokens(new byte[31], () -> 0)).hasMessageContaining("31 bytes");
    }

    @Test
    void bodyThatInflatesAThousandfoldIsRefused() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 300; i++) {
                gzip.write(zeros);
            }
        }
        HttpResponse<byte[]> response = post(bomb.toByteArray(), true);
        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void bodyThatIsNoRequestIsRefused() throws Exception {
        assertThat(post("<html>hello</html>".getBytes(StandardCharsets.US_ASCII), false)
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(new byte[] {'G', 'd', 'w', 1, 8, 1, 2, 3}, false).statusCode())
                .isEqualTo(422);
    }

    private HttpResponse<byte[]> post(byte[] body, boolean gzip) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve("/v1/sync"))
                .header("Authorization", "Bearer " + token())
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (gzip) {
            request.header("Content-Encoding", "gzip");
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void healthIsToldAndUnknownPlacesAreNamed() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<String> health = client.send(
                HttpRequest.newBuilder(server.address().resolve("/healthz")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("ok\n");
        HttpResponse<String> unknown = client.send(
                HttpRequest.newBuilder(server.address().resolve("/index.html")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("Godwit");
    }

    @Test
    void captivePortalsAreRecognisedAndNothingIsLost() throws IOException {
        String login = "<html><body>please log in</body></html>";
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + login.length() + "\r\n\r\n" + login,
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n")) {
            try (Canned portal = new Canned(answer)) {
                SyncResult result = syncWith(portal.address(), token());
                assertThat(result.outcome()).isEqualTo(SyncResult.End.OFFLINE);
                assertThat(result.message()).contains("log in").contains("#captive-portal");
            }
        }
    }

    @Test
    void damagedAndTruncatedAnswersChangeNothing() throws IOException {
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.godwit\r\nConnection: close\r\n";
        for (String answer : List.of(
                head + "Content-Length: 500\r\n\r\nGdw\u0001abc",
                head + "Content-Encoding: gzip\r\n\r\nno gzip at all",
                head + "\r\nGdw\u0001",
                head + "\r\n<html>")) {
            try (Canned broken = new Canned(answer)) {
                SyncResult result = syncWith(broken.address(), token());
                assertThat(result.isSynced()).as(answer).isFalse();
            }
        }
    }

    @Test
    void wrongAddressesAreNamed() throws IOException {
        try (Canned other = new Canned("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")) {
            assertThat(syncWith(other.address(), token()).message()).contains("no Godwit server");
        }
        assertThat(syncWith("http://127.0.0.1:1", token()).outcome()).isEqualTo(SyncResult.End.OFFLINE);
        assertThatThrownBy(() -> transport("not an address", "t"))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("not an address");
        assertThatThrownBy(() -> transport("http://example.org", "t"))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("plain HTTP");
        assertThatThrownBy(() -> new HttpOptions("0.0.0.0", 0, tokens, Limits.DEFAULT, null, false))
                .hasMessageContaining("--insecure");
    }

    @Test
    void liveDeviceSyncsWhenItIsPoked() throws Exception {
        try (HttpTransport one = transport(server.address().toString(), token());
                HttpTransport two = transport(server.address().toString(), token());
                Godwit a = device("a", one);
                Godwit b = device("b", two)) {
            BlockingQueue<SyncResult> results = new LinkedBlockingQueue<>();
            try (LiveSync live = b.goLive(results::add)) {
                assertThat(live).isNotNull();
                assertThat(results.poll(20, TimeUnit.SECONDS)).isNotNull();
                a.write(tx -> tx.run("insert into task values ('1', 'red', 'poked')"));
                a.sync();
                int received = 0;
                while (received == 0) {
                    SyncResult result = results.poll(20, TimeUnit.SECONDS);
                    assertThat(result).as("a sync after the poke").isNotNull();
                    received += result.received();
                }
                assertThat(b.query("select title from task")).hasSize(1);
                b.write(tx -> tx.run("insert into task values ('2', 'red', 'sent by itself')"));
                SyncResult own = results.poll(20, TimeUnit.SECONDS);
                while (own != null && own.sent() == 0) {
                    own = results.poll(20, TimeUnit.SECONDS);
                }
                assertThat(own).as("a sync after the write").isNotNull();
            }
        }
    }

    /** A server that gives every connection the same answer. */
    private static final class Canned implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());

        Canned(String answer) throws IOException {
            Thread thread = new Thread(() -> {
                while (!socket.isClosed()) {
                    try (Socket connection = socket.accept();
                            OutputStream out = connection.getOutputStream()) {
                        byte[] request = new byte[8_192];
                        if (connection.getInputStream().read(request) > 0) {
                            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                            out.flush();
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

        String address() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort()).toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
