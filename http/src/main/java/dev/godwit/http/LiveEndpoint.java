package dev.godwit.http;

import dev.godwit.server.Grant;
import dev.godwit.server.SyncServer;
import dev.godwit.wire.Refusal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/live}: server-sent events that tell which scopes have moved. No thread waits for a connection: one write at a
 * time is under way on each, and what happens meanwhile is told by the next.
 */
final class LiveEndpoint implements AutoCloseable {
    private final SyncServer engine;
    private final HttpOptions options;
    private final ScheduledExecutorService ticker;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();

    LiveEndpoint(SyncServer engine, HttpOptions options, ScheduledExecutorService ticker) {
        this.engine = engine;
        this.options = options;
        this.ticker = ticker;
    }

    void handle(Grant grant, Request request, Response response, Callback callback) throws IOException {
        if (open.incrementAndGet() > options.limits().liveConnections()) {
            open.decrementAndGet();
            Answers.refuse(
                    response,
                    callback,
                    503,
                    new Refusal(
                            Refusal.Code.LATER,
                            "The server has liveConnections = "
                                    + options.limits().liveConnections() + " already; poll for a while.",
                            30_000));
            return;
        }
        List<String> scopes = scopes(request);
        String token = String.valueOf(request.getHeaders().get(HttpHeader.AUTHORIZATION))
                .substring(7)
                .trim();
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        new Connection(response, callback, token, scopes).begin(grant);
    }

    private static List<String> scopes(Request request) {
        Fields query = Request.extractQueryParameters(request, StandardCharsets.UTF_8);
        List<String> scopes = query.getValuesOrEmpty("scope");
        return new ArrayList<>(scopes);
    }

    /** Ends every connection. */
    @Override
    public void close() {
        connections.forEach(Connection::end);
    }

    private final class Connection implements Callback {
        private final Response response;
        private final Callback callback;
        private final String token;
        private final List<String> scopes;
        private final Map<String, Long> untold = new LinkedHashMap<>();
        private @Nullable AutoCloseable watch;
        private @Nullable ScheduledFuture<?> repeat;
        private boolean writing;
        private boolean over;

        Connection(Response response, Callback callback, String token, List<String> scopes) {
            this.response = response;
            this.callback = callback;
            this.token = token;
            this.scopes = scopes;
        }

        void begin(Grant grant) throws IOException {
            connections.add(this);
            AutoCloseable started = engine.watch(grant, scopes, this::tell);
            long pause = options.limits().pokeMillis();
            ScheduledFuture<?> repeating =
                    ticker.scheduleWithFixedDelay(this::repeat, pause, pause, TimeUnit.MILLISECONDS);
            synchronized (this) {
                watch = started;
                repeat = repeating;
            }
            if (isOver()) {
                unwatch(started);
                repeating.cancel(false);
            }
        }

        private synchronized boolean isOver() {
            return over;
        }

        /** Tells the heads again, if the token is still good for them. */
        private void repeat() {
            try {
                Grant grant = options.tokens().verify(token);
                tell(engine.heads(
                        Set.copyOf(scopes.stream().filter(grant::mayRead).toList())));
            } catch (IOException | RuntimeException notAnyMore) {
                end();
            }
        }

        private void tell(Map<String, Long> heads) {
            synchronized (this) {
                untold.putAll(heads);
            }
            write();
        }

        private void write() {
            String event;
            synchronized (this) {
                if (writing || over || untold.isEmpty()) {
                    return;
                }
                StringBuilder text = new StringBuilder("event: heads\n");
                untold.forEach((scope, head) -> text.append("data: ")
                        .append(URLEncoder.encode(scope, StandardCharsets.UTF_8))
                        .append(' ')
                        .append(head)
                        .append('\n'));
                untold.clear();
                event = text.append('\n').toString();
                writing = true;
            }
            Content.Sink.write(response, false, event, this);
        }

        @Override
        public void succeeded() {
            synchronized (this) {
                writing = false;
            }
            write();
        }

        @Override
        public void failed(Throwable gone) {
            end();
        }

        void end() {
            AutoCloseable watched;
            ScheduledFuture<?> repeating;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                watched = watch;
                repeating = repeat;
            }
            connections.remove(this);
            open.decrementAndGet();
            if (repeating != null) {
                repeating.cancel(false);
            }
            if (watched != null) {
                unwatch(watched);
            }
            callback.succeeded();
        }

        private void unwatch(AutoCloseable watched) {
            try {
                watched.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot stop to watch", e);
            }
        }
    }
}
