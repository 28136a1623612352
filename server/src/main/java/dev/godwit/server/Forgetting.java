package dev.godwit.server;

import dev.godwit.merge.ColumnRule;
import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.model.Value;

/**
 * Forgets what no device needs that was here within the retention: tombstones, marks of rows that left a scope, and what rules
 * remember of cells. Below the horizon that it leaves a device gets a snapshot. Every commit number is a place where the log can
 * be cut: all that came after was decided with all that came before in sight.
 */
final class Forgetting {
    private final StoreWriter store;
    private final long retentionMillis;

    Forgetting(StoreWriter store, long retentionMillis) {
        this.store = store;
        this.retentionMillis = retentionMillis;
    }

    /** Notes which commit number each scope has now, and forgets what is old enough. */
    void run(long nowMillis) {
        store.noteHeads(nowMillis);
        store.forgetBelow(nowMillis - retentionMillis, this::fold);
    }

    /** A row that has changed since the last horizon: of what its rules remember, all that is not above the new one goes. */
    private void fold(Table table, Key key, long horizon) {
        RowMeta meta = store.meta(table, key);
        // while somebody may not have seen how it came into the scope, he has not seen either what it brought along
        boolean whole = meta != null && meta.arrived() > horizon;
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            if (column.merge() == MergeWord.MERGED_TEXT) {
                store.memory().forgetEdits(table, key, i, horizon);
                continue;
            }
            ColumnRule rule = ColumnRule.of(column);
            if (rule.remembers() && !whole) {
                Value memory = store.memory().of(table, key, i);
                Value folded = memory.isNull() ? memory : rule.fold(memory, horizon);
                if (!folded.equals(memory)) {
                    store.memory().keep(table, key, i, folded);
                }
            }
        }
    }
}
