package dev.godwit.http;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.godwit.jdbc.JdbcSqlite;
import dev.godwit.model.Limits;
import dev.godwit.schema.SchemaReader;
import dev.godwit.server.Grant;
import dev.godwit.server.ServerOptions;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.SyncCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whatever comes in on the port of a real server, over a socket: {@code r} a whole request as it is; {@code h} lines of headers;
 * {@code p} a method and a path; {@code b} a body with a good token, {@code g} the same in gzip; {@code t} a token; {@code c} the
 * claims of one that is signed as it should be. No answer says that the server failed, none gives rows away without a token, no
 * token is taken but the one that was minted, and signed claims grant what they say, in their time, and nothing else.
 */
public final class HttpFuzz {
    private static final byte[] SECRET = "a secret for tests that is long enough".getBytes(StandardCharsets.US_ASCII);
    private static final long NOW = 1_800_000_000_000L;
    private static final byte[] BODY = SyncCodec.encodeRequest(Requests.of(List.of()));
    private static final int PATIENCE = 10_000;
    private static final SharedSecretTokens TOKENS = new SharedSecretTokens(SECRET, () -> NOW);
    private static final String TOKEN = TOKENS.mint("ann", List.of("red"), false, 3_600_000);

    private static GodwitHttp server;

    private HttpFuzz() {}

