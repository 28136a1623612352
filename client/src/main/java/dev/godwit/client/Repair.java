package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.TransactionId;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes parked transactions again, as the application would: what they change is captured and sealed like any write. */
final class Repair {
    private final LocalSession session;
    private final Sealer sealer;

    Repair(LocalSession session, Sealer sealer) {
        this.session = session;
        this.sealer = sealer;
    }

    /** Writes one again, and then those that were parked because they build on it. */
    Sealer.@Nullable Sealed retry(TransactionId id, UnaryOperator<Map<String, Value>> repair) {
        Entry entry = session.entries().find(id);
        if (entry == null || !session.entries().state(id).equals("parked")) {
            throw Godwit.unknown(id);
        }
        session.connection().execute("pragma defer_foreign_keys = on");
        Sealer.Sealed sealed = again(entry, repair);
        for (Value[] row : Sql.rows(
                session.connection(),
                "select id from godwit_entry where state = 'parked' and code = ? order by local",
                Value.of((long) RejectionCode.DEPENDS_ON.number()))) {
            Entry follower = session.entries().find(TransactionId.parse(row[0].asText()));
            if (follower != null && follower.depends().contains(entry.local())) {
                retry(follower.id(), UnaryOperator.identity());
            }
        }
        return sealed;
    }

    private Sealer.@Nullable Sealed again(Entry entry, UnaryOperator<Map<String, Value>> repair) {
        Intentions intentions = new Intentions();
        try {
            session.changes().forEachGoneLast(entry.decoded(), change -> write(change, repair, intentions));
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

    private void write(RowChange change, UnaryOperator<Map<String, Value>> repair, Intentions intentions) {
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
        }
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
