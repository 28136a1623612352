package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.Resolver;
import dev.godwit.merge.Verdict;
import dev.godwit.model.Key;
import dev.godwit.model.Limits;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's resolvers, each on a thread of its own. One that hangs is interrupted and left behind; while it still
 * runs it is asked nothing more and what would need it is parked at once, so that it holds up the writer for its time once, and
 * keeps one thread. Belongs to the writer's thread.
 */
final class ResolverCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ResolverCalls.class);

    private final Map<String, Resolver> resolvers;
    private final Limits limits;
    private final boolean twice;
    private final Map<String, Thread> hanging = new HashMap<>();

    ResolverCalls(ServerOptions options) {
        this.resolvers = options.resolvers();
        this.limits = options.limits();
        this.twice = options.resolversTwice();
    }

    /** What the resolver of a column makes of a write; whatever goes wrong parks the transaction. */
    Verdict resolve(Table table, Key key, String column, Attempt attempt, Works works) {
        String name = Resolver.name(table.name(), column);
        Resolver resolver = resolvers.get(name);
        if (resolver == null) {
            throw Refused.cell(
                    RejectionCode.RESOLVER,
                    table,
                    key,
                    column,
                    "no resolver is registered for it: register one, then retry");
        }
        Resolver.Clash clash = new Resolver.Clash(
                table.name(),
                key,
                column,
                attempt.write().baseOrNull(),
                attempt.stored(),
                attempt.incoming(),
                works.store.writer(attempt.cell().stamp().writer()).subject(),
                works.store.writer(works.writer).subject());
        Thread before = hanging.get(name);
        if (before != null && before.isAlive()) {
            throw refused(clash, "its resolver still thinks about an earlier question");
        }
        Value value = call(resolver, clash);
        if (twice && !call(resolver, clash).equals(value)) {
            throw refused(clash, "its resolver gave two answers to one question: it must be pure");
        }
        if (bytes(value) > limits.valueBytes()) {
            throw refused(clash, "the answer of its resolver is longer than valueBytes = " + limits.valueBytes());
        }
        boolean oursLost = !value.equals(attempt.stored());
        boolean theirsLost = !value.equals(attempt.incoming());
        Verdict.Loser loser =
                theirsLost ? Verdict.Loser.INCOMING : oursLost ? Verdict.Loser.STORED : Verdict.Loser.NONE;
        return new Verdict.Settled(value, oursLost, Value.NULL, loser, false);
    }

    /** As devices count them when they read it. */
    private static long bytes(Value value) {
        if (value instanceof Value.BlobValue blob) {
            return blob.value().length;
        }
        return value.kind() == Value.Kind.TEXT ? value.asText().getBytes(StandardCharsets.UTF_8).length : 0;
    }

    private Value call(Resolver resolver, Resolver.Clash clash) {
        CompletableFuture<Value> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> complete(answer, resolver, clash), "godwit-resolver");
        thread.setDaemon(true);
        thread.start();
        try {
            return answer.get(limits.resolverMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            hanging.put(Resolver.name(clash.table(), clash.column()), thread);
            thread.interrupt();
            throw refused(clash, "its resolver took longer than resolverMillis = " + limits.resolverMillis());
        } catch (ExecutionException failure) {
            LOG.warn("the resolver of {}.{} failed", clash.table(), clash.column(), failure.getCause());
            throw refused(clash, "its resolver failed: " + failure.getCause());
        } catch (InterruptedException stop) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new NotNow("the server is shutting down");
        }
    }

    /** Everything is caught, since a failure that nobody hears of would look like one that hangs. */
    private static void complete(CompletableFuture<Value> answer, Resolver resolver, Resolver.Clash clash) {
        try {
            answer.complete(Objects.requireNonNull(resolver.resolve(clash), "its answer is null"));
        } catch (Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }

    private static Refused refused(Resolver.Clash clash, String why) {
        return new Refused(
                RejectionCode.RESOLVER,
                "Column " + clash.column() + " of " + clash.table() + ", row " + clash.key() + ": " + why + ".",
                clash.table(),
                clash.key());
    }
}
