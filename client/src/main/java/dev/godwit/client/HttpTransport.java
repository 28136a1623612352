package dev.godwit.client;

import dev.godwit.client.TransportException.Kind;
import dev.godwit.wire.FrameReader;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.WireException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The way to the server over HTTP. Follows no redirect, so that a token never goes anywhere else; asks for gzip and inflates
 * within bounds.
 */
public final class HttpTransport implements Transport {
    private static final MediaType GODWIT = MediaType.get("application/vnd.godwit");
    /** After so many heads that should have come, a live connection is taken for dead. */
    private static final int POKES_MISSED = 3;

    private static final String TOKEN = "token";
    private static final String BEARER = "Bearer ";

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private final HttpTransportOptions options;
    private final HttpUrl server;
    private final OkHttpClient client;
    private final BoundedCalls supplier;

    /**
     * For a server.
     *
     * @throws TransportException if the address is none, or plain HTTP to another machine
     */
    public HttpTransport(HttpTransportOptions options) {
        this.options = options;
        this.server = address(options);
        long millis = options.timeoutMillis() == 0 ? Long.MAX_VALUE : options.timeoutMillis();
        this.supplier = new BoundedCalls("godwit-token", "timeoutMillis", millis, false);
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(true)
                .connectTimeout(options.timeoutMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(options.timeoutMillis(), TimeUnit.MILLISECONDS)
                .writeTimeout(options.timeoutMillis(), TimeUnit.MILLISECONDS);
        HttpTransportOptions.Trust trust = options.trust();
        if (trust != null) {
            builder.sslSocketFactory(trust.sockets(), trust.manager());
        }
        this.client = builder.build();
    }

    private static HttpUrl address(HttpTransportOptions options) {
        HttpUrl url = HttpUrl.parse(options.server());
        if (url == null) {
            throw new TransportException(
                    Kind.WRONG_ADDRESS,
                    "'" + options.server() + "' is no address of a server: write it like https://sync.example.org");
        }
        if (!url.isHttps() && !LOOPBACK.contains(url.host()) && !options.insecure()) {
            throw new TransportException(
                    Kind.INSECURE,
                    options.server() + " is plain HTTP to another machine: use https, or allow it by name if you must");
        }
        return url;
    }

    @Override
    public Answer exchange(byte[] request) {
        // always: the checksum of gzip is the only one that a small request has
        byte[] body = Gzip.compress(request);
        Request.Builder post = new Request.Builder()
                .url(server.newBuilder().addPathSegments("v1/sync").build())
                .header("Authorization", BEARER + token())
                .header("Accept-Encoding", "gzip")
                .header("Content-Encoding", "gzip")
                .header("User-Agent", "godwit")
                .post(RequestBody.create(body, GODWIT));
        Response response = call(client.newCall(post.build()));
        try {
            return new HttpAnswer(checked(response), body.length, options);
        } catch (RuntimeException e) {
            response.close();
            throw e;
        }
    }

    /** The token, if a header can carry it. */
    private String token() {
        if (supplier.hangs(TOKEN)) {
            throw noToken(new BoundedCalls.NoAnswer("it was asked before and has not returned"));
        }
        String token;
        try {
            token = supplier.ask(TOKEN, options.token());
        } catch (BoundedCalls.NoAnswer none) {
            throw noToken(none);
        }
        for (int i = 0; i < token.length(); i++) {
            if (token.charAt(i) <= ' ' || token.charAt(i) > '~') {
                throw new TransportException(
                        Kind.TOKEN, "the token has a character at " + i + " that no token has: copy it again", 0, null);
            }
        }
        return token;
    }

    private static TransportException noToken(BoundedCalls.NoAnswer none) {
        Throwable broken = none.getCause();
        if (broken instanceof TransportException known) {
            return known;
        } else if (broken != null) {
            return new TransportException(
                    Kind.TOKEN, "the application could not give a token: " + broken.getMessage(), 0, broken);
        }
        // it may come back, so that nobody has to log in
        return new TransportException(
                Kind.TIMEOUT, "the application gave no token, its supplier hangs: " + none.getMessage(), 0, none);
    }

    private static Response call(Call call) {
        try {
            return call.execute();
        } catch (IOException e) {
            throw TransportException.of(e);
        }
    }

    /** Lets only an answer of a Godwit server through. */
    private Response checked(Response response) {
        boolean godwit = isGodwit(response);
        if (response.isSuccessful() && godwit) {
            return response;
        }
        String said = godwit ? refusal(response) : "";
        throw switch (response.code()) {
            case 400 -> godwit ? damaged(said, response) : notGodwit(response, said);
            case 422 ->
                godwit
                        ? failure(Kind.UPGRADE, said, "the server cannot read what this version sends", response)
                        : notGodwit(response, said);
            case 401 -> failure(Kind.TOKEN, said, "the server does not accept the token: get a new one", response);
            case 403 -> failure(Kind.FORBIDDEN, said, "the token does not allow this", response);
            case 404, 405 ->
                failure(
                        Kind.WRONG_ADDRESS,
                        said,
                        server + " answers, but is no Godwit server: check the address and the port",
                        response);
            case 413 -> failure(Kind.TOO_LARGE, said, "the server does not take a request of this size", response);
            case 431 -> failure(Kind.TOKEN, said, tooLong(response), response);
            case 429, 503 -> failure(Kind.OVERLOADED, said, "the server asks to be left alone for a while", response);
            default -> notGodwit(response, said);
        };
    }

    /** Nothing else that is sent before a body is long, but for the names of the same scopes in the address of a live connection. */
    private static String tooLong(Response response) {
        String authorization = String.valueOf(response.request().header("Authorization"));
        return "the token is too long for the server or what stands before it: it has "
                + (authorization.length() - BEARER.length())
                + " characters, most of them names of scopes; get one with fewer scopes, or with shorter names";
    }

    private static TransportException damaged(String said, Response response) {
        return failure(
                Kind.CORRUPT,
                said.isEmpty() ? "" : "the request was damaged on the way: " + said,
                "the request was damaged on the way",
                response);
    }

    private TransportException notGodwit(Response response, String said) {
        boolean html = String.valueOf(response.header("Content-Type")).contains("html");
        if (response.isRedirect() || (response.isSuccessful() && html)) {
            return failure(
                    Kind.CAPTIVE_PORTAL,
                    said,
                    "the network answers in the server's place, probably with a login page: open a browser and log in to it",
                    response);
        } else if (response.isSuccessful() || response.code() < 500) {
            return failure(
                    Kind.WRONG_ADDRESS,
                    said,
                    server + " answers " + response.code() + " and is no Godwit server: check the address",
                    response);
        }
        return failure(
                Kind.SERVER_ERROR, said, "the server failed (" + response.code() + "); try again later", response);
    }

    private static TransportException failure(Kind kind, String said, String otherwise, Response response) {
        return new TransportException(kind, said.isEmpty() ? otherwise : said, retryAfter(response), null);
    }

    private static long retryAfter(Response response) {
        String seconds = response.header("Retry-After");
        try {
            return seconds == null ? 0 : Math.min(86_400, Math.max(0, Long.parseLong(seconds.trim()))) * 1_000;
        } catch (NumberFormatException aDate) {
            return 60_000;
        }
    }

    private static boolean isGodwit(Response response) {
        return String.valueOf(response.header("Content-Type")).startsWith("application/vnd.godwit");
    }

    /** What a refusal says; empty if the answer holds none. */
    private String refusal(Response response) {
        try (HttpAnswer answer = new HttpAnswer(response, 0, options);
                FrameReader frames = new FrameReader(answer.frames(), options.limits())) {
            return frames.next()
                    .filter(Refusal.class::isInstance)
                    .map(f -> ((Refusal) f).message())
                    .orElse("");
        } catch (IOException | WireException unreadable) {
            return "";
        }
    }

    @Override
    public Live live(List<String> scopes, LiveListener listener) {
        String query = scopes.stream().map(HttpTransport::encoded).collect(Collectors.joining("&scope=", "scope=", ""));
        HttpUrl url = server.newBuilder()
                .addPathSegments("v1/live")
                .encodedQuery(query)
                .build();
        Request request = new Request.Builder()
                .url(url)
                .header("Authorization", BEARER + token())
                .header("Accept", "text/event-stream")
                .header("User-Agent", "godwit")
                .build();
        OkHttpClient patient =
                client.newBuilder().addNetworkInterceptor(this::mayBeSilent).build();
        Call call = patient.newCall(request);
        Response response = call(call);
        boolean events = String.valueOf(response.header("Content-Type")).startsWith("text/event-stream");
        if (!response.isSuccessful() || !events) {
            try (response) {
                throw response.isSuccessful() ? notGodwit(response, "") : checkedFailure(response);
            }
        }
        return HttpLive.start(call, response, listener);
    }

    /** A live connection may be silent once it stands; until then nobody waits longer than for any other answer. */
    private Response mayBeSilent(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        long millis = POKES_MISSED * options.limits().pokeMillis();
        Connection connection = chain.connection();
        if (connection != null && connection.protocol() == Protocol.HTTP_1_1) {
            // of the socket itself, where OkHttp has put the patience for answers
            connection.socket().setSoTimeout((int) Math.min(Integer.MAX_VALUE, millis));
        }
        response.body().source().timeout().timeout(millis, TimeUnit.MILLISECONDS);
        return response;
    }

    private TransportException checkedFailure(Response response) {
        try {
            checked(response);
            return notGodwit(response, "");
        } catch (TransportException failure) {
            return failure;
        }
    }

    private static String encoded(String scope) {
        try {
            return URLEncoder.encode(scope, "UTF-8");
        } catch (java.io.UnsupportedEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    /** An answer over HTTP. */
    private static final class HttpAnswer implements Answer {
        private final Response response;
        private final Counting raw;
        private final InputStream frames;
        private final long sent;
        private final long receivedHeaders;

        HttpAnswer(Response response, long bodySent, HttpTransportOptions options) {
            this.response = response;
            this.sent = bodySent + headerBytes(request(response));
            this.receivedHeaders = "HTTP/1.1 200 OK\r\n".length() + bytes(response.headers());
            this.raw = new Counting(response.body().byteStream());
            this.frames = "gzip".equals(response.header("Content-Encoding"))
                    ? Gzip.decompressing(raw, Long.MAX_VALUE, options.limits())
                    : raw;
        }

        private static Request request(Response response) {
            Response network = response.networkResponse();
            return network == null ? response.request() : network.request();
        }

        private static long headerBytes(Request request) {
            String line = request.method() + " " + request.url().encodedPath() + " HTTP/1.1\r\n";
            return line.length() + bytes(request.headers());
        }

        private static long bytes(Headers headers) {
            return headers.byteCount() + 2;
        }

        @Override
        public InputStream frames() {
            return frames;
        }

        @Override
        public long bytesSent() {
            return sent;
        }

        @Override
        public long bytesReceived() {
            return receivedHeaders + raw.count;
        }

        @Override
        public void close() {
            response.close();
        }
    }

    /** Counts what is read. */
    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count = count + (b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            count = count + Math.max(0, n);
            return n;
        }
    }
}