    /** Called by the fuzzer before the first input: what loads classes does not count as an input's time. */
    public static void fuzzerInitialize() {
        for (byte[] seed : seeds().values()) {
            reads(seed);
            reads(Arrays.copyOf(seed, seed.length / 2));
        }
    }

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        reads(data);
    }

    /** Whether it was answered by a success. */
    static boolean reads(byte[] data) {
        if (data.length == 0) {
            return false;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        return switch (data[0]) {
            case 'r' -> succeeds(rest, true);
            case 'h' -> succeeds(request("POST /v1/sync", rest, BODY), true);
            case 'p' -> succeeds(request(oneLine(rest), new byte[0], new byte[0]), true);
            case 'b' -> succeeds(request("POST /v1/sync", granted(""), rest), false);
            case 'g' -> succeeds(request("POST /v1/sync", granted("Content-Encoding: gzip\r\n"), rest), false);
            case 't' -> isTheOneToken(new String(rest, StandardCharsets.UTF_8));
            case 'c' -> grantsWhatItSays(rest);
            default -> false;
        };
    }

    /** One line, and no more than one: what could end it is left out. */
    private static String oneLine(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[\r\n]", "");
    }

    private static byte[] granted(String more) {
        return ("Authorization: Bearer " + TOKEN + "\r\n" + more).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] request(String line, byte[] headers, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                (line + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(headers);
        out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        return out.toByteArray();
    }

    /** Sends the bytes, ends, and reads to the end. */
    private static boolean succeeds(byte[] request, boolean withoutToken) {
        String answer = answer(request);
        if (answer.isEmpty()) {
            return false; // it was no request, and the connection ends
        }
        holds(answer.startsWith("HTTP/1."), "no answer in HTTP", answer);
        String status = answer.substring(0, Math.min(answer.length(), 12)).substring(9);
        holds(!status.equals("500"), "the server failed", answer);
        boolean success = status.startsWith("2");
        // without a token there is the page about health, once for each request that asks for it, and nothing else
        boolean onlyHealth = answer.split("HTTP/1.1 2", -1).length == answer.split("\r\n\r\nok\n", -1).length;
        holds(!withoutToken || onlyHealth || isGranted(request), "no token, and", answer);
        return success;
    }

    private static boolean isGranted(byte[] request) {
        return new String(request, StandardCharsets.ISO_8859_1).contains(TOKEN);
    }

    private static String answer(byte[] request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server().port())) {
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (SocketException closedBeforeAllWasSent) {
                return "";
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("no end of the answer within " + PATIENCE + " ms", failed);
        }
    }

    private static Optional<Grant> granted(byte[] token) {
        try {
            return Optional.of(TOKENS.verify(new String(token, StandardCharsets.UTF_8)));
        } catch (TokenVerifier.TokenRefused refused) {
            return Optional.empty();
        }
    }

    /** Only one was ever minted; spaces around it are not of the token. */
    private static boolean isTheOneToken(String token) {
        Optional<Grant> grant = granted(token.getBytes(StandardCharsets.UTF_8));
        holds(grant.isEmpty() || token.trim().equals(TOKEN), "granted to a token that nobody minted", token);
        return grant.isPresent();
    }

    /** The claims are read once more, by nothing of what reads them there but the parser of JSON. */
    private static boolean grantsWhatItSays(byte[] claims) {
        Optional<Grant> granted = granted(signed(claims).getBytes(StandardCharsets.US_ASCII));
        if (granted.isEmpty()) {
            return false;
        }
        Grant grant = granted.get();
        Map<String, Object> said;
        try {
            said = JSONObjectUtils.parse(new String(claims, StandardCharsets.UTF_8));
        } catch (ParseException unreadable) {
            throw new AssertionError("granted without claims: " + grant, unreadable);
        }
        boolean isOfWhomItNames = grant.subject().equals(said.get("sub"));
        boolean isOfItsScopes =
                said.get("scopes") instanceof List<?> scopes && grant.scopes().equals(Set.copyOf(scopes));
        boolean isOfItsAccess = Objects.equals(said.get("access"), grant.readOnly() ? "read" : "write");
        boolean isInItsTime = millis(said.get("exp"), -1) > NOW && millis(said.get("nbf"), 0) <= NOW;
        holds(
                isOfWhomItNames && isOfItsScopes && isOfItsAccess && isInItsTime,
                "granted " + grant + " by",
                said.toString());
        return true;
    }

    /** Whole seconds as milliseconds, to the end of what a double can tell, where a long begins anew. */
    private static double millis(@Nullable Object seconds, long absent) {
        return seconds == null ? absent : ((Number) seconds).longValue() * 1_000.0;
    }

    /** The claims under a head and a signature that are right. */
    private static String signed(byte[] claims) {
        try {
            var jws = new com.nimbusds.jose.JWSObject(
                    new com.nimbusds.jose.JWSHeader(com.nimbusds.jose.JWSAlgorithm.HS256),
                    new com.nimbusds.jose.Payload(claims));
            jws.sign(new com.nimbusds.jose.crypto.MACSigner(SECRET));
            return jws.serialize();
        } catch (com.nimbusds.jose.JOSEException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void holds(boolean condition, String what, String seen) {
        if (!condition) {
            throw new AssertionError(what + ": " + seen);
        }
    }

    private static synchronized GodwitHttp server() {
        if (server == null) {
            // the build's own folder, which the next clean build removes
            Path target = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir")));
            JdbcSqlite driver = new JdbcSqlite();
            try {
                SyncServer engine = SyncServer.open(ServerOptions.of(
                        new SchemaReader(driver)
                                .read("s", "create table t (id text primary key, team text scope not null);"),
                        driver,
                        Files.createTempDirectory(target, "fuzz")
                                .resolve("server.db")
                                .toString(),
                        () -> NOW,
                        () -> new UUID(1, 2)));
                server = GodwitHttp.start(new HttpOptions("127.0.0.1", 0, TOKENS, Limits.DEFAULT, null, false), engine);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return server;
    }

    static Map<String, byte[]> seeds() {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put(
                "raw-health",
                seed(
                        'r',
                        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII)));
        seeds.put("raw-old", seed('r', "GET /healthz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        seeds.put("headers", seed('h', granted("Accept-Encoding: gzip\r\nX-A: b\r\n")));
        seeds.put("path", seed('p', "GET /healthz".getBytes(StandardCharsets.US_ASCII)));
        seeds.put("body", seed('b', BODY));
        seeds.put("body-gzip", seed('g', Gzip.compress(BODY)));
        seeds.put("token", seed('t', TOKEN.getBytes(StandardCharsets.US_ASCII)));
        seeds.put("claims", seed('c', claims("write")));
        seeds.put("claims-read", seed('c', claims("read")));
        return seeds;
    }

    private static byte[] claims(String access) {
        return ("{\"sub\":\"ann\",\"scopes\":[\"red\",\"blue\"],\"access\":\"" + access + "\",\"exp\":" + NOW / 500
                        + ",\"nbf\":1}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] seed(char kind, byte[] rest) {
        byte[] seed = new byte[rest.length + 1];
        seed[0] = (byte) kind;
        System.arraycopy(rest, 0, seed, 1, rest.length);
        return seed;
    }
}
