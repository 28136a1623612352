package dev.godwit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.Godwit;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.SyncResult;
import dev.godwit.client.Transport;
import dev.godwit.http.HttpOptions.Tls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Server and device over TLS, with certificates of an authority of the test's own. */
class TlsTest {
    @TempDir
    static Path certificates;

    private static Authority authority;
    private static Tls good;

    @TempDir
    Path folder;

    @BeforeAll
    static void certify() throws Exception {
        authority = new Authority(certificates);
        good = new Tls(authority.issue("ip:127.0.0.1", "-1d", 3), Authority.PASSWORD);
    }

    @Test
    void whoTrustsTheCertificateSyncsAndHearsPokes() throws Exception {
        try (Serving serving = new Serving(folder, good);
                HttpTransport transport = serving.transport(serving.address(), authority.trust());
                Godwit db = serving.device("a", transport)) {
            assertThat(serving.address()).startsWith("https://127.0.0.1:");
            db.write(tx -> tx.run("insert into task values ('a', 'red', 'sent')"));
            SyncResult result = db.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            BlockingQueue<Map<String, Long>> heard = new LinkedBlockingQueue<>();
            try (Transport.Live live = transport.live(List.of("red"), new Transport.LiveListener() {
                @Override
                public void heads(Map<String, Long> heads) {
                    heard.add(heads);
                }

                @Override
                public void ended(String reason) {
                    heard.add(Map.of(reason, -1L));
                }
            })) {
                assertThat(live).isNotNull();
                assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(Map.of("red", 1L));
            }
        }
    }

    @Test
    void whoDoesNotTrustItIsToldWhatToDoAndLosesNothing() throws Exception {
        try (Serving serving = new Serving(folder, good)) {
            SyncResult result = serving.refused("a", serving.address(), null);
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message())
                    .contains("certificate is not trusted")
                    .contains("check this device's date")
                    .contains("tell the transport to trust it")
                    .contains("nothing was sent")
                    .endsWith("(docs/troubleshooting.md#tls)");
            serving.arrives("a", authority.trust());
        }
    }

    @Test
    void certificateThatHasExpiredIsNotTrusted() throws Exception {
        Tls expired = new Tls(authority.issue("ip:127.0.0.1", "-10d", 5), Authority.PASSWORD);
        try (Serving serving = new Serving(folder, expired)) {
            SyncResult result = serving.refused("a", serving.address(), authority.trust());
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message())
                    .contains("certificate is not trusted")
                    .contains("check this device's date")
                    .contains("#tls");
        }
        try (Serving renewed = new Serving(folder, good)) {
            renewed.arrives("a", authority.trust());
        }
    }

    @Test
    void certificateForAnotherNameIsNotTrusted() throws Exception {
        Tls another = new Tls(authority.issue("dns:sync.example.org", "-1d", 3), Authority.PASSWORD);
        try (Serving serving = new Serving(folder, another)) {
            SyncResult result = serving.refused("a", serving.address(), authority.trust());
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message())
                    .contains("certificate is for another name")
                    .contains("127.0.0.1")
                    .contains("#tls");
        }
    }

    @Test
    void plainHttpToThePortOfTlsIsToldSo() throws Exception {
        try (Serving serving = new Serving(folder, good)) {
            String plain = "http://127.0.0.1:" + serving.port();
            SyncResult result = serving.refused("a", plain, null);
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message())
                    .contains("This port speaks TLS")
                    .contains("write the address with https://")
                    .endsWith("(docs/troubleshooting.md#wrong-address)");
            for (String path : List.of("/healthz", "/v1/sync", "/v1/live?scope=red")) {
                HttpResponse<String> response = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(plain + path))
                                        .header("Authorization", "Bearer " + serving.token())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(response.statusCode()).as(path).isEqualTo(421);
                assertThat(response.body()).as(path).contains("This port speaks TLS");
            }
            serving.arrives("a", authority.trust());
        }
    }

    @Test
    void tlsToThePortOfPlainHttpIsToldSo() throws Exception {
        try (Serving serving = new Serving(folder, null)) {
            SyncResult result = serving.refused("a", "https://127.0.0.1:" + serving.port(), authority.trust());
            assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
            assertThat(result.message())
                    .contains("no TLS connection comes about")
                    .contains("write http:// if it does not")
                    .contains("nothing was sent")
                    .doesNotContain("certificate is")
                    .endsWith("(docs/troubleshooting.md#tls)");
            serving.arrives("a", null);
        }
    }

    @Test
    void keyStoresThatCannotBeUsedAreNamed() throws Exception {
        unusable(good.keyStore(), "a wrong password", "the password is wrong: give it with --tls-password");
        unusable(folder.resolve("none.p12"), Authority.PASSWORD, "there is no such file");
        unusable(Files.writeString(folder.resolve("text.p12"), "text"), Authority.PASSWORD, "it is no PKCS #12 file");
        unusable(authority.withoutKey(), Authority.PASSWORD, "it holds no private key");
    }

    private void unusable(Path keyStore, String password, String why) {
        assertThatThrownBy(() -> new Serving(folder, new Tls(keyStore, password)).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(keyStore.toString())
                .hasMessageContaining(why)
                .hasMessageNotContaining(password);
    }
}
