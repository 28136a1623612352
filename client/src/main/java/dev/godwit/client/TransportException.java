package dev.godwit.client;

import dev.godwit.wire.WireException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The server was not reached, or what answered is none, or it refused at the door. Nothing local has changed. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int DETAIL_CHARS = 300;

    /** What kind of failure it is, and so what helps. */
    public enum Kind {
        /** No connection. */
        OFFLINE(true),
        /** The network wants a login first, and answers in the server's place. */
        CAPTIVE_PORTAL(true),
        /** No TLS connection: the server's certificate is not to be trusted, or it speaks no TLS. */
        TLS(false),
        /** No answer in time. */
        TIMEOUT(true),
        /** Request or answer was damaged on the way. */
        CORRUPT(true),
        /** The server speaks another version of the protocol. */
        UPGRADE(false),
        /** What the server answers breaks the protocol, or is over this device's limits. */
        UNREADABLE(false),
        /** The token is missing, expired, forged, or too long. */
        TOKEN(false),
        /** The token does not allow it. */
        FORBIDDEN(false),
        /** The request is larger than the server takes. */
        TOO_LARGE(false),
        /** The server asks to be left alone for a while. */
        OVERLOADED(true),
        /** The server failed. */
        SERVER_ERROR(true),
        /** Something else than a Godwit server answers there. */
        WRONG_ADDRESS(false),
        /** Plain HTTP to another machine. */
        INSECURE(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;
    private final long retryAfterMillis;

    TransportException(Kind kind, String message, long retryAfterMillis, @Nullable Throwable cause) {
        super(
                message + " (docs/troubleshooting.md#"
                        + kind.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")",
                cause);
        this.kind = kind;
        this.retryAfterMillis = retryAfterMillis;
    }

    TransportException(Kind kind, String message) {
        this(kind, message, 0, null);
    }

    /** The failure that an I/O error stands for; for implementations of {@link Transport}. */
    public static TransportException of(IOException e) {
        String detail = printable(String.valueOf(e.getMessage()));
        if (e instanceof SSLException) {
            return new TransportException(Kind.TLS, tls(e) + "; nothing was sent: " + detail, 0, e);
        } else if (e instanceof UnknownHostException) {
            return new TransportException(Kind.OFFLINE, "the server's name cannot be found now: " + detail, 0, e);
        } else if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return new TransportException(Kind.OFFLINE, "no connection to the server: " + detail, 0, e);
        } else if (e instanceof InterruptedIOException) {
            return new TransportException(Kind.TIMEOUT, "the server did not answer in time: " + detail, 0, e);
        } else if (e instanceof ZipException) {
            return new TransportException(Kind.CORRUPT, "the answer was damaged on the way: " + detail, 0, e);
        }
        return new TransportException(Kind.OFFLINE, "the connection broke: " + detail, 0, e);
    }

    /** The failure that an answer stands for which cannot be read. */
    static TransportException of(WireException broken) {
        String detail = String.valueOf(broken.getMessage());
        return switch (broken.kind()) {
            case NOT_GODWIT -> new TransportException(Kind.CAPTIVE_PORTAL, detail, 0, broken);
            case TRUNCATED ->
                new TransportException(
                        Kind.OFFLINE, "the connection broke before the answer was complete: " + detail, 0, broken);
            case DAMAGED ->
                new TransportException(Kind.CORRUPT, "the answer was damaged on the way: " + detail, 0, broken);
            case UNSUPPORTED_VERSION -> new TransportException(Kind.UPGRADE, detail, 0, broken);
            case MALFORMED, TOO_LARGE ->
                new TransportException(
                        Kind.UNREADABLE,
                        "the server's answer cannot be used, and nothing of it was: check that the address is that of your"
                                + " server, and that server and device are of the same version and have the same limits: "
                                + detail,
                        0,
                        broken);
        };
    }

    /** What came from the network may be quoted in the message, and goes on into logs and terminals. */
    private static String printable(String detail) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(DETAIL_CHARS, detail.length()); i++) {
            char c = detail.charAt(i);
            text.append(c < ' ' || c > '~' ? '.' : c);
        }
        return detail.length() > DETAIL_CHARS ? text + "…" : text.toString();
    }

    private static String tls(IOException e) {
        if (e instanceof SSLPeerUnverifiedException) {
            return "the server's certificate is for another name: use the name that it is for, or check who answers there";
        } else if (e.getCause() instanceof CertificateException) {
            return "the server's certificate is not trusted: check this device's date; if the server's authority is your"
                    + " own, tell the transport to trust it";
        }
        return "no TLS connection comes about: check that the server speaks TLS at this address and port"
                + " (serve --tls), or write http:// if it does not";
    }

    /** The answer ended before it was complete. */
    static TransportException cutOff() {
        return new TransportException(Kind.OFFLINE, "the connection broke before the answer was complete");
    }

    /** What kind of failure it is. */
    public Kind kind() {
        return kind;
    }

    /** How long the server asks to be left alone; 0 if it did not say. */
    public long retryAfterMillis() {
        return retryAfterMillis;
    }

    /** Whether there was a connection, and it broke or became silent on the way. */
    boolean isCut() {
        Throwable cause = getCause();
        boolean isConnected = !(cause instanceof UnknownHostException
                || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException);
        boolean isAsked = !(cause instanceof BoundedCalls.NoAnswer);
        return (kind == Kind.TIMEOUT && isAsked) || (kind == Kind.OFFLINE && isConnected);
    }

    /** Whether trying again later may help without a change. */
    public boolean retryable() {
        return kind.retryable;
    }
}
