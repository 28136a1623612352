package dev.godwit.http;

import dev.godwit.model.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
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
        /** Opens the key store, or says what is wrong with it. */
        KeyStore read() {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                try (InputStream in = Files.newInputStream(keyStore)) {
                    store.load(in, password.toCharArray());
                }
                for (String alias : Collections.list(store.aliases())) {
                    if (store.isKeyEntry(alias)) {
                        return store;
                    }
                }
                throw unusable("it holds no private key: export the key together with its certificates", null);
            } catch (NoSuchFileException missing) {
                throw unusable("there is no such file", missing);
            } catch (IOException | GeneralSecurityException e) {
                boolean password = e.getCause() instanceof UnrecoverableKeyException;
                throw unusable(
                        password
                                ? "the password is wrong: give it with --tls-password or in GODWIT_TLS_PASSWORD"
                                : "it is no PKCS #12 file (" + e.getMessage()
                                        + "): make one with `openssl pkcs12 -export` or `keytool`",
                        e);
            }
        }

        private IllegalArgumentException unusable(String why, @Nullable Exception cause) {
            return new IllegalArgumentException("the key store " + keyStore + " cannot be used for TLS: " + why, cause);
        }

        /** Never shows the password. */
        @Override
        public String toString() {
            return "Tls[" + keyStore + "]";
        }
    }

    /** Checks that nothing is served in the clear by accident. */
    public HttpOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + ": a port is 1 to 65535, or 0 for a free one");
        }
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
