package dev.godwit.server;

import dev.godwit.merge.CellWrite;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Outcome.Rekeyed;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies.OnKeyClash;
import dev.godwit.model.TablePolicies.OnUniqueClash;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives new rows another key where theirs is taken (H12), or finds the row that they are one with, before anything is merged:
 * what the transaction, and its device's later ones, say about the old key means the new one.
 */
final class KeyClashes {
    private final Works works;
    private final Schema schema;
    private final long device;
    private final Map<Works.Place, Key> keys = new HashMap<>();
    /** By the key under which it came, what a new row has now, also one that follows an earlier row of its key. */
    private final Map<Works.Place, Key> given = new LinkedHashMap<>();

    KeyClashes(Works works, Schema schema, long device) {
        this.works = works;
        this.schema = schema;
        this.device = device;
    }

    /** The rows with the keys that they have here; {@code named} have those that the device knows. */
    List<IncomingRow> settle(List<IncomingRow> named) {
        boolean known = works.store.memory().hasRekeys(device);
        List<IncomingRow> settled = new ArrayList<>(named.size());
        for (IncomingRow row : named) {
            Renaming own = row.kind() == RowKind.INSERT ? this::before : this::earlier;
            IncomingRow followed = known ? follow(row, row, own, this::earlier) : row;
            settled.add(followed);
            if (row.kind() == RowKind.INSERT && !followed.key().equals(row.key())) {
                given.put(new Works.Place(row.table().name(), row.key()), followed.key());
            }
        }
        for (int i = 0; i < settled.size(); i++) {
            if (settled.get(i).kind() == RowKind.INSERT) {
                settled.set(i, meet(named.get(i).key(), settled.get(i), settled));
            }
        }
        for (int i = 0; i < settled.size() && !keys.isEmpty(); i++) {
            settled.set(i, follow(named.get(i), settled.get(i), this::now, this::now));
        }
        return settled;
    }

    /** The rows that have another key now than that under which they came. */
    List<Rekeyed> rekeyed() {
        List<Rekeyed> rekeyed = new ArrayList<>(given.size());
        given.forEach((row, key) -> rekeyed.add(new Rekeyed(row.table(), row.key(), key)));
        return rekeyed;
    }

    /** The key that a row of this transaction was given. */
    private @Nullable Key now(Table table, Key key) {
        return keys.get(new Works.Place(table.name(), key));
    }

    /**
     * The key that an earlier transaction's row was given, of which the device does not know yet. Where what it writes builds on
     * nothing of its own, it had another's row under the key before its eyes, beside which its own did not fit (H6): the device
     * decides by the same.
     */
    private @Nullable Key earlier(Table table, Key key) {
        StoreMemory.Rekey rekey = works.store.memory().rekey(device, table, key);
        return rekey != null && works.buildsOn(rekey.sequence()) ? rekey.key() : null;
    }

    /** A new row follows an earlier one of its device and key, whatever was there in between. */
    private @Nullable Key before(Table table, Key key) {
        StoreMemory.Rekey rekey = works.store.memory().rekey(device, table, key);
        return rekey == null ? null : rekey.key();
    }

    /** An insert that meets a row. */
    private IncomingRow meet(Key named, IncomingRow row, List<IncomingRow> rows) {
        RowWork work = works.row(row.table(), row.key());
        Value[] before = work.before;
        if (before == null) {
            return meetUnique(named, row);
        }
        OnKeyClash policy = row.table().policies().keyClash();
        if (policy == OnKeyClash.REJECT || isSame(row, before)) {
            return row;
        }
        if (policy == OnKeyClash.MERGE_ROWS) {
            return asUpdate(row);
        }
        Key fresh = Key.of(Value.of(fresh(row, rows)));
        rename(row.table(), named, fresh);
        return row.withKey(fresh);
    }

    private long fresh(IncomingRow row, List<IncomingRow> rows) {
        try {
            return works.store.memory().freshKey(row.table(), greatest(row.table(), rows));
        } catch (ArithmeticException noneLeft) {
            throw new Refused(
                    RejectionCode.KEY_CLASH,
                    "Another row has this key, and no greater one is left: the greatest integer is taken."
                            + " Give this row another key and retry.",
                    row.table().name(),
                    row.key());
        }
    }

