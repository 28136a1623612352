package dev.godwit.server;

import dev.godwit.model.DeviceId;
import dev.godwit.model.Outcome;
import dev.godwit.wire.Decisions;
import dev.godwit.wire.Opening;
import dev.godwit.wire.Receipt;
import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's engine. Takes a device's transactions, decides them, and answers with what the device lacks. Safe for use by
 * many threads; nothing is acknowledged before it is durable.
 */
public final class SyncServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncServer.class);
    private static final int SNAPSHOT_TRIES = 5;
    /** How exactly it is known when a device was last seen. */
    private static final long SEEN_MILLIS = 3_600_000;

    private final ServerOptions options;
    private final Store store;
    private final Commits commits;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private volatile long foreignVersion;
    private volatile boolean closed;
    private volatile long forgotten;

    private record Watch(Set<String> scopes, HeadListener listener) {}

    private SyncServer(ServerOptions options, Store store) {
        this.options = options;
        this.store = store;
        this.commits = new Commits(options, store, this::moved);
        this.foreignVersion = store.foreignVersion();
    }

    /**
     * Opens a server on its database file.
     *
     * @throws dev.godwit.sql.SqliteException if the file cannot be used
     * @throws dev.godwit.schema.SchemaException if the schema did not grow out of the one in the file
     */
    public static SyncServer open(ServerOptions options) {
        SqliteStore.olderSchema(options).ifPresent(old -> {
            // what was changed by hand under the old schema is taken in under the old schema
            try (Store store = SqliteStore.open(options.withSchema(old))) {
                store.write(
                        writer -> new Absorption(writer, options.wallMillis().getAsLong()).run());
            }
        });
        SyncServer server = new SyncServer(options, SqliteStore.open(options));
        server.commits.absorb();
        return server;
    }

    /**
     * One round trip: decides what the request brings and writes the answer.
     *
     * @throws IOException if the reader of the answer is gone; what was decided stays decided
     */
    public void sync(Grant grant, SyncRequest request, FrameSink sink) throws IOException {
        Refusal refusal = tooMuch(request);
        if (refusal != null || closed) {
            sink.write(
                    refusal != null ? refusal : new Refusal(Refusal.Code.LATER, "The server is shutting down.", 2_000));
            return;
        }
        PushDecider.Decided decided = needsWriter(grant, request)
                ? commits.decide(grant, request)
                : new PushDecider.Decided(List.of(), null, Set.of());
        if (decided.refusal() != null) {
            sink.write(decided.refusal());
            return;
        }
        answer(grant, request, decided, sink);
    }

    private @org.jspecify.annotations.Nullable Refusal tooMuch(SyncRequest request) {
        int limit = options.limits().scopesPerDevice();
        return request.scopes().size() > limit
                ? new Refusal(
                        Refusal.Code.TOO_LARGE,
                        "The device asks for " + request.scopes().size()
                                + " scopes; the server takes scopesPerDevice = " + limit + ".",
                        0)
                : null;
    }

    /** A request that brings nothing new and comes from a known device only reads. */
    private boolean needsWriter(Grant grant, SyncRequest request) throws IOException {
        if (!request.transactions().isEmpty()) {
            return true;
        }
        return store.read(reader -> {
            DeviceState device = reader.device(request.device());
            return device == null
                    || !device.subject().equals(grant.subject())
                    || request.confirmed() != device.confirmed()
                    || options.wallMillis().getAsLong() - device.lastSeen() > SEEN_MILLIS
                    || reader.hasForeignChanges();
        });
    }

    /** Whether the cut carries it, until the device has confirmed it. */
    private static boolean isStored(Outcome outcome) {
        return !(outcome instanceof Outcome.Later || outcome instanceof Outcome.Duplicate);
    }

    private void answer(Grant grant, SyncRequest request, PushDecider.Decided decided, FrameSink sink)
            throws IOException {
        for (int i = 0; ; i++) {
            boolean last = i == SNAPSHOT_TRIES;
            boolean answered = store.read(reader -> {
                if (reader.hasForeignChanges()) {
                    if (last) {
                        sink.write(
                                new Refusal(Refusal.Code.LATER, "The server's rows are being changed by hand.", 2_000));
                    }
                    return last;
                }
                sink.write(new Opening(
                        request.requestId(),
                        store.timeline(),
                        options.wallMillis().getAsLong(),
                        Pull.rowsToCome(reader, request, grant),
                        options.pace()));
                List<Receipt> notInTheCut = decided.receipts().stream()
                        .filter(receipt -> !isStored(receipt.outcome()))
                        .toList();
                if (!notInTheCut.isEmpty()) {
                    sink.write(new Decisions(notInTheCut));
                }
                new Pull(reader, request, grant, store.timeline(), options.limits(), sink).run();
                return true;
            });
            if (answered) {
                return;
            }
            commits.absorb();
        }
    }

    /**
     * Lets a listener hear when scopes move, until the returned handle is closed. It hears their present heads at once.
     * Scopes that the grant does not name are left out.
     */
    public AutoCloseable watch(Grant grant, List<String> scopes, HeadListener listener) throws IOException {
        Set<String> granted =
                Set.copyOf(scopes.stream().filter(grant::mayRead).distinct().toList());
        Watch watch = new Watch(granted, listener);
        watches.add(watch);
        listener.moved(heads(granted));
        return () -> watches.remove(watch);
    }

    /** The newest commit number of each scope. */
    public Map<String, Long> heads(Set<String> scopes) throws IOException {
        return store.read(reader -> {
            Map<String, Long> heads = new HashMap<>();
            scopes.forEach(scope -> heads.put(scope, reader.head(scope)));
            return heads;
        });
    }

    private void moved(Set<String> scopes) {
        if (watches.isEmpty()) {
            return;
        }
        try {
            Map<String, Long> heads = heads(scopes);
            for (Watch watch : watches) {
                Map<String, Long> theirs = new HashMap<>(heads);
                theirs.keySet().retainAll(watch.scopes());
                if (!theirs.isEmpty()) {
                    watch.listener().moved(theirs);
                }
            }
        } catch (IOException | RuntimeException failure) {
            LOG.warn("a poke was not sent; it is repeated later", failure);
        }
    }

    /**
     * Forgets tombstones and what merging remembers, of everything that is older than the retention. {@link #tick} does it
     * about once an hour.
     */
    public void forget() {
        forgotten = options.wallMillis().getAsLong();
        commits.forget();
    }

    /** Looks whether anybody else has written to the database, and takes it in. Call it a few times a second. */
    public void tick() {
        if (closed) {
            return;
        }
        if (options.wallMillis().getAsLong() - forgotten >= SEEN_MILLIS) {
            forget();
        }
        long version = store.foreignVersion();
        if (version != foreignVersion) {
            foreignVersion = version;
            commits.absorb();
        }
    }

    /** Whether the store answers. */
    public boolean isHealthy() {
        if (closed) {
            return false;
        }
        try {
            return store.read(reader -> reader.device(new DeviceId(new java.util.UUID(0, 0))) == null);
        } catch (IOException | RuntimeException failure) {
            LOG.error("the store does not answer", failure);
            return false;
        }
    }

    /** Finishes running commits, then closes the store. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        commits.close();
        store.close();
    }
}
