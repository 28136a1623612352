package dev.godwit.wire;

import java.util.Objects;

/**
 * The server does not answer the request, or stops answering it.
 *
 * @param code why
 * @param message a sentence for people
 * @param retryAfterMillis when to try again, at the earliest; 0 if the server does not say
 */
public record Refusal(Code code, String message, long retryAfterMillis) implements Frame {

    /** Why. The numbers on the wire are in {@code godwit.proto}; an unknown one is read as {@link #INTERNAL}. */
    public enum Code {
        /** Another copy of the device's database has used its sequence: take a new device id and send again (H2). */
        CLONE,
        /** There is no token, or it is not valid, or no longer. */
        UNAUTHORISED,
        /** The token is valid and does not allow this. */
        FORBIDDEN,
        /** The request cannot be read. */
        MALFORMED,
        /** The request is over one of the server's limits. */
        TOO_LARGE,
        /** Not now. */
        LATER,
        /** The device speaks a version of the protocol, or of the schema, that the server no longer serves. */
        UPGRADE,
        /** A fault of the server. */
        INTERNAL
    }

    /** Checks the components. */
    public Refusal {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        if (retryAfterMillis < 0) {
            throw new IllegalArgumentException("retryAfterMillis < 0: " + retryAfterMillis);
        }
    }
}
