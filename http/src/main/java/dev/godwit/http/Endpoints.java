package dev.godwit.http;

import dev.godwit.server.Grant;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Refusal;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which request goes where, and who may ask. */
final class Endpoints extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

    private static final String PLAIN = "This port speaks TLS and was sent plain HTTP: write the address with https://";

    private final SyncServer engine;
    private final HttpOptions options;
    private final SyncEndpoint sync;
    private final LiveEndpoint live;

    Endpoints(SyncServer engine, HttpOptions options, LiveEndpoint live) {
        this.engine = engine;
        this.options = options;
        this.sync = new SyncEndpoint(engine, options);
        this.live = live;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (options.tls() != null && !isEncrypted(request)) {
            // it may be a token that came in the clear: nothing is looked at, and the connection ends
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            Answers.refuse(response, callback, 421, new Refusal(Refusal.Code.MALFORMED, PLAIN, 0));
            return true;
        }
        String what = request.getMethod() + " " + Request.getPathInContext(request);
        try {
            switch (what) {
                case "POST /v1/sync" -> sync.handle(grant(request), request, response, callback);
                case "GET /v1/live" -> live.handle(grant(request), request, response, callback);
                case "GET /healthz" -> health(response, callback);
                default ->
                    text(response, callback, 404, "This is a Godwit server; it has no " + what.split("\\?")[0] + ".\n");
            }
        } catch (TokenVerifier.TokenRefused refused) {
            Answers.refuse(response, callback, 401, new Refusal(Refusal.Code.UNAUTHORISED, message(refused), 0));
        } catch (RuntimeException failure) {
            LOG.error("a request failed: {}", what, failure);
            if (response.isCommitted()) {
                callback.failed(failure);
            } else {
                Answers.refuse(
                        response,
                        callback,
                        500,
                        new Refusal(Refusal.Code.INTERNAL, "The server failed; nothing of yours is lost.", 0));
            }
        }
        return true;
    }

    private static boolean isEncrypted(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData() != null;
    }

    private static String message(RuntimeException failure) {
        return String.valueOf(failure.getMessage());
    }

    private Grant grant(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header == null || !header.startsWith("Bearer ")) {
            throw new TokenVerifier.TokenRefused("The request has no token.");
        }
        return options.tokens().verify(header.substring(7).trim());
    }

    private void health(Response response, Callback callback) {
        boolean healthy = engine.isHealthy();
        text(response, callback, healthy ? 200 : 503, healthy ? "ok\n" : "not ready\n");
    }

    private static void text(Response response, Callback callback, int status, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        Content.Sink.write(response, true, text, callback);
    }
}
