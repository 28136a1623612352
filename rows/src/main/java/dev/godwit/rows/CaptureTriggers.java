package dev.godwit.rows;

import dev.godwit.model.Column;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The triggers of one table; {@link Capture} says what they are for. */
final class CaptureTriggers {
    private final Table table;

    CaptureTriggers(Table table) {
        this.table = table;
    }

    List<String> statements() {
        List<String> statements = new ArrayList<>();
        add(statements, "insert_before", "before insert", clashes());
        add(statements, "insert_after", "after insert", markAbsent());
        add(statements, "update_before", "before update", keep(matches("o", table.key(), "old"), "old"));
        add(statements, "update_clash", "before update of " + names(clashColumns()), clashes());
        add(statements, "update_key", "after update of " + names(table.key()), markAbsent());
        add(statements, "delete_before", "before delete", keep(matches("o", table.key(), "old"), "old"));
        addGuards(statements);
        return statements;
    }

    private void add(List<String> statements, String suffix, String event, String body) {
        String name = Sql.name("godwit_" + table.name() + "_" + suffix);
        statements.add("drop trigger if exists " + name);
        statements.add("create trigger " + name + " " + event + " on " + Sql.name(table.name()) + Capture.when()
                + "begin " + body + " end");
    }

    /** Keeps the images of all rows that hold the new row's key or one of its unique values. */
    private String clashes() {
        StringBuilder body = new StringBuilder(keep(matches("o", table.key(), "new"), "new"));
        for (List<Integer> unique : table.uniques()) {
            body.append(' ').append(keep(matches("o", unique, "new"), "o"));
        }
        return body.toString();
    }

    /** Keeps the image of the rows that match, unless the shadow has one; {@code keyFrom} gives the key to look for. */
    private String keep(String matches, String keyFrom) {
        return "insert into " + Capture.shadow(table) + " (" + shadowKey("") + ", present, " + shadowColumns()
                + ") select "
                + Sql.join(
                        table.key().size(), ", ", i -> "o." + name(table.key().get(i)))
                + ", 1, " + Sql.join(table.columns().size(), ", ", i -> "o." + name(i))
                + " from " + Sql.name(table.name()) + " o where " + matches
                + " and not exists (select 1 from " + Capture.shadow(table) + " b where " + sameKey(keyFrom) + ");";
    }

    /** Notes that the new row's key had no row, unless the shadow knows better. */
    private String markAbsent() {
        return "insert into " + Capture.shadow(table) + " (" + shadowKey("") + ", present) select "
                + Sql.join(
                        table.key().size(), ", ", i -> "new." + name(table.key().get(i)))
                + ", 0 where not exists (select 1 from " + Capture.shadow(table) + " b where " + sameKey("new") + ");";
    }

    private String sameKey(String row) {
        return Sql.join(
                table.key().size(),
                " and ",
                i -> "b.k" + i + " = " + row + "." + name(table.key().get(i)));
    }

    private String matches(String alias, List<Integer> columns, String row) {
        return Sql.join(
                columns.size(),
                " and ",
                i -> alias + "." + name(columns.get(i)) + " = " + row + "." + name(columns.get(i)));
    }

    private Set<Integer> clashColumns() {
        Set<Integer> columns = new LinkedHashSet<>(table.key());
        table.uniques().forEach(columns::addAll);
        return columns;
    }

    /** A key must not be NULL (SQLite allows it in some tables), and a counter stays an integer. */
    private void addGuards(List<String> statements) {
        for (int k : table.key()) {
            if (!table.rowidAlias() && !table.columns().get(k).notNull()) {
                addGuard(
                        statements, k, "key", "new." + name(k) + " is null", "is NULL: a synced row needs a whole key");
            }
        }
        for (int i = 0; i < table.columns().size(); i++) {
            if (table.columns().get(i).merge() == MergeWord.COUNTER) {
                addGuard(
                        statements,
                        i,
                        "counter",
                        "typeof(new." + name(i) + ") <> 'integer'",
                        "is a counter: it takes 64-bit integers only, and must not overflow");
            }
        }
    }

    private void addGuard(List<String> statements, int column, String kind, String condition, String complaint) {
        Column guarded = table.columns().get(column);
        String message = Sql.literal("godwit: " + table.name() + "." + guarded.name() + " " + complaint);
        for (String event : List.of("insert", "update")) {
            String name = Sql.name("godwit_" + table.name() + "_" + kind + column + "_" + event);
            statements.add("drop trigger if exists " + name);
            statements.add("create trigger " + name + " before " + event
                    + (event.equals("update") ? " of " + name(column) : "")
                    + " on " + Sql.name(table.name()) + " when " + condition + " begin select raise(abort, " + message
                    + "); end");
        }
    }

    private String name(int column) {
        return Sql.name(table.columns().get(column).name());
    }

    private String names(Iterable<Integer> columns) {
        List<String> names = new ArrayList<>();
        columns.forEach(c -> names.add(name(c)));
        return String.join(", ", names);
    }

    private String shadowKey(String prefix) {
        return Sql.join(table.key().size(), ", ", i -> prefix + "k" + i);
    }

    private String shadowColumns() {
        return Sql.join(table.columns().size(), ", ", i -> "c" + i);
    }
}
