package dev.godwit.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.godwit.model.Limits;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Opening;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Speaks Godwit well enough to be believed, and then answers what the test wants. */
final class HostileServer implements AutoCloseable {
    static final UUID TIMELINE = new UUID(7, 7);

    private final HttpServer server;

    /** Turns a request into an answer's body. */
    interface Answering {
        byte[] to(SyncRequest request) throws IOException;
    }

    /** Answers with a good opening, then with these encoded frames, all of it changed by the last argument. */
    static Answering frames(UnaryOperator<byte[]> change, byte[]... frames) {
        return request -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (FrameWriter writer = new FrameWriter(bytes)) {
                writer.write(new Opening(
                        request.requestId(), TIMELINE, request.clock().wallMillis(), 0));
                for (byte[] frame : frames) {
                    writer.write(frame);
                }
            }
            return change.apply(bytes.toByteArray());
        };
    }

    static Answering frames(Frame... frames) {
        byte[][] encoded = new byte[frames.length][];
        for (int i = 0; i < frames.length; i++) {
            encoded[i] = SyncCodec.encodeFrame(frames[i]);
        }
        return frames(bytes -> bytes, encoded);
    }

    HostileServer(Answering answering, boolean gzip) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/sync", exchange -> answer(exchange, answering, gzip));
        server.start();
    }

    private static void answer(HttpExchange exchange, Answering answering, boolean gzip) throws IOException {
        try (exchange;
                InputStream in = Gzip.decompressing(exchange.getRequestBody(), Long.MAX_VALUE, Limits.DEFAULT)) {
            byte[] body = answering.to(SyncCodec.decodeRequest(in.readAllBytes(), Limits.DEFAULT));
            exchange.getResponseHeaders().set("Content-Type", "application/vnd.godwit");
            if (gzip) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            }
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
