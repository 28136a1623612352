package dev.godwit.simulation;

import dev.godwit.model.ConflictTable;
import dev.godwit.model.Value;
import dev.godwit.rows.Sql;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks on the server for what it has accepted, when all is quiet. */
final class Search {
    private final SimulatedServer server;
    private final Set<String> replaced;
    private final boolean keepsAllConflicts;

    /**
     * On this server.
     *
     * @param replaced what somebody has replaced or deleted who had it before his eyes
     * @param keepsAllConflicts whether the inbox has every value that lost
     */
    Search(SimulatedServer server, Set<String> replaced, boolean keepsAllConflicts) {
        this.server = server;
        this.replaced = replaced;
        this.keepsAllConflicts = keepsAllConflicts;
    }

    void find(String device, Wrote wrote) {
        if (wrote instanceof Wrote.Batch batch) {
            new HashSet<>(List.of(batch.from(), batch.to())).forEach(name -> batch(device, name));
        } else if (wrote instanceof Wrote.Word word) {
            word(device, word);
        } else if (wrote instanceof Wrote.Extreme extreme) {
            extreme(device, extreme);
        } else if (wrote instanceof Wrote.Claim claim && !replaced.contains(claim.who())) {
            claim(device, claim);
        } else if (wrote instanceof Wrote.Note note && !replaced.contains(note.who())) {
            note(device, note);
        } else if (wrote instanceof Wrote.Value value && !replaced.contains(value.value())) {
            value(device, value);
        }
    }

    private void batch(String device, String name) {
        long legs = number("select count(*) from entry where batch = ?", name);
        if (legs != Long.parseLong(name.substring(name.indexOf('/') + 1))) {
            throw new Violation(
                    legs == 0 ? "P1" : "P4",
                    device + "'s batch " + name + " is accepted, and the server has " + legs + " of its entries");
        }
    }

    private void word(String device, Wrote.Word word) {
        String story = server.text("select coalesce(story, '') from memo where id = ?", word.id());
        int at = story.indexOf(word.word());
        if (at < 0 || story.indexOf(word.word(), at + 1) >= 0) {
            throw new Violation(
                    at < 0 ? "P9" : "P2",
                    device + "'s " + word + " is accepted, and is not once in the text: " + story);
        }
    }

    private void extreme(String device, Wrote.Extreme extreme) {
        String kept = server.text(
                "select cast(coalesce(" + extreme.column() + ", '') as text) from item where id = ?", extreme.id());
        int sign = extreme.column().equals("best") ? 1 : -1;
        if (kept.isEmpty() || sign * Long.compare(Long.parseLong(kept), extreme.value()) < 0) {
            throw new Violation(
                    "P9", device + "'s " + extreme + " is accepted, and the column has kept '" + kept + "'");
        }
    }

    private void claim(String device, Wrote.Claim claim) {
        String value = claim.note() == null ? claim.who() : claim.note();
        if (number("select count(*) from " + claim.table() + " where ? in (who, note)", value) == 0) {
            throw new Violation(
                    "P9", device + "'s " + claim + " is accepted, nobody has deleted it, and it is in no row");
        }
    }

    private void note(String device, Wrote.Note note) {
        boolean isShown = number("select count(*) from " + note.table() + " where note = ?", note.text()) > 0;
        boolean isInInbox = number(
                        "select count(*) from " + ConflictTable.NAME
                                + " where instr(coalesce(mine, '') || ' ' || coalesce(theirs, ''), ?) > 0",
                        note.text())
                > 0;
        if (keepsAllConflicts && !isShown && !isInInbox) {
            throw new Violation(
                    "P9",
                    device + "'s " + note + " is accepted, nobody has deleted its row, and it is neither in a row nor"
                            + " in the inbox");
        }
    }

    private void value(String device, Wrote.Value value) {
        List<String> found = new ArrayList<>();
        server.look(connection -> Sql.rows(
                        connection,
                        "select " + value.column() + " from memo where id = ? union all select mine from "
                                + ConflictTable.NAME + " where tbl = 'memo'",
                        Value.of(value.id())))
                .forEach(row -> found.add(row[0].toString()));
        // what a person is to decide is kept until he has
        boolean isKept = keepsAllConflicts || value.column().equals("place");
        if (isKept && found.stream().noneMatch(text -> text.contains(value.value()))) {
            throw new Violation(
                    "P9",
                    device + "'s " + value
                            + " is accepted, and it is not in its cell, nobody replaced it who had seen it,"
                            + " and the inbox does not have it");
        }
    }

    private long number(String sql, String value) {
        return server.look(connection -> Sql.number(connection, sql, Value.of(value)));
    }
}
