package dev.godwit.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The conflict inbox: a synced table that every schema has beside its own. Only the server inserts into it; each row lives in
 * the scope of the row that it is about and reaches devices as any other does (H13). An application may query and observe it;
 * to decide an entry is an ordinary write.
 *
 * <p>The columns {@code base}, {@code mine}, {@code theirs} and {@code winner} have no type, so that every value keeps its own.
 */
public final class ConflictTable {
    private ConflictTable() {}

    /** Its name. */
    public static final String NAME = "godwit_conflict";

    /** The state of an entry that waits for a person. */
    public static final String UNDECIDED = "undecided";

    /** The state of an entry that a rule, or a person, has decided. */
    public static final String DECIDED = "decided";

    /** Its columns, in order. */
    public enum Field {
        /** Names the entry. */
        ID,
        /** The scope of the row that it is about. */
        SCOPE,
        /** {@link #UNDECIDED} or {@link #DECIDED}. */
        STATE,
        /** The table. */
        TBL,
        /** The row's key, as {@code rows.KeyCodec} writes it. */
        ROW_KEY,
        /** The row's key, for people. */
        ROW,
        /** The column; NULL if it is about the row as a whole. */
        COL,
        /** The value that the loser had replaced, where it is known. */
        BASE,
        /** The value that lost. */
        MINE,
        /** The value that it met. */
        THEIRS,
        /** What the cell holds. */
        WINNER,
        /** The merge word or policy that decided. */
        RULE,
        /** Who wrote the value that lost: subject of the token. */
        MINE_BY,
        /** The device that wrote it. */
        MINE_DEVICE,
        /** When, as far as the server believes it, ms since 1970. */
        MINE_AT,
        /** Who wrote the value that it met. */
        THEIRS_BY,
        /** The device that wrote that. */
        THEIRS_DEVICE,
        /** When. */
        THEIRS_AT,
        /** The transaction whose arrival brought the conflict to light. */
        TXN,
        /** The commit number in the scope at which it came to light. */
        COMMIT_NUMBER,
        /** How a person decided: mine, theirs, other or dismissed; NULL before, or if a rule did. */
        CHOICE
    }

    /** The table. */
    public static final Table TABLE = table();

    /** The statement that creates it. */
    public static final Schema.Statement STATEMENT = new Schema.Statement("table", NAME, NAME, """
            create table godwit_conflict (
              id            text primary key not null,
              scope         text not null,
              state         text not null,
              tbl           text not null,
              row_key       blob not null,
              row           text not null,
              col           text,
              base, mine, theirs, winner,
              rule          text not null,
              mine_by       text, mine_device text, mine_at integer,
              theirs_by     text, theirs_device text, theirs_at integer,
              txn           text,
              commit_number integer not null,
              choice        text
            )""");

    private static Table table() {
        List<Column> columns = new ArrayList<>();
        for (Field field : Field.values()) {
            columns.add(
                    switch (field) {
                        case ID, STATE, TBL, ROW, RULE -> column(field, "text", MergeWord.LAST_WRITER, true);
                        case SCOPE -> column(field, "text", MergeWord.SCOPE, true);
                        case ROW_KEY -> column(field, "blob", MergeWord.LAST_WRITER, true);
                        case COMMIT_NUMBER -> column(field, "integer", MergeWord.LAST_WRITER, true);
                        case BASE, MINE, THEIRS, WINNER -> column(field, "", MergeWord.LAST_WRITER, false);
                        case MINE_AT, THEIRS_AT -> column(field, "integer", MergeWord.LAST_WRITER, false);
                        case COL, MINE_BY, MINE_DEVICE, THEIRS_BY, THEIRS_DEVICE, TXN, CHOICE ->
                            column(field, "text", MergeWord.LAST_WRITER, false);
                    });
        }
        return new Table(
                NAME,
                columns,
                List.of(place(Field.ID)),
                false,
                place(Field.SCOPE),
                null,
                List.of(),
                List.of(),
                TablePolicies.defaults(false));
    }

    /** A field's place in the table. */
    public static int place(Field field) {
        return List.of(Field.values()).indexOf(field);
    }

    /** Two people who decide one entry at once do not conflict about it: the column is quiet. */
    private static Column column(Field field, String type, MergeWord merge, boolean notNull) {
        return new Column(
                field.name().toLowerCase(java.util.Locale.ROOT),
                type,
                merge,
                "BINARY",
                notNull,
                new ColumnOptions(List.of(), null, true));
    }
}
