package dev.godwit.client;

import dev.godwit.model.ColumnRole;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowBlock.BlockColumn;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnKeyClash;
import dev.godwit.model.Value;
import dev.godwit.rows.RowWrites.Place;
import dev.godwit.rows.Sql;
import dev.godwit.wire.Changes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes anew after the server gave new rows other keys (H12): what the device wrote under an old key means the row
 * that has the new one, and so do references to it. All receipts of an answer are about rows as the device has named them so far,
 * so each transaction is renamed once: a row that moved from 3 to 4 does not move on because another went from 4 to 5. What is
 * renamed keeps the key under which it was sealed: this file may have been copied before, and the copies know the row by that.
 */
final class Rekeying {
    private final LocalSession session;
    private final Map<String, Map<Key, Key>> keys = new HashMap<>();
    /** By an old key, the transactions that made rows which had it; none if all that is renamed means the row. */
    private final Map<Place, Set<Long>> makers = new HashMap<>();

    private final Set<Long> making = new HashSet<>();
    /** By a transaction, those of the makers that it builds on, also by others between them. */
    private final Map<Long, Set<Long>> grounds = new HashMap<>();
    /** By their old keys, rows that are in no view, as what made them does not fit: another is shown there. */
    private final Set<Place> unseen = new HashSet<>();

    private final Map<String, Set<Key>> taken = new HashMap<>();
    /** Of each table in which a row had to evade: read once, since it takes a look at the whole outbox. */
    private final Map<String, Long> greatest = new HashMap<>();

    private Rekeying(LocalSession session) {
        this.session = session;
    }

    /** Renames what the decided transactions and those behind them say; the caller puts the rows in their new places. */
    static void run(LocalSession session, List<CutApplier.Decision> decisions) {
        renamed(session, decisions);
    }

    /** The same where the rows come later: until then the application sees them, and writes on them, where they are. */
    static void runAhead(LocalSession session, List<CutApplier.Decision> decisions) {
        Map<Place, Key> shown = session.shownKeys().shown();
        Rekeying rekeying = renamed(session, decisions);
        rekeying.forEach((from, to) -> {
            if (!rekeying.unseen.contains(from)) {
                session.shownKeys().put(new Place(from.table(), shown.getOrDefault(from, from.key())), to);
            }
        });
    }

    /** Writes a transaction anew that was made on rows as they are shown, and not as they are called by now. */
    static void ofShown(LocalSession session, Entry entry) {
        // these are of rows as they are shown
        session.bases().complete();
        Rekeying rekeying = new Rekeying(session);
        Map<Place, Key> shown = session.shownKeys().all();
        shown.forEach((place, key) -> rekeying.note(new Rekeyed(place.table(), place.key(), key)));
        List<RowBlock> blocks = entry.decoded();
        blocks.forEach(block -> rekeying.evade(entry, block));
        rekeying.rewrite(entry, blocks);
        rekeying.forEach((place, key) -> {
            if (!shown.containsKey(place)) {
                session.shownKeys().put(place, key);
            }
        });
    }

    private void forEach(BiConsumer<Place, Key> visitor) {
        keys.forEach((table, renamed) -> renamed.forEach((from, to) -> visitor.accept(new Place(table, from), to)));
    }

    private static Rekeying renamed(LocalSession session, List<CutApplier.Decision> decisions) {
        Map<Long, List<Rekeyed>> rekeyed = new HashMap<>();
        for (CutApplier.Decision decision : decisions) {
            List<Rekeyed> news = news(decision);
            if (!news.isEmpty()) {
                rekeyed.put(decision.entry().local(), news);
            }
        }
        Rekeying rekeying = new Rekeying(session);
        if (!rekeyed.isEmpty()) {
            Set<Long> decided =
                    decisions.stream().map(decision -> decision.entry().local()).collect(Collectors.toSet());
            rekeying.rewrite(Collections.min(rekeyed.keySet()), rekeyed, decided);
        }
        return rekeying;
    }

    /**
     * What the server says of the transaction's rows that is not so here. It names them by the keys under which they were sealed,
     * which they may not have any more: then another row may.
     */
    private static List<Rekeyed> news(CutApplier.Decision decision) {
        List<Rekeyed> said = decision.outcome().rekeyed();
        Map<Place, Key> here = said.isEmpty() ? Map.of() : sealedKeys(decision.entry());
        List<Rekeyed> news = new ArrayList<>();
        for (Rekeyed one : said) {
            Key key = here.getOrDefault(new Place(one.table(), one.from()), one.to());
            if (!key.equals(one.to())) {
                news.add(new Rekeyed(one.table(), key, one.to()));
            }
        }
        return news;
    }

    /** The new rows of a transaction by the keys under which they were sealed. */
    private static Map<Place, Key> sealedKeys(Entry entry) {
        Map<Place, Key> keys = new HashMap<>();
        for (RowBlock block : entry.decoded()) {
            if (block.kind() == RowKind.INSERT) {
                block.rows()
                        .forEach(row -> keys.put(new Place(block.table(), block.sealedKeyOf(row)), block.keyOf(row)));
            }
        }
        return keys;
    }

