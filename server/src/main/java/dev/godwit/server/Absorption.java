package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what an operator changed by plain SQL into the log, as the server's own writes: what is in the tables already gets
 * commit numbers (H9). All changes found at once share one commit number per scope: joined, never split.
 */
final class Absorption {
    private static final Logger LOG = LoggerFactory.getLogger(Absorption.class);

    private final StoreWriter store;
    private final ServerWrites writes;

    Absorption(StoreWriter store, long nowMillis) {
        this.store = store;
        this.writes = new ServerWrites(store, nowMillis);
    }

    /** Returns the scopes that moved. */
    Set<String> run() {
        store.foreignChanges(this::absorb);
        return writes.scopes();
    }

    private void absorb(Table table, Value @Nullable [] before, Value @Nullable [] after) {
        if (after == null) {
            if (before != null) {
                writes.removed(table, table.keyOf(before));
            }
            return;
        }
        Key key = table.keyOf(after);
        String scope = table.scopeOf(after).orElse(null);
        if (scope == null) {
            LOG.error(
                    "row {} of {} was changed by hand and names no scope: no device sees it until it does",
                    key,
                    table.name());
            writes.removed(table, key);
            return;
        }
        writes.written(table, key, scope, before, after);
    }
}
