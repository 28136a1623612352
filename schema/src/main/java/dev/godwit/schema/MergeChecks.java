package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.ColumnOptions;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.model.TablePolicies;
import dev.godwit.model.TablePolicies.OnKeyClash;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.TablePolicies.OnUniqueClash;
import dev.godwit.schema.SchemaException.Problem;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether merge words and policies fit the columns and tables that they are given to. */
final class MergeChecks {
    private static final Set<MergeWord> TEXTS =
            Set.of(MergeWord.ADD_WINS_SET, MergeWord.MERGED_TEXT, MergeWord.MERGED_JSON);

    /** What a column of a numeric affinity does not keep as a text. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

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
        List<String> order = column.options().precedence();
        if (isKey && !column.options().equals(ColumnOptions.NONE)) {
            problem(
                    table,
                    column,
                    "a policy row for a column of the primary key",
                    "keys do not merge; leave the row out");
            return;
        }
        if (!order.isEmpty() && column.merge() != MergeWord.LAST_WRITER) {
            problem(
                    table,
                    column,
                    "a precedence and '" + column.merge().word() + "' on one column",
                    "leave one of them out");
        } else {
            checkOrder(table, column, order);
        }
        if (column.options().arrayKey() != null && column.merge() != MergeWord.MERGED_JSON) {
            problem(
                    table,
                    column,
                    "an array_key on a column that is no merged_json",
                    "declare `" + column.name() + " text merged_json`, or leave the row out");
        }
    }

    /** The list holds texts, and would never find a number in itself. */
    private void checkOrder(String table, Column column, List<String> order) {
        if (Set.of("TEXT", "BLOB").contains(DeclaredType.affinity(column.type()))) {
            return;
        }
        order.stream()
                .filter(value -> NUMBER.matcher(value).matches())
                .findFirst()
                .ifPresent(value -> problem(
                        table,
                        column,
                        "a precedence is a list of texts, and the column makes a number of '" + value + "'",
                        "declare `" + column.name() + " text`, or leave the row out"));
    }

    /** Whether rows of a table may be given another key: one integer, that says nothing about another row. */
    static boolean isRenewable(List<Column> columns, List<Integer> key, List<ForeignKey> foreignKeys) {
        return key.size() == 1
                && DeclaredType.affinity(columns.get(key.get(0)).type()).equals("INTEGER")
                && foreignKeys.stream().noneMatch(clause -> clause.columns().contains(key.get(0)));
    }

    /** Checks what a table's rows do when they meet. */
    void checkPolicies(Table table) {
        TablePolicies policies = table.policies();
        if (policies.keyClash() == OnKeyClash.REKEY
                && !isRenewable(table.columns(), table.key(), table.foreignKeys())) {
            problem(
                    table.name(),
                    "only a key of one integer, that refers to no other row, can be given anew",
                    "use 'reject' or 'merge_rows', or leave the row out");
        }
        if (policies.uniqueClash() != OnUniqueClash.FIRST_WINS
                && table.uniques().isEmpty()) {
            problem(
                    table.name(),
                    "a policy 'unique', and no UNIQUE key over whole columns and all rows",
                    "declare one, or leave the row out");
        } else if (policies.uniqueClash() == OnUniqueClash.RENAME
                && table.uniques().stream().flatMap(List::stream).noneMatch(c -> isRenamable(table, c))) {
            problem(
                    table.name(),
                    "'rename' puts a number behind a text, and no UNIQUE key has one of its own",
                    "use 'first_wins' or 'merge_rows', or leave the row out");
        }
        if (policies.missingParent() != OnMissingParent.HOLD
                && table.foreignKeys().isEmpty()) {
            problem(
                    table.name(),
                    "a policy 'parent', and no REFERENCES clause",
                    "name the table whose rows refer to others in on_table, or leave the row out");
        } else if (policies.missingParent() == OnMissingParent.SET_NULL) {
            table.foreignKeys().stream()
                    .flatMap(clause -> clause.columns().stream())
                    .distinct()
                    .forEach(c -> checkNullable(table, c));
        }
    }

    /** Whether a number behind a column's text changes nothing but a name. */
    private static boolean isRenamable(Table table, int place) {
        Column column = table.columns().get(place);
        return table.isName(place) && !Set.of("INTEGER", "REAL").contains(DeclaredType.affinity(column.type()));
    }

    private void checkNullable(Table table, int place) {
        Column column = table.columns().get(place);
        String others = "use 'hold', 'cascade' or 'resurrect'";
        if (table.isKey(place)) {
            problem(table.name(), column, "a missing parent cannot become NULL in the primary key", others);
        } else if (place == table.scopeColumn()) {
            problem(table.name(), column, "a missing parent cannot become NULL in the scope column", others);
        } else if (column.notNull()) {
            problem(
                    table.name(),
                    column,
                    "a missing parent cannot become NULL in a column that is NOT NULL",
                    "declare it without NOT NULL, or " + others);
        }
    }

    private void problem(String table, Column column, String message, String mend) {
        problem(table + "." + column.name(), message, mend);
    }

    private void problem(String table, String message, String mend) {
        problems.add(new Problem(file + ": " + table, message, mend));
    }
}