    private void rewrite(long first, Map<Long, List<Rekeyed>> rekeyed, Set<Long> decided) {
        for (Entry entry : session.entries().unaccepted(first - 1)) {
            rekeyed.getOrDefault(entry.local(), List.of()).forEach(one -> note(entry, one));
            List<RowBlock> blocks = entry.decoded();
            if (!decided.contains(entry.local())) {
                blocks.forEach(block -> evade(entry, block));
            }
            rewrite(entry, blocks);
        }
    }

    /** Its changes, and the rows that it deleted as they were, which somebody may want to have back. */
    private void rewrite(Entry entry, List<RowBlock> blocks) {
        grounds.put(entry.local(), groundOf(entry));
        session.entries().rewrite(entry.local(), Changes.encode(apply(entry, blocks, true)));
        byte[] images = session.undos().images(entry.local());
        if (images.length > 0) {
            List<RowBlock> rows = Changes.decodeOwn(images);
            session.undos().rewriteImages(entry.local(), Changes.encode(apply(entry, rows, false)));
        }
    }

    private Set<Long> groundOf(Entry entry) {
        Set<Long> ground = Set.of();
        for (long other : entry.depends()) {
            ground = joined(ground, grounds.getOrDefault(other, Set.of()));
            ground = joined(ground, making.contains(other) ? Set.of(other) : Set.of());
        }
        return ground;
    }

    /** Mostly one of the two, so that thousands that build on one row have one set. */
    private static Set<Long> joined(Set<Long> one, Set<Long> other) {
        if (one.containsAll(other)) {
            return one;
        }
        Set<Long> both = new HashSet<>(one);
        both.addAll(other);
        return one.isEmpty() ? other : both;
    }

    private void note(Entry entry, Rekeyed one) {
        Place row = new Place(one.table(), one.from());
        note(one);
        makers.computeIfAbsent(row, place -> new HashSet<>()).add(entry.local());
        making.add(entry.local());
        if (entry.blocked() != null) {
            unseen.add(row);
        }
    }

    private void note(Rekeyed one) {
        keys.computeIfAbsent(one.table(), name -> new HashMap<>()).put(one.from(), one.to());
        taken.computeIfAbsent(one.table(), name -> new HashSet<>()).add(one.to());
        greatest.computeIfPresent(one.table(), (table, known) -> Math.max(known, number(one.to())));
    }

    /** A row that the server has not seen, under a key that it has just given to another row of ours, takes the next one. */
    private void evade(Entry entry, RowBlock block) {
        Set<Key> given = taken.getOrDefault(block.table(), Set.of());
        Table table = session.schema().table(block.table()).orElse(null);
        if (table == null
                || block.kind() != RowKind.INSERT
                || given.isEmpty()
                || table.policies().keyClash() != OnKeyClash.REKEY) {
            return;
        }
        for (Value[] row : block.rows()) {
            Key key = block.keyOf(row);
            if (given.contains(key) && newKey(table, key) == null) {
                note(entry, new Rekeyed(block.table(), key, Key.of(Value.of(next(table)))));
            }
        }
    }

    private long next(Table table) {
        return greatest.computeIfAbsent(table.name(), name -> greatest(table)) + 1;
    }

    /** The greatest key that the table has, or that a transaction of ours or the server gives to a row. */
    private long greatest(Table table) {
        LongStream here = LongStream.of(Sql.number(
                session.connection(),
                "select max(" + Sql.name(table.columns().get(table.key().get(0)).name()) + ") from "
                        + Sql.name(table.name())));
        LongStream given = taken.getOrDefault(table.name(), Set.of()).stream().mapToLong(Rekeying::number);
        LongStream ours = session.entries().unaccepted(0).stream()
                .flatMap(entry -> entry.decoded().stream())
                .filter(block -> block.table().equals(table.name()))
                .flatMap(block -> block.rows().stream().map(block::keyOf))
                .mapToLong(Rekeying::number);
        return LongStream.concat(here, LongStream.concat(given, ours)).max().orElse(0);
    }

    private static long number(Key key) {
        Value value = key.values().get(0);
        return value.kind() == Value.Kind.INTEGER ? value.asLong() : 0;
    }

    /**
     * The same rows under the new keys.
     *
     * @param sealed whether new ones keep the keys under which they were sealed
     */
    private List<RowBlock> apply(Entry entry, List<RowBlock> blocks, boolean sealed) {
        List<RowBlock> renamed = new ArrayList<>(blocks.size());
        for (RowBlock block : blocks) {
            Table table = session.schema().table(block.table()).orElse(null);
            boolean widened = sealed && table != null && isRenamed(table, block);
            boolean isNew = sealed && block.kind() == RowKind.INSERT;
            renamed.add(
                    table == null
                            ? block
                            : apply(
                                    new Renaming(entry, table, isNew, !sealed),
                                    widened ? withSealedKeys(block) : block));
        }
        return renamed;
    }

