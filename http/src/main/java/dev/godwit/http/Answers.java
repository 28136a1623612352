package dev.godwit.http;

import dev.godwit.wire.Frame;
import dev.godwit.wire.FrameWriter;
import dev.godwit.wire.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What every answer with frames has in common. */
final class Answers {
    static final String GODWIT = "application/vnd.godwit";

    private Answers() {}

    static void headers(Response response, int status) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, GODWIT);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    /** Ends the answer with a refusal. */
    static void refuse(Response response, Callback callback, int status, Refusal refusal) {
        headers(response, status);
        if (refusal.retryAfterMillis() > 0) {
            response.getHeaders()
                    .put(HttpHeader.RETRY_AFTER, Long.toString((refusal.retryAfterMillis() + 999) / 1_000));
        }
        response.write(true, ByteBuffer.wrap(bytes(refusal)), callback);
    }

    static int status(Refusal.Code code) {
        return switch (code) {
            case UNAUTHORISED -> 401;
            case FORBIDDEN -> 403;
            case MALFORMED -> 422;
            case TOO_LARGE -> 413;
            case LATER -> 503;
            case INTERNAL -> 500;
            // told to the device's engine, not to its transport
            case CLONE, UPGRADE -> 200;
        };
    }

    private static byte[] bytes(Frame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(bytes)) {
            writer.write(frame);
        } catch (IOException impossibleInMemory) {
            throw new UncheckedIOException(impossibleInMemory);
        }
        return bytes.toByteArray();
    }
}
