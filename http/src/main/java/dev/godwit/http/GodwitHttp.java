package dev.godwit.http;

import dev.godwit.server.SyncServer;
import java.net.URI;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A running HTTP server over a {@link SyncServer}, which stays the caller's to close. */
public final class GodwitHttp implements AutoCloseable {
    private static final int HEADER_BYTES = 16_384;
    private static final int THREADS = 200;
    private static final long IDLE_MILLIS = 60_000;
    private static final long STOP_MILLIS = 10_000;
    private static final long TICK_MILLIS = 500;

    private final Server server;
    private final ServerConnector connector;
    private final LiveEndpoint live;
    private final ScheduledFuture<?> ticking;
    private final ScheduledExecutorService ticker;
    private final boolean tls;

    private GodwitHttp(
            Server server,
            ServerConnector connector,
            LiveEndpoint live,
            ScheduledFuture<?> ticking,
            ScheduledExecutorService ticker,
            boolean tls) {
        this.server = server;
        this.connector = connector;
        this.live = live;
        this.ticking = ticking;
        this.ticker = ticker;
        this.tls = tls;
    }

    /**
     * Starts to listen.
     *
     * @throws IllegalArgumentException if the key store for TLS cannot be used
     * @throws IllegalStateException if the address cannot be taken
     */
    public static GodwitHttp start(HttpOptions options, SyncServer engine) {
        Server server = new Server(threads());
        ServerConnector connector = new ServerConnector(server, 1, 1, factories(options));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "godwit-ticker");
            thread.setDaemon(true);
            return thread;
        });
        LiveEndpoint live = new LiveEndpoint(engine, options, ticker);
        server.setHandler(new GracefulHandler(new Endpoints(engine, options, live)));
        server.setStopTimeout(STOP_MILLIS);
        try {
            server.start();
        } catch (Exception e) {
            ticker.shutdownNow();
            throw new IllegalStateException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage()
                            + " (take another port, or --port 0 for a free one)",
                    e);
        }
        ScheduledFuture<?> ticking =
                ticker.scheduleWithFixedDelay(() -> quietly(engine), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return new GodwitHttp(server, connector, live, ticking, ticker, options.tls() != null);
    }

    private static void quietly(SyncServer engine) {
        try {
            engine.tick();
        } catch (RuntimeException failure) {
            org.slf4j.LoggerFactory.getLogger(GodwitHttp.class).warn("looking for changes by hand failed", failure);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("godwit-http");
        threads.setDaemon(true);
        Executor virtual = VirtualThreads.getDefaultVirtualThreadsExecutor();
        if (virtual != null) {
            threads.setVirtualThreadsExecutor(virtual);
        }
        return threads;
    }

    private static ConnectionFactory[] factories(HttpOptions options) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setRequestHeaderSize(HEADER_BYTES);
        configuration.setHttpCompliance(HttpCompliance.RFC7230);
        HttpOptions.Tls tls = options.tls();
        if (tls == null) {
            return new ConnectionFactory[] {new HttpConnectionFactory(configuration)};
        }
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStore(tls.read());
        ssl.setKeyStorePassword(tls.password());
        ssl.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        // who speaks plain HTTP to it is told so by Endpoints, instead of a connection that breaks
        return new ConnectionFactory[] {
            new DetectorConnectionFactory(new SslConnectionFactory(ssl, "http/1.1")),
            new HttpConnectionFactory(configuration)
        };
    }

    /** The port that it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The address that it listens on. */
    public URI address() {
        String host = connector.getHost();
        String written = host.contains(":") ? "[" + host + "]" : host;
        return URI.create((tls ? "https" : "http") + "://" + written + ":" + port());
    }

    /** Stops listening, lets running requests finish within 10 s, ends live connections. */
    @Override
    public void close() {
        ticking.cancel(false);
        ticker.shutdown();
        live.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server did not stop cleanly", e);
        }
    }
}