    /** Of a transaction's rows of a table; of images, what they say of others is what was there before it. */
    private record Renaming(Entry entry, Table table, boolean isNew, boolean isImage) {}

    private RowBlock apply(Renaming renaming, RowBlock block) {
        List<Value[]> rows = new ArrayList<>(block.rows().size());
        for (Value[] row : block.rows()) {
            rows.add(apply(renaming, block, row));
        }
        return new RowBlock(block.table(), block.kind(), block.columns(), rows);
    }

    private boolean isRenamed(Table table, RowBlock block) {
        return block.kind() == RowKind.INSERT
                && keys.containsKey(table.name())
                && block.rows().stream().anyMatch(row -> newKey(table, block.keyOf(row)) != null);
    }

    /** The same with room for the keys under which its rows were sealed: copies of this device know the rows by those. */
    private static RowBlock withSealedKeys(RowBlock block) {
        if (block.namesSealedKeys()) {
            return block;
        }
        List<BlockColumn> columns = new ArrayList<>(block.columns());
        for (BlockColumn key : block.columns().subList(0, block.keyWidth())) {
            columns.add(new BlockColumn(key.name(), ColumnRole.BASE));
        }
        List<Value[]> rows = new ArrayList<>(block.rows().size());
        for (Value[] row : block.rows()) {
            Value[] wide = Arrays.copyOf(row, columns.size());
            Arrays.fill(wide, row.length, wide.length, Value.NULL);
            rows.add(wide);
        }
        return new RowBlock(block.table(), block.kind(), columns, rows);
    }

    private Value[] apply(Renaming renaming, RowBlock block, Value[] row) {
        Value[] renamed = row.clone();
        Table table = renaming.table();
        Key old = block.keyOf(row);
        Key key = renaming.isNew() || means(renaming.entry(), table, old) ? newKey(table, old) : null;
        if (key != null && renaming.isNew()) {
            // it follows an earlier row of ours that had its key, and what builds on it does, too
            makers.computeIfPresent(new Place(table.name(), old), (place, all) -> {
                all.add(renaming.entry().local());
                making.add(renaming.entry().local());
                return all;
            });
        }
        if (key != null && block.namesSealedKeys()) {
            List<Value> sealed = block.sealedKeyOf(row).values();
            for (int i = 0; i < sealed.size(); i++) {
                renamed[row.length - sealed.size() + i] = sealed.get(i);
            }
        }
        for (int i = 0; key != null && i < block.keyWidth(); i++) {
            renamed[i] = key.values().get(i);
        }
        for (int i = block.keyWidth(); i < row.length; i++) {
            ColumnRole role = block.columns().get(i).role();
            if (role == ColumnRole.SET || (role == ColumnRole.BASE && block.kind() == RowKind.UPDATE)) {
                boolean wasThere = renaming.isImage() || role == ColumnRole.BASE;
                renamed[i] = reference(renaming, block.columns().get(i).name(), row[i], wasThere);
            }
        }
        return renamed;
    }

    private Value reference(Renaming renaming, String column, Value value, boolean wasThere) {
        Table table = renaming.table();
        int place = table.columnIndex(column).orElse(-1);
        for (ForeignKey clause : table.foreignKeys()) {
            Table parent = session.schema().table(clause.parent()).orElse(null);
            int referring = clause.columns().indexOf(place);
            if (parent != null
                    && !value.isNull()
                    && referring >= 0
                    && parent.key().equals(List.of(clause.parentColumns().get(referring)))) {
                Key key = newKey(parent, Key.of(value));
                boolean isOurs =
                        means(renaming.entry(), parent, Key.of(value)) || (wasThere && meant(renaming, parent, value));
                return key != null && isOurs ? key.values().get(0) : value;
            }
        }
        return value;
    }

    /**
     * Whether a transaction means the row that it has been told of by a key. While that did not fit, another's was shown there: what
     * was written then builds on nothing of ours (H6 with H12).
     */
    private boolean means(Entry entry, Table table, Key key) {
        Set<Long> all = makers.get(new Place(table.name(), key));
        return all == null || all.contains(entry.local()) || !Collections.disjoint(all, entry.depends());
    }

    /** Whether what it found a reference in had been made with that row in view. */
    private boolean meant(Renaming renaming, Table parent, Value key) {
        Set<Long> all = makers.getOrDefault(new Place(parent.name(), Key.of(key)), Set.of());
        return !Collections.disjoint(all, grounds.getOrDefault(renaming.entry().local(), Set.of()));
    }

    private @Nullable Key newKey(Table table, Key key) {
        return keys.getOrDefault(table.name(), Map.of()).get(key);
    }
}
