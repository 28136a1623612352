package dev.godwit.client;

import dev.godwit.client.BaseImages.Base;
import dev.godwit.merge.CellWrite;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.RowWrites.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What transactions build on that are sent again. When one was sealed, the server may have had what it builds on, and it did not
 * name that. Any of it may be refused this time, and then a change of that row is not one of whatever row the server has under
 * its key by now (H5 with H11). The base images say it to those that are sealed before the rows come.
 */
final class Grounds {
    private static final int SLICE = 16;

    private final LocalSession session;
    /** By what a row is called, the key under which it is here. */
    private final Map<Place, Key> shown;

    private final CountedBefore counted = CountedBefore.ofAll();

    private Grounds(LocalSession session) {
        this.session = session;
        this.shown = session.shownKeys().shown();
    }

    /** Names them in all that is pending or parked, as if none of it had ever been accepted; the base images are complete. */
    static void name(LocalSession session) {
        Grounds grounds = new Grounds(session);
        Deque<Long> parked = new ArrayDeque<>(session.entries().parked());
        long local = 0;
        List<Entry> slice;
        do {
            slice = session.entries().pendingAfter(local, SLICE);
            for (Entry entry : slice) {
                local = entry.local();
                grounds.nameParked(parked, local);
                // what is left out is not in what the device shows
                grounds.name(entry, entry.blocked() == null);
            }
        } while (slice.size() == SLICE);
        grounds.nameParked(parked, Long.MAX_VALUE);
    }

    private void nameParked(Deque<Long> parked, long before) {
        while (!parked.isEmpty() && parked.getFirst() < before) {
            name(Objects.requireNonNull(session.entries().at(parked.removeFirst()), "parked"), false);
        }
    }

    private void name(Entry entry, boolean isShown) {
        Set<Long> known = new HashSet<>(entry.depends());
        Set<Long> depends = new TreeSet<>(known);
        session.changes().forEachGoneFirst(entry.decoded(), change -> {
            note(change, isShown ? touch(change, entry.local()) : image(change), entry.local(), depends);
            depends.addAll(counted.under(change));
            if (isShown) {
                counted.note(change, entry.local());
            }
        });
        if (!depends.equals(known)) {
            session.entries().setDepends(entry.local(), depends);
        }
    }

    private @Nullable Base image(RowChange change) {
        return session.bases().find(change.table(), here(change.table(), change.key()));
    }

    /** The image as it was before this one changed the row. */
    private @Nullable Base touch(RowChange change, long local) {
        Table table = change.table();
        Key key = here(table, change.key());
        boolean isNew = change.kind() == RowKind.INSERT;
        Base before = session.bases().touch(table, key, session.writes().find(table, key), isNew ? local : 0, local);
        if (change.removes()) {
            session.bases().forgetBirth(table, key);
        } else if (!isNew && change.edits()) {
            session.bases().noteEdit(table, key, local);
        }
        return before;
    }

    private void note(RowChange change, @Nullable Base before, long local, Set<Long> depends) {
        if (before != null && change.kind() != RowKind.INSERT) {
            add(before.born(), local, depends);
            add(change.edits() ? before.edited() : 0, local, depends);
        }
        for (ForeignKey clause :
                change.removes() ? List.<ForeignKey>of() : change.table().foreignKeys()) {
            Base parent = parent(clause, change);
            add(parent == null ? 0 : parent.born(), local, depends);
        }
    }

    private Key here(Table table, Key key) {
        return shown.getOrDefault(new Place(table.name(), key), key);
    }

    /** Images that were there before tell of later transactions too. */
    private static void add(long ground, long local, Set<Long> depends) {
        if (ground != 0 && ground < local) {
            depends.add(ground);
        }
    }

    /** The row that a change makes its row point at, if it says so by that row's key, and it is pending. */
    private @Nullable Base parent(ForeignKey clause, RowChange change) {
        Table parent = session.writes().table(clause.parent());
        if (!parent.key().equals(clause.parentColumns())) {
            return null;
        }
        List<Value> key = new ArrayList<>();
        for (int column : clause.columns()) {
            Value value = value(change, column);
            if (value.isNull()) {
                return null;
            }
            key.add(value);
        }
        return session.bases().find(parent, here(parent, new Key(key)));
    }

    private static Value value(RowChange change, int column) {
        int place = change.table().key().indexOf(column);
        CellWrite write = change.writeOf(column);
        if (place >= 0) {
            return change.key().values().get(place);
        }
        return write == null ? Value.NULL : write.value();
    }
}
