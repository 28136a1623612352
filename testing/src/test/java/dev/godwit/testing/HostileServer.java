package dev.godwit.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.godwit.model.Limits;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Opening;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.function.Function;

/** Something that knows the protocol, is asked by devices over HTTP, and answers what a test says. */
final class HostileServer implements AutoCloseable {
    /** The timeline that its openings name. */
    static final UUID TIMELINE = new UUID(7, 7);

    private final HttpServer here;
    private volatile Function<SyncRequest, Answer> answers = request -> new Answer(new byte[0], false, 0);

    /**
     * An answer.
     *
     * @param body what comes after the headers
     * @param gzip whether the headers call it gzip
     * @param missing how many more bytes the headers promise
     */
    record Answer(byte[] body, boolean gzip, int missing) {}

    HostileServer() {
        try {
            here = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        here.createContext("/", this::answer);
        here.start();
    }

    String address() {
        return "http://127.0.0.1:" + here.getAddress().getPort();
    }

    /** From now on it answers this. */
    void answers(Function<SyncRequest, Answer> next) {
        answers = next;
    }

    /** From now on it answers an opening that fits the request, and then these frames. */
    void answersFrames(byte[]... frames) {
        answers(request -> new Answer(stream(request, frames), false, 0));
    }

    /** From now on it answers an opening that fits the request, and then these frames. */
    void answersFrames(Frame... frames) {
        byte[][] encoded = new byte[frames.length][];
        for (int i = 0; i < frames.length; i++) {
            encoded[i] = SyncCodec.encodeFrame(frames[i]);
        }
        answersFrames(encoded);
    }

    /** An opening that fits the request, and then these frames. */
    static byte[] stream(SyncRequest request, byte[]... frames) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(bytes)) {
            writer.write(new Opening(request.requestId(), TIMELINE, 1_800_000_000_000L, 0));
            for (byte[] frame : frames) {
                writer.write(frame);
            }
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = Gzip.decompressing(
                            new ByteArrayInputStream(exchange.getRequestBody().readAllBytes()),
                            Long.MAX_VALUE,
                            Limits.DEFAULT)
                    .readAllBytes();
            Answer answer = answers.apply(SyncCodec.decodeRequest(body, Limits.DEFAULT));
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.godwit");
            if (answer.gzip()) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            exchange.sendResponseHeaders(200, answer.body().length + answer.missing());
            exchange.getResponseBody().write(answer.body());
        }
    }

    @Override
    public void close() {
        here.stop(0);
    }
}
