package dev.godwit.testing;

import java.nio.charset.StandardCharsets;

/** What a {@link ChaosProxy} does to one request or to its answer. */
public sealed interface ChaosFault {

    /** How a connection ends that is cut. */
    enum Ending {
        /** As a program closes it. */
        CLOSE,
        /** By a reset, as when a router has forgotten it. */
        RESET,
        /** Nothing more comes in this direction; the other goes on. */
        HALF_CLOSE,
        /** Not at all: it stays open, and nobody ever says anything more. */
        SILENCE
    }

    /** How an answer is changed on the way. */
    enum Rewriting {
        /** The header that says gzip is taken away, and the body stays compressed. */
        HEADER_STRIPPED,
        /** The body is inflated and the header taken away, as an honest proxy may do. */
        INFLATED,
        /** The body ends half-way, and its length is mended to fit. */
        TRUNCATED,
        /** A quarter more bytes are promised than come. */
        LENGTH_TOO_LARGE,
        /** A quarter fewer bytes are promised than come, and the rest comes too, as if it began the next answer. */
        LENGTH_TOO_SMALL,
        /** One bit in the middle of the body is another. */
        DAMAGED
    }

    /** The request waits so long before it goes on, and its answer too. */
    record Latency(long millis) implements ChaosFault {}

    /** No more than so many bytes a second in each direction. */
    record Bandwidth(int bytesPerSecond) implements ChaosFault {}

    /** So many bytes of the request arrive, headers counted; with {@code RESET} both sides are reset. */
    record CutRequest(int bytes, Ending ending) implements ChaosFault {}

    /** The request is decided, and so many bytes of the answer arrive, headers counted. */
    record CutAnswer(int bytes, Ending ending) implements ChaosFault {}

    /** The same bytes arrive on two connections, one after the other; the second answer comes. */
    record Duplicate() implements ChaosFault {}

    /** The device's connection is closed at once; the request arrives with {@link ChaosProxy#deliverLate()}. */
    record Late() implements ChaosFault {}

    /** The answer waits for {@link ChaosProxy.Held#release()}. */
    record HoldAnswer() implements ChaosFault {}

    /** The answer waits for that of another request with this fault, and each gets the other's. */
    record SwapAnswers() implements ChaosFault {}

    /** The server hears nothing: these bytes come in its place, then the connection is closed. */
    record InPlace(String head, byte[] body) implements ChaosFault {
        @Override
        public String toString() {
            return "InPlace[" + head.lines().findFirst().orElse("") + "]";
        }
    }

    /** The server hears nothing: the answer to the last request for the same place comes again, as from a cache. */
    record Stale() implements ChaosFault {}

    /** The answer is changed. */
    record Rewritten(Rewriting how) implements ChaosFault {}

    /** The connection is accepted, and nothing is ever said. */
    static ChaosFault blackHole() {
        return new CutRequest(0, Ending.SILENCE);
    }

    /** The request does not arrive, and the connection is reset. */
    static ChaosFault reset() {
        return new CutRequest(0, Ending.RESET);
    }

    /** The request is decided, and the answer is lost. */
    static ChaosFault answerLost() {
        return new CutAnswer(0, Ending.CLOSE);
    }

    /** A captive portal's login page, as if it were the answer. */
    static ChaosFault loginPage() {
        return inPlace("200 OK", "Content-Type: text/html\r\n", "<html><body>Welcome! Please log in.</body></html>");
    }

    /** A captive portal's redirection to its login page. */
    static ChaosFault redirect(int status, String location) {
        return inPlace(status + " Redirected", "Location: " + location + "\r\n", "");
    }

    /** Somebody on the way has too much to do. */
    static ChaosFault tooBusy(int status, String retryAfter) {
        return inPlace(status + " Busy", "Retry-After: " + retryAfter + "\r\nContent-Type: text/plain\r\n", "busy");
    }

    /** Any answer in the server's place; its length is put to the headers. */
    static ChaosFault inPlace(String status, String headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return new InPlace("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + bytes.length + "\r\n", bytes);
    }
}
