package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.RowBlock;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.RowWrites.Place;
import dev.godwit.rows.Sql;
import dev.godwit.wire.Changes;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes parked transactions again, as the application would: what they change is captured and sealed like any write. */
final class Repair {
    private final LocalSession session;
    private final Sealer sealer;
    private final Renames renames;

    Repair(LocalSession session, Sealer sealer) {
        this.session = session;
        this.sealer = sealer;
        this.renames = new Renames(session);
    }

    /**
     * Writes one again, and then those that were parked because they build on it: in the order in which they were written, and
     * with the keys that the repair has given to its rows.
     */
    Sealer.@Nullable Sealed retry(TransactionId id, UnaryOperator<Map<String, Value>> repair) {
        Entry entry = session.entries().find(id);
        if (entry == null || !session.entries().state(id).equals("parked")) {
            throw Godwit.unknown(id);
        }
        if (session.shownKeys().any()) {
            throw ShownKeys.notYet(id, "retried");
        }
        session.connection().execute("pragma defer_foreign_keys = on");
        Sealer.Sealed sealed = again(entry, entry.decoded(), repair);
        Set<Table> tables = retryFollowers(entry.local());
        if (sealed == null) {
            return null;
        }
        tables.addAll(sealed.tables());
        return new Sealer.Sealed(sealed.id(), sealed.local(), tables, sealed.rows());
    }

    /** All in one pass, since nothing builds on what was written later; returns the tables that were changed. */
    private Set<Table> retryFollowers(long first) {
        Set<Table> tables = new LinkedHashSet<>();
        Set<Long> family = new HashSet<>(Set.of(first));
        Map<Place, Long> waiting = new HashMap<>();
        Set<Long> parked = session.entries().parked();
        for (long local : session.entries().parkedFollowers(first)) {
            Entry follower = session.entries().at(local);
            if (follower == null || Collections.disjoint(follower.depends(), family)) {
                continue;
            }
            family.add(local);
            List<RowBlock> blocks = renames.apply(follower.decoded());
            if (!Collections.disjoint(follower.depends(), parked)
                    || !Collections.disjoint(places(blocks), waiting.keySet())) {
                waitBehind(follower, blocks, waiting);
                continue;
            }
            Sealer.Sealed sealed = again(follower, blocks, UnaryOperator.identity());
            parked.remove(local);
            if (sealed != null) {
                tables.addAll(sealed.tables());
            }
        }
        return tables;
    }

    /**
     * Leaves one parked that builds on another parked one as well, and follows that; what it writes stays below what was written
     * later on the same rows, which waits for it.
     */
    private void waitBehind(Entry follower, List<RowBlock> blocks, Map<Place, Long> waiting) {
        Set<Long> behind = new TreeSet<>(follower.depends());
        for (Place place : places(blocks)) {
            Long before = waiting.put(place, follower.local());
            if (before != null) {
                behind.add(before);
            }
        }
        session.entries().rewrite(follower.local(), Changes.encode(blocks));
        session.entries().setDepends(follower.local(), behind);
    }

    private static Set<Place> places(List<RowBlock> blocks) {
        return blocks.stream()
                .flatMap(block -> block.rows().stream().map(row -> new Place(block.table(), block.keyOf(row))))
                .collect(Collectors.toSet());
    }

    private Sealer.@Nullable Sealed again(
            Entry entry, List<RowBlock> blocks, UnaryOperator<Map<String, Value>> repair) {
        Intentions intentions = new Intentions();
        Set<Place> gone = places(
                blocks.stream().filter(block -> block.kind() == RowKind.DELETE).toList());
        try {
            session.changes().forEachGoneLast(blocks, change -> write(change, gone, repair, intentions));
        } catch (IllegalArgumentException | ArithmeticException noPlace) {
            throw new GodwitException(
                    GodwitException.Kind.REQUEST,
                    "transaction " + entry.id() + " does not fit the rows as they are now (" + noPlace.getMessage()
                            + "): look at it with `godwit outbox --changes`, write what is still wanted as a new"
                            + " transaction, and discard it",
                    noPlace);
        }
        session.writes().flush();
        session.entries().delete(entry.local());
        return sealer.seal(true, intentions);
    }

    private void write(
            RowChange change, Set<Place> gone, UnaryOperator<Map<String, Value>> repair, Intentions intentions) {
        Table table = change.table();
        Value[] before = session.writes().find(table, change.key());
        if (before == null && change.kind() == RowKind.UPDATE) {
            throw new IllegalArgumentException("row " + change.key() + " of " + table.name() + " is gone");
        }
        Value[] after = change.writtenOn(before);
        if (after == null) {
            boolean respelled = before != null && !table.keyOf(before).equals(change.key());
            session.writes().write(table, respelled ? null : before, null);
            return;
        }
        Value[] repaired = repaired(table, after, repair);
        if (!table.keyOf(repaired).equals(change.key())) {
            before = change.kind() == RowKind.INSERT ? null : before;
        } else if (before != null
                && change.kind() == RowKind.INSERT
                && !Arrays.equals(before, repaired)
                // the same key, spelled otherwise, of a row that goes for this one
                && !gone.contains(new Place(table.name(), table.keyOf(before)))) {
            throw new IllegalArgumentException("it inserts row " + change.key() + " of " + table.name()
                    + ", and another row has that key by now: choose one that is free");
        }
        renames.note(table, after, repaired);
        session.writes().write(table, before, repaired);
        for (int column : change.counted()) {
            intentions.reset(new Intentions.Cell(table, table.keyOf(repaired), column));
            if (before != null && before[column].equals(repaired[column])) {
                touch(table, table.keyOf(repaired), column);
            }
        }
    }

    /** Writes a counter as it is: what was counted is what is there, and nothing else might say that it was written. */
    private void touch(Table table, Key key, int column) {
        String name = Sql.name(table.columns().get(column).name());
        Sql.run(
                session.connection(),
                "update " + Sql.name(table.name()) + " set " + name + " = " + name + " where " + Tx.keyMatches(table),
                key.values().toArray(Value[]::new));
    }

    private static Value[] repaired(Table table, Value[] row, UnaryOperator<Map<String, Value>> repair) {
        Map<String, Value> named = new LinkedHashMap<>();
        for (int i = 0; i < row.length; i++) {
            named.put(table.columns().get(i).name(), row[i]);
        }
        Map<String, Value> result = repair.apply(named);
        Value[] repaired = new Value[row.length];
        for (int i = 0; i < row.length; i++) {
            repaired[i] = result.getOrDefault(table.columns().get(i).name(), row[i]);
        }
        return repaired;
    }
}
