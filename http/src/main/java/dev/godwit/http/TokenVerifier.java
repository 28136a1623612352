package dev.godwit.http;

import dev.godwit.server.Grant;

/** Turns a token into what it grants. Safe for use by many threads. */
public interface TokenVerifier {
    /**
     * Verifies a token.
     *
     * @throws TokenRefused if it is not to be trusted; the message says why, and never repeats the token
     */
    Grant verify(String token);

    /** A token that is not to be trusted. */
    final class TokenRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** With a sentence for whoever sent it. */
        public TokenRefused(String message) {
            super(message);
        }
    }
}
