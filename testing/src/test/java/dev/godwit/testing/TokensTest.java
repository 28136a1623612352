package dev.godwit.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import dev.godwit.client.Godwit;
import dev.godwit.client.GodwitOptions;
import dev.godwit.client.HttpTransport;
import dev.godwit.client.HttpTransportOptions;
import dev.godwit.client.OutboxEntry;
import dev.godwit.client.SyncResult;
import dev.godwit.http.SharedSecretTokens;
import dev.godwit.http.TokenVerifier;
import dev.godwit.model.ColumnRole;
import dev.godwit.model.Limits;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Value;
import dev.godwit.server.Grant;
import dev.godwit.wire.Cut;
import dev.godwit.wire.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that expire, are forged or belong to somebody else, and rights that are taken away. */
@Timeout(120)
class TokensTest {
    private static final byte[] SECRET = "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII);
    private static final long HOUR = 3_600_000;

    @TempDir
    Path folder;

    private static String signedByHand(String algorithm, byte[] secret, String claims) throws Exception {
        String signed = base64("{\"alg\":\"" + algorithm.replace("HmacSHA", "HS") + "\"}") + "." + base64(claims);
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret, algorithm));
        byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    private static String signedWithAnotherSecret(String claims) throws Exception {
        JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
        token.sign(new MACSigner("another secret for tests, long enough".getBytes(StandardCharsets.US_ASCII)));
        return token.serialize();
    }

    private static String properlySigned(String header, String claims) throws Exception {
        JWSObject token = new JWSObject(JWSHeader.parse(header), new Payload(claims));
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }

    private static int status(OverHttp over, String token, byte[] body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(over.address() + "/v1/sync").toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
        return connection.getResponseCode();
    }

    @Test
    void onlyTokensOfTheOneAlgorithmWithEveryClaimAndInTheirTimeAreTaken() throws Exception {
        try (OverHttp over = new OverHttp(folder, Limits.DEFAULT, null)) {
            long now = over.server.wallMillis() / 1_000;
            String hs256 = "{\"alg\":\"HS256\"}";
            String good = "{\"sub\":\"ann\",\"scopes\":[\"red\"],\"access\":\"write\",\"exp\":" + (now + 60) + "}";
            byte[] request = dev.godwit.wire.SyncCodec.encodeRequest(Requests.pull("red"));
            List<String> before = over.everythingOnTheServer();
            List<String> bad = List.of(
                    signedByHand("HmacSHA384", SECRET, good),
                    signedByHand("HmacSHA512", SECRET, good),
                    signedWithAnotherSecret(good),
                    properlySigned(hs256, good).replaceFirst("^[^.]+", base64("{\"alg\":\"none\"}")),
                    properlySigned(hs256, good).replaceFirst("^[^.]+", base64("{\"alg\":\"RS256\"}")),
                    properlySigned(hs256, good)
                            .replaceFirst("\\.[^.]+\\.", "." + base64(good.replace("red", "blue")) + "."),
                    properlySigned(hs256, good.replace("\"exp\":" + (now + 60), "\"exp\":" + (now - 1))),
                    properlySigned(hs256, good.replace(",\"exp\":" + (now + 60), "")),
                    properlySigned(hs256, good.replace("}", ",\"nbf\":" + (now + 3600) + "}")),
                    properlySigned(hs256, good.replace("\"sub\":\"ann\",", "")),
                    properlySigned(hs256, good.replace("[\"red\"]", "\"red\"")),
                    properlySigned(hs256, good.replace("[\"red\"]", "[7]")),
                    properlySigned(hs256, good.replace("write", "admin")),
                    "a.b.c",
                    "",
                    ".".repeat(10_000));
            for (String token : bad) {
                assertThat(status(over, token, request)).as(token).isEqualTo(401);
            }
            assertThat(over.everythingOnTheServer()).isEqualTo(before);
            assertThat(status(over, properlySigned(hs256, good), request)).isEqualTo(200);
            AtomicInteger asked = new AtomicInteger();
            try (HostileServer keys = new HostileServer()) {
                keys.answers(r -> {
                    asked.incrementAndGet();
                    return new HostileServer.Answer(new byte[0], false, 0);
                });
                String jku =
                        "{\"alg\":\"HS256\",\"jku\":\"" + keys.address() + "\",\"x5u\":\"" + keys.address() + "\"}";
                status(over, properlySigned(jku, good), request);
            }
            assertThat(asked).as("keys are fetched from nowhere").hasValue(0);
        }
    }

    /** A secret that is long enough for all of them, so that nothing but the algorithm is wrong. */
    @Test
    void anotherAlgorithmIsRefusedThoughTheSecretIsRight() throws Exception {
        byte[] secret = "long".repeat(20).getBytes(StandardCharsets.US_ASCII);
        SharedSecretTokens tokens = new SharedSecretTokens(secret, () -> 1_000);
        String claims = "{\"sub\":\"ann\",\"scopes\":[\"red\"],\"access\":\"write\",\"exp\":60}";
        assertThat(tokens.verify(signedByHand("HmacSHA256", secret, claims)))
                .isEqualTo(new Grant("ann", Set.of("red"), false));
        for (String other : List.of("HmacSHA384", "HmacSHA512")) {
            String token = signedByHand(other, secret, claims);
            assertThatThrownBy(() -> tokens.verify(token)).as(other).isInstanceOf(TokenVerifier.TokenRefused.class);
        }
    }

    @Test
    void aTokenForMoreScopesThanAHeaderHoldsIsCalledTooLong() throws Exception {
        List<String> scopes = new ArrayList<>(List.of("red"));
        try (OverHttp over = new OverHttp(folder, Limits.DEFAULT, null)) {
            AtomicReference<String> token = new AtomicReference<>("");
            try (OverHttp.Connected a = over.device(
                    "a",
                    over.address(),
                    options -> HttpTransportOptions.of(over.address(), token::get, Limits.DEFAULT))) {
                a.write("1", "x");
                for (int i = 0; i < 1_000; i++) {
                    scopes.add(new UUID(i, i).toString());
                }
                token.set(over.tokens.mint("ann", scopes, false, HOUR));
                SyncResult result = a.db().sync();
                assertThat(result.outcome()).isEqualTo(SyncResult.End.FAILED);
                assertThat(result.message())
                        .contains("the token is too long", token.get().length() + " characters", "#token)")
                        .doesNotContain(token.get());
                token.set(over.tokens.mint("ann", scopes.subList(0, 200), false, HOUR));
                assertThat(a.db().sync().isSynced()).isTrue();
            }
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aCapturedRequestIsOfNoUseWithAnotherUsersToken() throws Exception {
        try (OverHttp over = new OverHttp(folder, Limits.DEFAULT, null)) {
            FaultyTransport way = new FaultyTransport(over.server, new Grant("ann", Set.of("red"), false));
            try (Godwit db = open("a", way, "red")) {
                db.write(tx -> tx.run("insert into task values ('1', 'red', 'x')"));
                way.fail(new FaultyTransport.Fault.AnswerLost());
                db.sync();
                byte[] captured = way.recordedRequest().request();
                List<String> before = over.everythingOnTheServer();
                String mallory = over.tokens.mint("mallory", List.of("red"), false, HOUR);
                assertThat(status(over, mallory, captured)).isEqualTo(403);
                assertThat(over.everythingOnTheServer()).isEqualTo(before);
                assertThat(status(over, over.token(), captured))
                        .as("its owner may repeat it")
                        .isEqualTo(200);
                assertThat(db.sync().isSynced()).isTrue();
                assertThat(over.everythingOnTheServer())
                        .filteredOn(r -> r.startsWith("task "))
                        .hasSize(1);
            }
        }
    }

    private Godwit open(String name, dev.godwit.client.Transport way, String... scopes) {
        return Godwit.open(GodwitOptions.of(folder.resolve(name + ".db").toString(), Fleet.DRIVER)
                .withSchema(OverHttp.SCHEMA)
                .withScopes(scopes)
                .withLimits(TestLimits.with("pageRows", 10))
                .withTransport(way));
    }

    /** What a device fetches that has nothing yet. */
    private long wholeDownload(OverHttp over) {
        HttpTransportOptions options = HttpTransportOptions.of(over.address(), over::token, Limits.DEFAULT);
        try (HttpTransport http = new HttpTransport(options);
                Godwit all = open("all", http, "red")) {
            SyncResult result = all.sync();
            assertThat(result.isSynced()).as(result.toString()).isTrue();
            return result.bytesDown();
        }
    }

    @Test
    void aTokenThatExpiresWithinADownloadCostsNothingOfWhatHadCome() {
        try (OverHttp over = new OverHttp(folder, TestLimits.with("pageRows", 10), null)) {
            try (OverHttp.Connected writer = over.device("w")) {
                writer.db().write(tx -> {
                    for (int i = 0; i < 300; i++) {
                        tx.run("insert into task values (?, 'red', ?)", "r" + i, "title " + i * 7919);
                    }
                });
                assertThat(writer.db().sync().isSynced()).isTrue();
            }
            long whole = wholeDownload(over);
            FaultyTransport way = new FaultyTransport(over.server, new Grant("ann", Set.of("red"), false));
            try (Godwit cut = open("a", way, "red")) {
                way.fail(new FaultyTransport.Fault.AnswerCut(600));
                assertThat(cut.sync().isSynced()).isFalse();
            }
            AtomicReference<String> token = new AtomicReference<>(over.token());
            AtomicInteger asked = new AtomicInteger();
            HttpTransportOptions options = HttpTransportOptions.of(
                    over.address(),
                    () -> {
                        asked.incrementAndGet();
                        return token.get();
                    },
                    Limits.DEFAULT);
            over.server.pass(2 * HOUR);
            try (HttpTransport http = new HttpTransport(options);
                    Godwit db = open("a", http, "red")) {
                db.write(tx -> tx.run("insert into task values ('mine', 'red', 'written meanwhile')"));
                long staged = db.query("select count(*) from godwit_stage")
                        .get(0)
                        .value(0)
                        .asLong();
                SyncResult expired = db.sync();
                assertThat(expired.outcome()).isEqualTo(SyncResult.End.FAILED);
                assertThat(expired.message()).contains("expired", "#token");
                assertThat(asked).as("one request, one token, no loop").hasValue(1);
                assertThat(db.status().pending()).isEqualTo(1);
                assertThat(db.query("select count(*) from godwit_stage")
                                .get(0)
                                .value(0)
                                .asLong())
                        .isEqualTo(staged)
                        .isPositive();
                token.set(over.token());
                SyncResult rest = db.sync();
                assertThat(rest.isSynced()).as(rest.toString()).isTrue();
                assertThat(rest.sent()).isEqualTo(1);
                assertThat(db.query("select * from task")).hasSize(301);
                assertThat(rest.bytesDown())
                        .as("what was staged is not fetched again, of " + whole)
                        .isLessThan(whole * 3 / 4);
            }
        }
    }

    @Test
    void whatIsPendingWhenTheUserLeavesIsKeptAndGoesUnderNobodyElsesName() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OverHttp.SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red");
            a.synced();
            a.run("insert into task values ('1', 'red', 'of a')");
            List<String> before = fleet.onServer("select * from godwit_receipt");
            a.transport.grant(new Grant("the next user", Set.of("red", "shared"), false));
            for (int i = 0; i < 3; i++) {
                assertThat(a.sync().outcome()).isEqualTo(SyncResult.End.FAILED);
            }
            assertThat(fleet.onServer("select * from godwit_receipt")).isEqualTo(before);
            assertThat(fleet.onServer("select * from task")).isEmpty();
            assertThat(a.db.status().pending()).isEqualTo(1);
            a.transport.grant(new Grant("user-a", Set.of("red", "shared"), false));
            a.synced();
            assertThat(fleet.onServer("select title from task")).isEqualTo(List.of("['of a']"));
        }
    }

    @Test
    void workInAScopeThatWasTakenAwayIsParkedWithTheReasonAndCanBeSentOnceItIsBack() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OverHttp.SCHEMA)) {
            Fleet.Member a = fleet.device("a", "red", "blue");
            a.run("insert into task values ('r', 'red', 'x')");
            a.run("insert into task values ('b', 'blue', 'x')");
            a.synced();
            a.run("update task set title = 'offline' where id = 'r'");
            a.run("update task set title = 'offline' where id = 'b'");
            a.transport.grant(new Grant("user-a", Set.of("blue", "shared"), false));
            SyncResult result = a.sync();
            assertThat(result.parked()).isEqualTo(1);
            assertThat(a.all("select id, title from task")).containsExactly("['b', 'offline']");
            assertThat(a.db.status().denied()).containsOnlyKeys("red");
            OutboxEntry parked = a.db.outbox().get(0);
            assertThat(parked.status()).isEqualTo("parked");
            assertThat(parked.reason()).contains("a scope that is not granted");
            assertThat(fleet.onServer("select id, title from task order by id"))
                    .isEqualTo(List.of("['b', 'offline']", "['r', 'x']"));
            a.transport.grant(new Grant("user-a", Set.of("red", "blue", "shared"), false));
            a.synced();
            a.db.retry(parked.id());
            a.synced();
            assertThat(fleet.onServer("select title from task")).isEqualTo(List.of("['offline']", "['offline']"));
        }
    }

    @Test
    void aGuessedScopeIsAnsweredTheSameWhetherItExistsOrNot() {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OverHttp.SCHEMA)) {
            Fleet.Member owner = fleet.device("owner", "hidden");
            owner.run("insert into task values ('h', 'hidden', 'x')");
            owner.synced();
            Fleet.Member a = fleet.device("a", "red", "hidden", "absent");
            a.transport.grant(new Grant("user-a", Set.of("red", "shared"), false));
            SyncResult result = a.sync();
            assertThat(result.received()).isZero();
            assertThat(a.all("select * from task")).isEmpty();
            String hidden = a.db.status().denied().get("hidden");
            assertThat(hidden).isEqualTo(a.db.status().denied().get("absent").replace("absent", "hidden"));
            a.run("insert into task values ('h', 'red', 'guessed')");
            a.run("insert into task values ('n', 'hidden', 'guessed')");
            assertThat(a.sync().parked()).isEqualTo(2);
            assertThat(a.db.outbox()).noneMatch(e -> e.reason().contains("'x'"));
            assertThat(fleet.onServer("select * from task")).isEqualTo(List.of("['h', 'hidden', 'x']"));
            // the place in one scope, used in another that is granted
            a.run("insert into task values ('1', 'red', 'mine')");
            a.sync();
            a.db.close();
            try (var sql = Fleet.DRIVER.open(dev.godwit.sql.SqliteOptions.of(a.file.toString()))) {
                sql.execute("update godwit_scope set commit_number = 0, cursor_position = x'68' where scope = 'red'");
            }
            a.reopenAfterCopy();
            a.synced();
            assertThat(a.all("select id from task")).doesNotContain("['h']");
        }
    }

    /** Keys are one space, so that one is taken cannot be hidden; all that the row holds, and where it lives, is. */
    @Test
    void aGuessedKeyTellsThatItIsTakenAndNothingElse() throws IOException {
        try (Fleet fleet = new Fleet(folder.resolve("fleet"), OverHttp.SCHEMA)) {
            Fleet.Member owner = fleet.device("owner", "hidden");
            owner.run("insert into task values ('h', 'hidden', 'x')");
            owner.synced();
            List<String> before = fleet.onServer("select * from task");
            Fleet.Member a = fleet.device("a", "red");
            a.run("insert into task values ('h', 'red', 'guessed')");
            a.run("insert into task values ('free', 'red', 'guessed')");
            a.synced();
            assertThat(a.db.outbox()).hasSize(1);
            assertThat(a.db.outbox().get(0).reason())
                    .contains("row 'h' of task", "a scope that is not granted")
                    .doesNotContain("hidden", "'x'", "owner");
            assertThat(told(fleet, 1, RowKind.INSERT, "h").code()).isEqualTo(RejectionCode.RIGHT);
            long sequence = 1;
            for (RowKind kind : List.of(RowKind.UPDATE, RowKind.DELETE)) {
                Outcome.Rejected taken = told(fleet, ++sequence, kind, "h");
                Outcome.Rejected absent = told(fleet, ++sequence, kind, "absent");
                assertThat(taken.message()).doesNotContain("hidden", "'x'", "owner");
                assertThat(taken.code()).isEqualTo(RejectionCode.RIGHT);
                assertThat(absent.code()).as("so it is told").isEqualTo(RejectionCode.NO_SUCH_ROW);
            }
            assertThat(fleet.onServer("select * from task where team = 'hidden'"))
                    .isEqualTo(before);
        }
    }

    /** What somebody is told who writes on a row of this key. */
    private static Outcome.Rejected told(Fleet fleet, long sequence, RowKind kind, String key) throws IOException {
        List<BlockColumn> columns = List.of(
                new BlockColumn("id", ColumnRole.KEY),
                new BlockColumn("team", ColumnRole.SET),
                new BlockColumn("title", ColumnRole.SET));
        boolean whole = kind != RowKind.DELETE;
        Value[] row = {Value.of(key), Value.of("red"), Value.of("guessed")};
        RowBlock block = new RowBlock(
                "task", kind, columns.subList(0, whole ? 3 : 1), List.<Value[]>of(Arrays.copyOf(row, whole ? 3 : 1)));
        List<Frame> frames = new ArrayList<>();
        fleet.server.engine().sync(new Grant("eve", Set.of("red"), false), Requests.push(sequence, block), frames::add);
        Cut cut = (Cut) frames.get(frames.size() - 1);
        return (Outcome.Rejected) cut.receipts().get(0).outcome();
    }
}
