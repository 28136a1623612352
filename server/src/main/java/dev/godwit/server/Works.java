package dev.godwit.server;

import dev.godwit.merge.CellState;
import dev.godwit.merge.Seen;
import dev.godwit.model.ConflictTable;
import dev.godwit.model.Key;
import dev.godwit.model.Outcome.LostCell;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One transaction while it is merged: who sends it, the rows that it touches, and what was lost on the way. */
final class Works {
    final StoreWriter store;
    final Authority authority;
    final long writer;
    /** The transaction's stamp; set once the rows have their keys, since it depends on what they had seen. */
    Stamp stamp = Stamp.ZERO;

    private final Sender sender;
    private final Map<Place, RowWork> rows = new LinkedHashMap<>();
    private final Map<String, Long> commits = new LinkedHashMap<>();
    /** What is asked for each cell and is the same for all of them: the bases, and the commit numbers to expect. */
    private final Map<String, Seen> seen = new HashMap<>();

    private final Map<String, Long> expected = new HashMap<>();
    private final List<LostCell> lost = new ArrayList<>();
    private final List<Conflict> conflicts = new ArrayList<>();

    record Place(String table, Key key) implements Comparable<Place> {
        /** As that of keys: for hash tables. */
        @Override
        public int compareTo(Place other) {
            int byTable = table.compareTo(other.table);
            return byTable != 0 ? byTable : key.compareTo(other.key);
        }
    }

    /**
     * Who sends a transaction, and what it had seen.
     *
     * @param device the device's number; 0 for the server itself
     * @param sequence the transaction's place in the device's sequence
     * @param ground the places of those that it builds on
     * @param scopes those that it has a base in
     * @param seenOf what its writer had seen of a scope; the base is 0 if it has none there
     * @param believed the packed time at which it was written, as far as the server believes it
     * @param lastStamp the packed time of the device's transaction before
     * @param expiredScope a scope of the transaction whose tombstones its base does not reach any more, or null
     * @param takes whether the device may get the rows of a scope in answers, now or once it asks for rows again
     */
    record Sender(
            long device,
            long sequence,
            Set<Long> ground,
            Authority authority,
            Set<String> scopes,
            Function<String, Seen> seenOf,
            long believed,
            long lastStamp,
            @Nullable String expiredScope,
            Predicate<String> takes) {}

    Works(StoreWriter store, Sender sender) {
        this.store = store;
        this.sender = sender;
        this.authority = sender.authority();
        this.writer = sender.device();
    }

    /** The transaction's place in its device's sequence. */
    long sequence() {
        return sender.sequence();
    }

    /** Whether the transaction builds on the one at a place of its device's sequence. */
    boolean buildsOn(long place) {
        return sender.ground().contains(place);
    }

    /** The scopes that the transaction has a base in. */
    Set<String> scopes() {
        return sender.scopes();
    }

    /** What the writer had seen of a scope. */
    Seen seen(String scope) {
        Seen known = seen.get(scope);
        if (known == null) {
            known = sender.seenOf().apply(scope);
            seen.put(scope, known);
        }
        return known;
    }

    /** The base in a scope. */
    long base(String scope) {
        return seen(scope).base();
    }

    /** A scope of the transaction in which its sender was away for too long, or null. */
    @Nullable
    String expiredScope() {
        return sender.expiredScope();
    }

    /** Whether the device may get a row as it is here, so that it can write its changes anew. */
    boolean mayBeTaken(RowWork work, String scope) {
        return work.before != null && sender.takes().test(scope);
    }

    /** The row's place in the transaction, loaded if it is not there yet. */
    RowWork row(Table table, Key key) {
        return rows.computeIfAbsent(new Place(table.name(), key), place -> {
            RowMeta meta = store.meta(table, key);
            return new RowWork(table, key, meta, meta == null || meta.deleted() ? null : store.row(table, key));
        });
    }

    /** The row's place in the transaction, if it is there. */
    @Nullable
    RowWork known(Table table, Key key) {
        return rows.get(new Place(table.name(), key));
    }

    /** Every row so far. */
    Collection<RowWork> all() {
        return rows.values();
    }

    /** The rows that change. */
    List<RowWork> changed() {
        return rows.values().stream().filter(w -> w.changed).toList();
    }

    /** The commit number of the transaction in a scope. */
    long commit(String scope) {
        return commits.computeIfAbsent(scope, store::nextCommit);
    }

    /** The commit number that it would get. */
    long expectedCommit(String scope) {
        Long given = commits.get(scope);
        return given != null ? given : expected.computeIfAbsent(scope, one -> store.head(one) + 1);
    }

    Map<String, Long> commits() {
        return commits;
    }

    void lose(Table table, Key key, @Nullable String column) {
        lost.add(new LostCell(table.name(), key, column));
    }

    List<LostCell> lost() {
        return lost;
    }

    /** Keeps a conflict for the inbox; there is none about the inbox itself. */
    void note(Conflict conflict) {
        if (!conflict.table().name().equals(ConflictTable.NAME)) {
            conflicts.add(conflict);
        }
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    /** The scope that a whole row lives in. */
    static String scopeOf(Table table, Key key, Value[] row) {
        return table.scopeOf(row)
                .orElseThrow(() -> new Refused(
                        RejectionCode.SCOPE,
                        "Row " + key + " of " + table.name() + " does not say which scope it lives in.",
                        table.name(),
                        key));
    }

    /** Asks whether the sender may change a stored row. */
    void authorise(RowWork work) {
        if (work.meta != null) {
            authority.checkWrite(work.table, work.key, work.meta.scope());
        }
    }

    /** Whether a change means the row that is stored, not an earlier one that had its key. */
    boolean meansThisRow(RowMeta meta) {
        RowMeta.Birth birth = meta.birth();
        return !birth.again()
                || seen(birth.scope()).has(birth.commit(), birth.writer())
                || meta.arrived() <= base(meta.scope());
    }

    /** Whether anybody else changed the row above the transaction's base. */
    boolean isConcurrent(RowMeta meta) {
        return meta.isConcurrent(seen(meta.scope()));
    }

    /** The last change of the row that its sender had not seen; what is said about who did it in the inbox. */
    Stamp lastUnseen(RowMeta meta) {
        Seen seen = seen(meta.scope());
        return meta.cells().stream()
                .filter(cell -> cell.isConcurrent(seen))
                .map(CellState::stamp)
                .max(Stamp::compareTo)
                .orElse(Stamp.ZERO);
    }

    /** Notes that a change of a whole row was lost, and whether a person has to look at it. */
    void loseRow(RowWork work, String rule, Value mine, Value theirs, Stamp met, boolean undecided) {
        RowMeta meta = Objects.requireNonNull(work.meta, "meta");
        lose(work.table, work.key, null);
        note(new Conflict(
                meta.scope(),
                work.table,
                work.key,
                null,
                Value.NULL,
                mine,
                theirs,
                theirs,
                rule,
                stamp,
                met,
                undecided));
    }
}
