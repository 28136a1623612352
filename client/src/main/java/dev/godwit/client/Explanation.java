package dev.godwit.client;

import dev.godwit.model.Column;
import dev.godwit.model.Key;
import dev.godwit.model.RowKind;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says why a row, or one value of it, is what it is here: as sentences for people. */
final class Explanation {
    private final Schema schema;
    private final LocalSession session;
    private final List<Conflict> conflicts;
    private final List<String> sentences = new ArrayList<>();

    /** On a snapshot; the conflicts are those about the row. */
    Explanation(LocalSession session, Schema schema, List<Conflict> conflicts) {
        this.session = session;
        this.schema = schema;
        this.conflicts = conflicts;
    }

    /**
     * Explains.
     *
     * @param column one column, or null for the whole row
     * @throws GodwitException if there is no such table or column
     */
    List<String> of(String tableName, Key key, @Nullable String column) {
        Table table = schema.table(tableName)
                .orElseThrow(() -> refused("there is no synced table " + tableName + "; there are "
                        + schema.tables().stream().map(Table::name).toList()));
        int place = column == null
                ? -1
                : table.columnIndex(column)
                        .orElseThrow(() -> refused("table " + table.name() + " has no column " + column));
        if (key.values().size() != table.key().size()) {
            throw refused("the key of " + table.name() + " has " + table.key().size() + " columns, and (" + key
                    + ") has " + key.values().size() + " values");
        }
        Value[] shown = session.writes().find(table, key);
        BaseImages.Base base = session.bases().find(table, key);
        sayRow(table, key, shown, base);
        if (place >= 0) {
            sayCell(table.columns().get(place), place, shown, base);
        }
        sayPending(table, key, place);
        sayConflicts(column == null ? null : table.columns().get(place).name());
        return sentences;
    }

    private static GodwitException refused(String message) {
        return new GodwitException(GodwitException.Kind.REQUEST, message);
    }

    private void sayRow(Table table, Key key, Value @Nullable [] shown, BaseImages.@Nullable Base base) {
        String name = "Row " + key + " of " + table.name();
        if (shown == null) {
            say(name
                    + (base != null && base.row() != null
                            ? " is deleted here; the server still has it."
                            : " is not here: it never was, was deleted, or lives in a scope that is not synced."));
            return;
        }
        say(name + " lives in scope '" + table.scopeOf(shown).orElse("") + "'"
                + (isNew(table, key, base) ? " and is new: the server does not have it yet." : "."));
    }

    /** Inserts get their base images late, so what waits is asked too. */
    private boolean isNew(Table table, Key key, BaseImages.@Nullable Base base) {
        if (base != null) {
            return base.row() == null;
        }
        boolean[] inserted = new boolean[1];
        for (Entry entry : session.entries().pendingAfter(0, Integer.MAX_VALUE)) {
            session.changes().forEach(entry.decoded(), change -> {
                boolean same = change.table().equals(table) && change.key().equals(key);
                inserted[0] |= same && change.kind() == RowKind.INSERT;
            });
        }
        return inserted[0];
    }

    private void sayCell(Column column, int place, Value @Nullable [] shown, BaseImages.@Nullable Base base) {
        if (shown != null) {
            say("Column " + column.name() + " shows " + shown[place] + "; concurrent writes of it merge by "
                    + rule(column) + ".");
        }
        Value[] server = base == null ? null : base.row();
        if (server != null && shown != null && !server[place].equals(shown[place])) {
            say("The server's value is " + server[place] + "; writes that wait in the outbox are on top of it.");
        }
    }

    private static String rule(Column column) {
        List<String> precedence = column.options().precedence();
        return precedence.isEmpty() ? column.rule() : column.rule() + " " + String.join(" < ", precedence);
    }

    private void sayPending(Table table, Key key, int place) {
        for (Entry entry : session.entries().unaccepted(0)) {
            session.changes().forEach(entry.decoded(), change -> {
                boolean same = change.table().equals(table) && change.key().equals(key);
                if (same && (place < 0 || change.kind() != RowKind.UPDATE || change.writeOf(place) != null)) {
                    String blocked = entry.blocked();
                    say("Transaction " + entry.id() + " of this device "
                            + (change.removes() ? "deletes it" : "writes it") + " and is "
                            + (blocked != null
                                    ? "blocked: " + blocked + "."
                                    : session.entries().state(entry.id()) + "."));
                }
            });
        }
    }

    private void sayConflicts(@Nullable String column) {
        int said = 0;
        for (Conflict conflict : conflicts) {
            String about = conflict.column();
            if (column == null || about == null || about.equals(column)) {
                say(sentence(conflict));
                said++;
            }
        }
        if (said == 0) {
            say("No write of it that is remembered has lost a merge.");
        }
    }

    private String sentence(Conflict conflict) {
        String what = conflict.column() == null
                ? (conflict.mine().isNull() ? "A delete" : "A write of the row")
                : conflict.column() + " = " + conflict.mine();
        String met = conflict.column() == null
                ? (conflict.mine().isNull() ? "a write" : "a delete")
                : conflict.theirs().toString();
        String state = conflict.undecided()
                ? " It waits for a person (" + conflict.id() + ")."
                : conflict.choice().map(c -> " A person decided: " + c + ".").orElse("");
        return what + by(conflict.loser()) + " lost to " + met + by(conflict.other()) + ", by " + conflict.rule() + "."
                + state;
    }

    private static String by(Conflict.Writer writer) {
        if (writer.device().isEmpty()) {
            return " by the server";
        }
        return " by " + writer.subject() + " (device " + writer.device().substring(0, 8) + ", "
                + Instant.ofEpochMilli(writer.atMillis()) + ")";
    }

    private void say(String sentence) {
        sentences.add(sentence);
    }
}
