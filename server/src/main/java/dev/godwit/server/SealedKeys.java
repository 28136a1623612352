package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Outcome.Applied;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Under which keys the new rows of a transaction were sealed. A device gives its row another key when the server has done so, and
 * when it makes room for a row that the server has moved (H12); each copy of it does that by itself, or not yet. What they have
 * in common is the key under which the row was sealed: outcomes name the row by that, so that they say the same to all of them.
 */
final class SealedKeys {
    /** By the key under which a row was sealed, the one under which it comes. */
    private final Map<Works.Place, Key> coming = new LinkedHashMap<>();

    private SealedKeys() {}

    static SealedKeys of(Schema schema, List<RowBlock> changes) {
        SealedKeys keys = new SealedKeys();
        for (RowBlock block : changes) {
            Table table = schema.table(block.table()).orElse(null);
            if (table != null && block.kind() == RowKind.INSERT) {
                block.rows()
                        .forEach(row -> keys.coming.put(
                                new Works.Place(table.name(), block.sealedKeyOf(row)), block.keyOf(row)));
            }
        }
        return keys;
    }

    /** The outcome of a transaction whose merge names rows by the keys under which they came. */
    static Applied outcome(Schema schema, List<RowBlock> changes, Applied merged) {
        return changes.stream().noneMatch(RowBlock::namesSealedKeys)
                ? merged
                : new Applied(
                        merged.commits(), merged.lost(), of(schema, changes).said(merged.rekeyed()));
    }

    private List<Rekeyed> said(List<Rekeyed> given) {
        Map<Works.Place, Key> others = byPlace(given);
        List<Rekeyed> said = new ArrayList<>();
        coming.forEach((row, came) ->
                add(said, row, row.key(), others.getOrDefault(new Works.Place(row.table(), came), came)));
        return said;
    }

    /**
     * What an outcome of before says that the bearer of the transaction does not know: who has learned it has written the rows anew.
     * If he does not say how, he may mean another row by an old key by now, and is told nothing.
     */
    List<Rekeyed> news(List<Rekeyed> before) {
        Map<Works.Place, Key> known = byPlace(before);
        List<Rekeyed> news = new ArrayList<>();
        if (coming.keySet().containsAll(known.keySet())) {
            coming.forEach((row, came) -> {
                Key now = known.getOrDefault(row, row.key());
                if (!now.equals(came)) {
                    news.add(new Rekeyed(row.table(), row.key(), now));
                }
            });
        }
        return news;
    }

    /** The same, from the keys under which the rows come: by those the device's next transactions mean them. */
    List<Rekeyed> renames(List<Rekeyed> news) {
        List<Rekeyed> renames = new ArrayList<>();
        for (Rekeyed one : news) {
            Works.Place row = new Works.Place(one.table(), one.from());
            add(renames, row, coming.getOrDefault(row, one.from()), one.to());
        }
        return renames;
    }

    private static void add(List<Rekeyed> list, Works.Place row, Key from, Key to) {
        if (!from.equals(to)) {
            list.add(new Rekeyed(row.table(), from, to));
        }
    }

    private static Map<Works.Place, Key> byPlace(List<Rekeyed> list) {
        Map<Works.Place, Key> keys = new HashMap<>();
        list.forEach(one -> keys.put(new Works.Place(one.table(), one.from()), one.to()));
        return keys;
    }
}
