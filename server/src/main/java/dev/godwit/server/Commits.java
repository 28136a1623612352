package dev.godwit.server;

import dev.godwit.wire.Refusal;
import dev.godwit.wire.SyncRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer: one thread that joins the requests which wait into one database transaction (group commit), so that many devices
 * share the cost of making it durable. Nothing is answered before the commit has returned. On one thread
 * ({@code ServerOptions.gathering}) the caller does it.
 */
final class Commits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final long LATER_MILLIS = 2_000;

    private final ServerOptions options;
    private final ResolverCalls resolvers;
    private final Store store;
    private final Consumer<Set<String>> moved;
    /** Nothing is put in beside the work, to wake the thread when it shall end. */
    private final BlockingQueue<Optional<Work>> queue;

    private final @Nullable Thread thread;
    private volatile boolean closing;

    private record Work(PushDecider.Push push, CompletableFuture<PushDecider.Decided> done) {}

    Commits(ServerOptions options, Store store, Consumer<Set<String>> moved) {
        this.options = options;
        this.resolvers = new ResolverCalls(options);
        this.store = store;
        this.moved = moved;
        this.queue = new ArrayBlockingQueue<>(options.limits().waitingPushes());
        this.thread = options.gathering() == null ? new Thread(this::run, "godwit-commits") : null;
        if (thread != null) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Decides a request's transactions; waits for the commit. */
    PushDecider.Decided decide(Grant grant, SyncRequest request) {
        Work work = new Work(new PushDecider.Push(grant, request), new CompletableFuture<>());
        Optional<Work> waiting = Optional.of(work);
        if (closing || !queue.offer(waiting)) {
            return later(closing ? "The server is shutting down." : "The server is busy.");
        }
        if (closing && queue.remove(waiting)) {
            return later("The server is shutting down.");
        }
        Runnable gathering = options.gathering();
        if (gathering != null) {
            commitOnCaller(work, gathering);
        }
        return work.done().join();
    }

    /** Whoever came first commits for those that its gathering brought; they find their answers ready. */
    private void commitOnCaller(Work work, Runnable gathering) {
        gathering.run();
        while (!work.done().isDone()) {
            List<Work> batch = waiting(Optional.empty());
            if (batch.isEmpty()) {
                throw new IllegalStateException("the commit that would have answered this was cut off");
            }
            commit(batch);
        }
    }

    /** What waits, after the first, as much as goes into one commit. */
    private List<Work> waiting(Optional<Work> first) {
        List<Optional<Work>> batch = new ArrayList<>(List.of(first));
        queue.drainTo(batch, options.limits().groupCommit() - (first.isPresent() ? 1 : 0));
        return batch.stream().flatMap(Optional::stream).toList();
    }

    private static PushDecider.Decided later(String why) {
        return new PushDecider.Decided(
                List.of(),
                new Refusal(Refusal.Code.LATER, why + " Nothing is lost; try again.", LATER_MILLIS),
                Set.of());
    }

    private void run() {
        while (!closing || !queue.isEmpty()) {
            try {
                Optional<Work> first = queue.poll(1, TimeUnit.SECONDS);
                List<Work> batch = first == null ? List.of() : waiting(first);
                if (!batch.isEmpty()) {
                    commit(batch);
                }
            } catch (InterruptedException stop) {
                closing = true;
            }
        }
    }

    private void commit(List<Work> batch) {
        List<PushDecider.Decided> decided;
        try {
            decided = store.write(writer -> decideAll(writer, batch));
        } catch (RuntimeException | Error failure) { // whatever it was, the next ones want to be decided
            if (batch.size() > 1) {
                batch.forEach(work -> commit(List.of(work)));
                return;
            }
            LOG.error("a commit failed and was rolled back; its device is told to come again", failure);
            batch.get(0).done().complete(later("The server could not write."));
            return;
        }
        Set<String> scopes = new HashSet<>();
        for (int i = 0; i < batch.size(); i++) {
            scopes.addAll(decided.get(i).moved());
            batch.get(i).done().complete(decided.get(i));
        }
        if (!scopes.isEmpty()) {
            moved.accept(scopes);
        }
    }

    private List<PushDecider.Decided> decideAll(StoreWriter writer, List<Work> batch) {
        long now = options.wallMillis().getAsLong();
        Set<String> absorbed = new Absorption(writer, now).run();
        Inbox inbox = new Inbox(writer, options.limits());
        List<PushDecider.Decided> decided = new ArrayList<>();
        for (Work work : batch) {
            PushDecider.Decided one = new PushDecider(options, resolvers, writer, inbox, work.push()).run();
            Set<String> scopes = new HashSet<>(one.moved());
            scopes.addAll(absorbed);
            decided.add(new PushDecider.Decided(one.receipts(), one.refusal(), scopes));
        }
        decided.get(0).moved().addAll(inbox.write(now));
        return decided;
    }

    /** Takes what others have changed into the log now. */
    void absorb() {
        Set<String> scopes = store.write(writer ->
                new HashSet<>(new Absorption(writer, options.wallMillis().getAsLong()).run()));
        if (!scopes.isEmpty()) {
            moved.accept(scopes);
        }
    }

    /** Forgets what no device needs that was here within the retention. */
    void forget() {
        long now = options.wallMillis().getAsLong();
        store.write(writer -> {
            new Forgetting(writer, options.retentionMillis()).run(now);
            return true;
        });
    }

    /** Finishes what waits and lets nothing more in. */
    @Override
    public void close() {
        closing = true;
        // without a place the thread has enough to wake for
        queue.offer(Optional.empty());
        try {
            if (thread != null) {
                thread.join(30_000);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        List<Work> left;
        do {
            left = waiting(Optional.empty());
            left.forEach(work -> work.done().complete(later("The server is shutting down.")));
        } while (!left.isEmpty());
    }
}