    /** The greatest key of a table in the transaction, which its other rows keep. */
    private static long greatest(Table table, List<IncomingRow> rows) {
        return rows.stream()
                .filter(row -> row.table().equals(table))
                .map(row -> row.key().values().get(0))
                .filter(value -> value.kind() == Value.Kind.INTEGER)
                .mapToLong(Value::asLong)
                .max()
                .orElse(0);
    }

    private boolean isSame(IncomingRow row, Value[] before) {
        return Arrays.equals(before, row.complete(works.store));
    }

    /** An insert whose UNIQUE value another row has already, where the two are meant to be one. */
    private IncomingRow meetUnique(Key named, IncomingRow row) {
        if (row.table().policies().uniqueClash() != OnUniqueClash.MERGE_ROWS) {
            return row;
        }
        Value[] whole = row.complete(works.store);
        for (List<Integer> unique : row.table().uniques()) {
            Value[] holder = works.store.references().holder(row.table(), unique, whole);
            if (holder != null) {
                Key key = row.table().keyOf(holder);
                works.authorise(works.row(row.table(), key));
                rename(row.table(), named, key);
                return asUpdate(row.withKey(key));
            }
        }
        return row;
    }

    private void rename(Table table, Key named, Key key) {
        Works.Place row = new Works.Place(table.name(), named);
        keys.put(row, key);
        given.put(row, key);
    }

    /** Keeps what later transactions of the device, which still name the old keys, mean by them. */
    void remember() {
        remember(works.store.memory(), schema, device, works.sequence(), rekeyed());
    }

    /** The same, of a transaction at this place of the device's sequence, by whomever it was decided. */
    static void remember(StoreMemory memory, Schema schema, long device, long sequence, List<Rekeyed> rekeyed) {
        for (Rekeyed one : rekeyed) {
            schema.table(one.table())
                    .ifPresent(table -> memory.keepRekey(device, table, one.from(), one.to(), sequence));
        }
    }

    /**
     * Two rows that are one: the later one's values are merged as concurrent writes. What either leaves empty says nothing, and
     * what adds up or is edited stays the first one's: the devices may have been seeded with the same row.
     */
    private static IncomingRow asUpdate(IncomingRow row) {
        int[] columns = new int[row.columns().length];
        CellWrite[] writes = new CellWrite[columns.length];
        int count = 0;
        for (int i = 0; i < columns.length; i++) {
            MergeWord word = row.table().columns().get(row.columns()[i]).merge();
            boolean says = !row.writes()[i].value().isNull()
                    && word != MergeWord.COUNTER
                    && word != MergeWord.MERGED_TEXT
                    && word != MergeWord.READ_ONLY;
            if (says) {
                columns[count] = row.columns()[i];
                writes[count++] = row.writes()[i];
            }
        }
        return new IncomingRow(
                row.table(),
                RowKind.UPDATE,
                row.key(),
                Arrays.copyOf(columns, count),
                Arrays.copyOf(writes, count),
                true);
    }

    private interface Renaming {
        @Nullable
        Key newKey(Table table, Key key);
    }

    /** The row with its key and its references renamed; what they are is asked by the names that the device knows. */
    private IncomingRow follow(IncomingRow named, IncomingRow row, Renaming own, Renaming references) {
        Key key = row.kind() == RowKind.INSERT && !keys.isEmpty() ? null : own.newKey(row.table(), named.key());
        IncomingRow followed = key == null ? row : row.withKey(key);
        for (ForeignKey clause : row.table().foreignKeys()) {
            followed = follow(named, followed, clause, references);
        }
        return followed;
    }

    private IncomingRow follow(IncomingRow named, IncomingRow row, ForeignKey clause, Renaming renaming) {
        Table parent = schema.table(clause.parent()).orElseThrow();
        int place = parent.key().size() == 1
                ? clause.parentColumns().indexOf(parent.key().get(0))
                : -1;
        if (place < 0) {
            return row;
        }
        int referring = clause.columns().get(place);
        int at = row.indexOf(referring);
        int source = named.indexOf(referring);
        if (at < 0 || source < 0 || named.writes()[source].value().isNull()) {
            return row;
        }
        Key key = renaming.newKey(parent, Key.of(named.writes()[source].value()));
        return key == null ? row : row.withValue(at, key.values().get(0));
    }
}
