package dev.godwit.wire;

import dev.godwit.model.Checkpoint;
import dev.godwit.model.Limits;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server reads of one request, besides the bytes of all changes: names of scopes, and fields of the message, of which each
 * byte of a packed list is one. Not safe for use by two threads.
 */
public final class RequestRoom {
    /** How many others the transactions of a request may name. */
    public static final int DEPENDENCIES = Bounds.FIELDS / 25;

    private static final int BYTES_OF_NUMBER = 10;
    private static final int FIELDS_OF_BASES = Bounds.FIELDS / 100 * 40;
    /** Three columns, of which the first two are places in short lists. */
    private static final int FIELDS_OF_BASE = BYTES_OF_NUMBER + 6;

    private final int names;
    private final Set<String> scopes;
    private final Set<Map<String, Checkpoint>> bases = new HashSet<>();
    private long fieldsOfBases;
    private long dependencies;

    /** Room for a request that asks for these scopes. */
    public RequestRoom(Collection<String> asked, Limits limits) {
        this.names = Bounds.scopeNames(limits);
        this.scopes = new HashSet<>(asked);
    }

    /** Takes a transaction, if there is room for it. */
    public boolean take(PushedTransaction transaction) {
        long others = dependencies + transaction.dependsOn().size();
        if (others > DEPENDENCIES || !takeBases(transaction.bases())) {
            return false;
        }
        dependencies = others;
        return true;
    }

    /** Most transactions of a request have the bases of the one before them, which are sent once. */
    private boolean takeBases(Map<String, Checkpoint> more) {
        if (bases.contains(more)) {
            return true;
        }
        long fields = fieldsOfBases + (long) FIELDS_OF_BASE * more.size();
        long named = scopes.size()
                + more.keySet().stream()
                        .filter(scope -> !scopes.contains(scope))
                        .count();
        if (named > names || fields > FIELDS_OF_BASES) {
            return false;
        }
        scopes.addAll(more.keySet());
        bases.add(more);
        fieldsOfBases = fields;
        return true;
    }

    /** Why no server with these limits reads the transaction, whatever is in the request beside it; null if it does. */
    public static @Nullable String misfit(PushedTransaction transaction, Limits limits) {
        if (transaction.bases().size() > limits.scopesPerDevice()) {
            return "it is about " + transaction.bases().size() + " scopes, and the limit scopesPerDevice is "
                    + limits.scopesPerDevice();
        }
        return Changes.misfit(transaction.changes(), limits);
    }
}
