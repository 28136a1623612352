package dev.godwit.client;

import dev.godwit.model.Limits;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server over HTTP.
 *
 * @param server the server's address, for instance {@code https://sync.example.org}
 * @param token gives the token for each request, on a thread of its own; what takes longer than {@code timeoutMillis} is
 *     interrupted and left behind, and not asked again before it has returned
 * @param limits every bound
 * @param trust whom to trust, or null for the platform's certificate authorities
 * @param insecure whether plain HTTP to another machine is allowed: anybody on the way can read and change everything
 * @param timeoutMillis how long to wait for a token, for a connection, for a write, and for the next bytes of an answer; 0
 *     for ever
 */
public record HttpTransportOptions(
        String server,
        Supplier<String> token,
        Limits limits,
        @Nullable Trust trust,
        boolean insecure,
        long timeoutMillis) {

    /** A trust manager and the sockets made with it. */
    public record Trust(SSLSocketFactory sockets, X509TrustManager manager) {}

    /** The defaults. */
    public static HttpTransportOptions of(String server, Supplier<String> token, Limits limits) {
        return new HttpTransportOptions(server, token, limits, null, false, 30_000);
    }

    /** With another trust. */
    public HttpTransportOptions withTrust(Trust chosen) {
        return new HttpTransportOptions(server, token, limits, chosen, insecure, timeoutMillis);
    }

    /** Allowing plain HTTP to another machine. */
    public HttpTransportOptions withInsecure() {
        return new HttpTransportOptions(server, token, limits, trust, true, timeoutMillis);
    }

    /** With another patience. */
    public HttpTransportOptions withTimeoutMillis(long millis) {
        return new HttpTransportOptions(server, token, limits, trust, insecure, millis);
    }
}
