package dev.godwit.server;

import dev.godwit.merge.Attempt;
import dev.godwit.merge.Resolver;
import dev.godwit.merge.Verdict;
import dev.godwit.model.Key;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application's resolvers, each on a thread of its own, so that one that hangs holds up its transaction for its time
 * and nothing else: the thread is interrupted and left behind. Belongs to the writer's thread.
 */
final class ResolverCalls {
    private static final Logger LOG = LoggerFactory.getLogger(ResolverCalls.class);

    private final Map<String, Resolver> resolvers;
    private final long millis;
    private final boolean twice;

    /**
     * For these resolvers.
     *
     * @param resolvers by table and column, as {@code table.column} in lower case
     * @param millis how long one may take
     * @param twice whether each is called twice, to catch one that is not pure
     */
    ResolverCalls(Map<String, Resolver> resolvers, long millis, boolean twice) {
        this.resolvers = resolvers;
        this.millis = millis;
        this.twice = twice;
    }

    static String name(String table, String column) {
        return (table + "." + column).toLowerCase(Locale.ROOT);
    }

    /** What the resolver of a column makes of a write; whatever goes wrong parks the transaction. */
    Verdict resolve(Table table, Key key, String column, Attempt attempt, Works works) {
        String name = name(table.name(), column);
        Resolver resolver = resolvers.get(name);
        if (resolver == null) {
            throw refused(table, key, column, "no resolver is registered for it: register one, then retry");
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
        Value value = call(resolver, clash);
        if (twice && !call(resolver, clash).equals(value)) {
            throw refused(table, key, column, "its resolver gave two answers to one question: it must be pure");
        }
        boolean oursLost = !value.equals(attempt.stored());
        boolean theirsLost = !value.equals(attempt.incoming());
        Verdict.Loser loser =
                theirsLost ? Verdict.Loser.INCOMING : oursLost ? Verdict.Loser.STORED : Verdict.Loser.NONE;
        return new Verdict.Settled(value, oursLost, Value.NULL, loser, false);
    }

    private Value call(Resolver resolver, Resolver.Clash clash) {
        CompletableFuture<Value> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        answer.complete(
                                java.util.Objects.requireNonNull(resolver.resolve(clash), "its answer is null"));
                    } catch (RuntimeException | Error failure) {
                        answer.completeExceptionally(failure);
                    }
                },
                "godwit-resolver");
        thread.setDaemon(true);
        thread.start();
        try {
            return answer.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            thread.interrupt();
            throw refused(clash, "its resolver took longer than resolverMillis = " + millis);
        } catch (ExecutionException failure) {
            LOG.warn("the resolver of {}.{} failed", clash.table(), clash.column(), failure.getCause());
            throw refused(clash, "its resolver failed: " + failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw refused(clash, "the server is shutting down");
        }
    }

    private static Refused refused(Resolver.Clash clash, String why) {
        return new Refused(
                RejectionCode.RESOLVER,
                "Column " + clash.column() + " of " + clash.table() + ", row " + clash.key() + ": " + why + ".",
                clash.table(),
                clash.key());
    }

    private static Refused refused(Table table, Key key, String column, String why) {
        return new Refused(
                RejectionCode.RESOLVER,
                "Column " + column + " of " + table.name() + ", row " + key + ": " + why + ".",
                table.name(),
                key);
    }
}
