package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import dev.godwit.rows.References;
import dev.godwit.rows.RowWrites;
import dev.godwit.rows.Sql;
import dev.godwit.wire.Page;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Writes the rows of a page as the server's state. */
final class ServerRows {
    private final LocalSession session;

    ServerRows(LocalSession session) {
        this.session = session;
    }

    /** The rows of a page: those that are gone first (H4). */
    void forEach(Page page, Consumer<RowChange> visitor) {
        session.changes().forEachGoneFirst(page.blocks(), visitor);
    }

    /** Whether pending work may be affected: it has changed the row, or has children below a row that goes. */
    boolean touchesPending(RowChange change) {
        Table table = change.table();
        if (session.bases().any(table) && session.bases().find(table, change.key()) != null) {
            return true;
        }
        return change.removes() && hasChildren(table, change.key());
    }

    private boolean hasChildren(Table table, Key key) {
        Value[] row = session.writes().find(table, key);
        if (row == null) {
            return false;
        }
        for (References.Incoming incoming : session.references().incoming(table)) {
            if (!session.references().children(incoming, row, 1).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes one row of a page of this scope.
     *
     * @param taken whether a transaction that the cut confirms has taken away the row that a change is for: the change was
     *     staged before the server had that transaction
     * @throws ServerTexts.OtherText if edits of a text were made on another one
     * @throws CutApplier.NotTheServersRows if an update is for a row that is not here
     */
    void write(String scope, RowChange change, ServerTexts texts, Predicate<RowChange> taken) {
        RowWrites writes = session.writes();
        Table table = change.table();
        Value[] before = writes.find(table, change.key());
        if (change.kind() == RowKind.LEFT) {
            if (before != null && table.scopeOf(before).filter(scope::equals).isPresent()) {
                writes.write(table, before, null);
            }
            return;
        }
        if (change.kind() == RowKind.UPDATE && before == null) {
            if (taken.test(change)) {
                return;
            }
            if (change.edits()) {
                throw new ServerTexts.OtherText(change, null);
            }
            if (!change.namesAll()) {
                throw new CutApplier.NotTheServersRows();
            }
            // a table that is new here: its rows come as updates of all their columns (H7c)
            writes.write(table, null, change.wholeRow());
            return;
        }
        writes.write(table, before, change.applyTo(before, texts));
    }

    /** Removes every row of a scope. */
    void removeScope(String scope) {
        for (Table table : session.schema().tables()) {
            if (table.constantScope() == null) {
                String column = table.columns().get(table.scopeColumn()).name();
                Sql.run(
                        session.connection(),
                        "delete from " + Sql.name(table.name()) + " where " + Sql.name(column) + " = ?",
                        Value.of(scope));
            } else if (table.constantScope().equals(scope)) {
                Sql.run(session.connection(), "delete from " + Sql.name(table.name()));
            }
        }
    }
}
