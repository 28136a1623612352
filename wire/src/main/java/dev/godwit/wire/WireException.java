package dev.godwit.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes could not be read as a message. The message names what was read, the value found, and the limit if there is
 * one.
 */
public final class WireException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What is wrong with the bytes. */
    public enum Kind {
        /** They break the format. */
        MALFORMED,
        /** They are over a limit, which the message names. */
        TOO_LARGE,
        /** Somebody else wrote them: a captive portal, a proxy's error page. */
        NOT_GODWIT,
        /** They are of a newer version of the protocol than this one. */
        UNSUPPORTED_VERSION,
        /** They end too early: the connection broke. */
        TRUNCATED,
        /** Their checksum is wrong: something on the way changed them. */
        DAMAGED
    }

    private final Kind kind;

    /** An exception of this kind. */
    public WireException(Kind kind, String message) {
        this(kind, message, null);
    }

    /** An exception of this kind, with its cause. */
    public WireException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** What is wrong with the bytes. */
    public Kind kind() {
        return kind;
    }

    /** True if the same request may get a readable answer: the network is to blame, not the peer. */
    public boolean retryable() {
        return kind == Kind.TRUNCATED || kind == Kind.NOT_GODWIT || kind == Kind.DAMAGED;
    }

    static WireException malformed(String message) {
        return new WireException(Kind.MALFORMED, message);
    }

    static WireException unsupported(String message) {
        return new WireException(Kind.UNSUPPORTED_VERSION, message + "; a newer version of Godwit can");
    }

    static WireException damaged(String message) {
        return new WireException(Kind.DAMAGED, message);
    }

    static WireException truncated(String message) {
        return new WireException(Kind.TRUNCATED, message);
    }
}
