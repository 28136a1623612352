package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies;
import dev.godwit.schema.SchemaException.Problem;
import java.util.List;
import java.util.Set;

/** Whether merge words and policies fit the columns and tables that they are given to. */
final class MergeChecks {
    private static final Set<MergeWord> TEXTS =
            Set.of(MergeWord.ADD_WINS_SET, MergeWord.MERGED_TEXT, MergeWord.MERGED_JSON);

    private final String file;
    private final List<Problem> problems;

    MergeChecks(String file, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    void checkColumn(String table, Column column, boolean isKey) {
        MergeWord merge = column.merge();
        String affinity = DeclaredType.affinity(column.type());
        if (isKey && merge != MergeWord.LAST_WRITER) {
            problem(
                    table,
                    column,
                    "'" + merge.word() + "' on a column of the primary key",
                    "keys take no merge word; put it on another column");
        } else if (merge == MergeWord.COUNTER && (!affinity.equals("INTEGER") || !column.notNull())) {
            problem(
                    table,
                    column,
                    "a counter is a whole number and never NULL",
                    "declare `" + column.name() + " integer counter not null default 0`");
        } else if (TEXTS.contains(merge) && !affinity.equals("TEXT")) {
            problem(
                    table,
                    column,
                    "'" + merge.word() + "' on a column that is no text",
                    "declare `" + column.name() + " text " + merge.word() + "`");
        }
        checkOptions(table, column, isKey);
    }

    private void checkOptions(String table, Column column, boolean isKey) {
        boolean ordered = !column.options().precedence().isEmpty();
        if (ordered && (isKey || column.merge() != MergeWord.LAST_WRITER)) {
            problem(
                    table,
                    column,
                    "a precedence on " + (isKey ? "a column of the primary key" : "a column with a merge word"),
                    "leave one of them out");
        }
        if (column.options().arrayKey() != null && column.merge() != MergeWord.MERGED_JSON) {
            problem(
                    table,
                    column,
                    "an array_key on a column that is no merged_json",
                    "declare `" + column.name() + " text merged_json`, or leave the row out");
        }
    }

    /**
     * Checks what a table's rows do when they meet.
     *
     * @param named whether a policy row names what happens to a clash of keys
     */
    void checkPolicies(Table table, boolean integerKey, boolean named) {
        TablePolicies policies = table.policies();
        if (named && policies.keyClash() == TablePolicies.OnKeyClash.REKEY && !integerKey) {
            problem(
                    table.name(),
                    "only a key of one integer can be given anew",
                    "use 'reject' or 'merge_rows', or leave the row out");
        }
        if (policies.missingParent() == TablePolicies.OnMissingParent.SET_NULL) {
            for (ForeignKey clause : table.foreignKeys()) {
                clause.columns().stream()
                        .map(table.columns()::get)
                        .filter(Column::notNull)
                        .forEach(c -> problem(
                                table.name(),
                                c,
                                "a missing parent cannot become NULL in a column that is NOT NULL",
                                "declare it without NOT NULL, or use 'hold', 'cascade' or 'resurrect'"));
            }
        }
    }

    private void problem(String table, Column column, String message, String mend) {
        problem(table + "." + column.name(), message, mend);
    }

    private void problem(String table, String message, String mend) {
        problems.add(new Problem(file + ": " + table, message, mend));
    }
}
