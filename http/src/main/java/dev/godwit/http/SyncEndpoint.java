package dev.godwit.http;

import dev.godwit.server.Grant;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.Gzip;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncCodec;
import dev.godwit.wire.SyncRequest;
import dev.godwit.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /v1/sync}: reads a request within its bounds and streams the answer. */
final class SyncEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(SyncEndpoint.class);
    private static final int COMPRESS_FROM = 300;
    private static final long BUSY_MILLIS = 2_000;

    private final SyncServer engine;
    private final HttpOptions options;
    private final Semaphore running;

    SyncEndpoint(SyncServer engine, HttpOptions options) {
        this.engine = engine;
        this.options = options;
        this.running = new Semaphore(2 * options.limits().waitingPushes());
    }

    void handle(Grant grant, Request request, Response response, Callback callback) {
        if (!running.tryAcquire()) {
            Answers.refuse(
                    response,
                    callback,
                    503,
                    new Refusal(Refusal.Code.LATER, "The server is busy. Nothing is lost; try again.", BUSY_MILLIS));
            return;
        }
        try {
            answer(grant, read(request), request, response, callback);
        } catch (WireException broken) {
            LOG.info("a request of {} was refused: {}", grant.subject(), broken.kind());
            refuse(broken, response, callback);
        } catch (IOException cutOff) {
            callback.failed(cutOff);
        } finally {
            running.release();
        }
    }

    /** What was damaged on the way may be sent again as it is (400); what cannot be read, not (422). */
    private static void refuse(WireException broken, Response response, Callback callback) {
        Refusal.Code code =
                broken.kind() == WireException.Kind.TOO_LARGE ? Refusal.Code.TOO_LARGE : Refusal.Code.MALFORMED;
        int status = broken.retryable() ? 400 : Answers.status(code);
        Answers.refuse(response, callback, status, new Refusal(code, String.valueOf(broken.getMessage()), 0));
    }

    private SyncRequest read(Request request) throws IOException {
        int limit = options.limits().requestBytes();
        try (InputStream raw = Content.Source.asInputStream(request);
                InputStream body = isGzip(request) ? Gzip.decompressing(raw, limit + 1L, options.limits()) : raw) {
            byte[] bytes = body.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new WireException(
                        WireException.Kind.TOO_LARGE,
                        "the request is larger than the server's limit requestBytes = " + limit);
            }
            return SyncCodec.decodeRequest(bytes, options.limits());
        }
    }

    private static boolean isGzip(Request request) {
        return "gzip".equalsIgnoreCase(request.getHeaders().get(HttpHeader.CONTENT_ENCODING));
    }

    private void answer(Grant grant, SyncRequest sync, Request request, Response response, Callback callback)
            throws IOException {
        boolean gzip = String.valueOf(request.getHeaders().get(HttpHeader.ACCEPT_ENCODING))
                .contains("gzip");
        Streaming streaming = new Streaming(response, callback, gzip);
        engine.sync(grant, sync, frame -> streaming.write(frame));
        streaming.end();
    }

    /** Holds back a small answer to send it in one piece, uncompressed; streams a large one page by page. */
    private static final class Streaming extends OutputStream {
        private final Response response;
        private final Callback callback;
        private final boolean gzip;
        private final ByteArrayOutputStream small = new ByteArrayOutputStream();
        private final FrameWriter writer = new FrameWriter(this);
        private @Nullable OutputStream stream;
        private boolean refused;

        Streaming(Response response, Callback callback, boolean gzip) {
            this.response = response;
            this.callback = callback;
            this.gzip = gzip;
        }

        void write(Frame frame) throws IOException {
            if (frame instanceof Refusal refusal && stream == null && small.size() == 0) {
                refused = true;
                Answers.refuse(response, callback, Answers.status(refusal.code()), refusal);
                return;
            }
            writer.write(frame);
            writer.flush();
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            OutputStream out = stream;
            if (out != null) {
                out.write(bytes, offset, length);
                return;
            }
            small.write(bytes, offset, length);
            if (small.size() >= COMPRESS_FROM) {
                begin();
            }
        }

        private void begin() throws IOException {
            Answers.headers(response, 200);
            OutputStream out = Content.Sink.asOutputStream(response);
            if (gzip) {
                response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
                out = Gzip.compressing(out);
            }
            stream = out;
            small.writeTo(out);
        }

        @Override
        public void flush() throws IOException {
            OutputStream out = stream;
            if (out != null) {
                out.flush();
            }
        }

        void end() throws IOException {
            if (refused) {
                return;
            }
            OutputStream out = stream;
            if (out != null) {
                out.close();
                callback.succeeded();
            } else {
                Answers.headers(response, 200);
                response.write(true, ByteBuffer.wrap(small.toByteArray()), callback);
            }
        }
    }
}
