package dev.godwit.http;

import dev.godwit.model.Limits;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to serve.
 *
 * @param host the address to listen on
 * @param port the port; 0 takes a free one
 * @param tokens who may do what
 * @param limits every bound
 * @param tls the key store, or null for plain HTTP
 * @param insecure whether plain HTTP is allowed on other addresses than loopback
 */
public record HttpOptions(
        String host,
        int port,
        TokenVerifier tokens,
        Limits limits,
        @Nullable Tls tls,
        boolean insecure) {

    /** A PKCS #12 key store with the server's key. */
    public record Tls(Path keyStore, String password) {
        /** Never shows the password. */
        @Override
        public String toString() {
            return "Tls[" + keyStore + "]";
        }
    }

    /** Checks that nothing is served in the clear by accident. */
    public HttpOptions {
        boolean loopback = host.equals("127.0.0.1") || host.equals("::1") || host.equals("localhost");
        if (tls == null && !loopback && !insecure) {
            throw new IllegalArgumentException(
                    "plain HTTP on " + host
                            + ": give a key store for TLS, listen on 127.0.0.1 behind a proxy, or allow it by name (--insecure)");
        }
    }

    /** Plain HTTP on loopback. */
    public static HttpOptions loopback(int port, TokenVerifier tokens, Limits limits) {
        return new HttpOptions("127.0.0.1", port, tokens, limits, null, false);
    }
}
