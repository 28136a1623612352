package dev.godwit.rows;

import dev.godwit.model.Column;
import dev.godwit.model.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The triggers of one table; {@link Capture} says what they are for. */
final class CaptureTriggers {
    private final Table table;
    private final boolean locked;

    /**
     * For one table.
     *
     * @param locked whether {@code read_only} columns are closed to every writer but the engine: on devices
     */
    CaptureTriggers(Table table, boolean locked) {
        this.table = table;
        this.locked = locked;
    }

    List<String> statements() {
        List<String> statements = new ArrayList<>();
        addView(statements);
        add(statements, "insert_before", "before insert", clash(), keepClashes());
        add(statements, "insert_after", "after insert", "", markAbsent());
        add(statements, "update_before", "before update", "", keep("old"));
        add(statements, "update_clash", "before " + update(clashColumns()), changed(clashColumns()), keepClashes());
        add(statements, "update_key", "after " + update(table.key()), changed(table.key()), markAbsent());
        add(statements, "delete_before", "before delete", "", keep("old"));
        addGuards(statements);
        return statements;
    }

    private void add(List<String> statements, String suffix, String event, String condition, String body) {
        String name = Sql.name("godwit_" + table.name() + "_" + suffix);
        statements.add("drop trigger if exists " + name);
        statements.add("create trigger " + name + " " + event + " on " + Sql.name(table.name()) + Capture.when()
                + condition + "begin " + body + " end");
    }

    /** A view that keeps the image of the row whose key is inserted into it. */
    private void addView(List<String> statements) {
        statements.add("drop view if exists " + Capture.keeper(table));
        statements.add("create view " + Capture.keeper(table) + " as select "
                + Sql.join(
                        table.key().size(),
                        ", ",
                        i -> "null as " + name(table.key().get(i))));
        statements.add("create trigger " + Sql.name("godwit_" + table.name() + "_keep") + " instead of insert on "
                + Capture.keeper(table) + " begin " + keep("new") + " end");
    }

    /** An update of these columns. A rowid has other names than its column's, and SQLite goes by the name in the statement. */
    private String update(Iterable<Integer> columns) {
        return table.rowidAlias() ? "update" : "update of " + names(columns);
    }

    /** Whether one of these columns is not what it was, in any spelling. */
    private String changed(Collection<Integer> columns) {
        return columns.stream()
                .map(c -> "new." + name(c) + " is not old." + name(c) + " collate binary")
                .collect(Collectors.joining(" or ", "and (", ") "));
    }

    /** Whether a row holds the new row's key or one of its unique values. */
    private String clash() {
        StringBuilder condition = new StringBuilder("and (" + exists(table.key()));
        table.uniques().forEach(unique -> condition.append(" or ").append(exists(unique)));
        return condition.append(") ").toString();
    }

    private String exists(List<Integer> columns) {
        return "exists (select 1 from " + Sql.name(table.name()) + " o where " + matches("o", columns, "new") + ")";
    }

    /** Keeps the images of those rows. */
    private String keepClashes() {
        StringBuilder body = new StringBuilder();
        for (List<Integer> columns :
                Stream.concat(Stream.of(table.key()), table.uniques().stream()).toList()) {
            body.append("insert into ")
                    .append(Capture.keeper(table))
                    .append(" select ")
                    .append(Sql.join(
                            table.key().size(),
                            ", ",
                            i -> "o." + name(table.key().get(i))))
                    .append(" from ")
                    .append(Sql.name(table.name()))
                    .append(" o where ")
                    .append(matches("o", columns, "new"))
                    .append("; ");
        }
        return body.toString();
    }

    /** Keeps the image of the row with this key, unless there is one. */
    private String keep(String keyFrom) {
        String matches = matches("o", table.key(), keyFrom);
        return "insert into " + Capture.before(table) + " (" + Capture.keys(table, "") + ", marks, " + shadowColumns()
                + ") select "
                + Sql.join(
                        table.key().size(), ", ", i -> "o." + name(table.key().get(i)))
                + ", (select coalesce(max(rowid), 0) from " + Capture.absent(table) + "), "
                + Sql.join(table.columns().size(), ", ", i -> "o." + name(i))
                + " from " + Sql.name(table.name()) + " o where " + matches
                + " and not exists (select 1 from " + Capture.before(table) + " b where " + sameKey(keyFrom) + ");";
    }

    /** Notes that the new row's key had no row. */
    private String markAbsent() {
        return "insert into " + Capture.absent(table) + " (" + Capture.keys(table, "") + ") values ("
                + Sql.join(
                        table.key().size(), ", ", i -> "new." + name(table.key().get(i)))
                + ");";
    }

    /** Without the affinity of an integer key, for which SQLite would leave the shadow's index and look at each of its rows. */
    private String sameKey(String row) {
        return Sql.join(
                table.key().size(),
                " and ",
                i -> "b.k" + i + " = +" + row + "." + name(table.key().get(i)));
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
            addMergeGuards(statements, i);
        }
    }

    private void addMergeGuards(List<String> statements, int column) {
        switch (table.columns().get(column).merge()) {
            case COUNTER ->
                addGuard(
                        statements,
                        column,
                        "counter",
                        "typeof(new." + name(column) + ") <> 'integer'",
                        "is a counter: it takes 64-bit integers only, and must not overflow");
            case MERGED_TEXT ->
                addGuard(
                        statements,
                        column,
                        "text",
                        "typeof(new." + name(column) + ") not in ('text', 'null')",
                        "is a merged_text: it takes a text or NULL");
            case READ_ONLY -> {
                if (locked) {
                    addGuard(
                            statements,
                            column,
                            "locked",
                            List.of("update"),
                            "(select applying from " + Capture.CONTROL + ") = 0 and new." + name(column)
                                    + " is not old." + name(column),
                            "is read_only: only the server writes it");
                }
            }
            default -> {
                // any value will do
            }
        }
    }

    private void addGuard(List<String> statements, int column, String kind, String condition, String complaint) {
        addGuard(statements, column, kind, List.of("insert", "update"), condition, complaint);
    }

    private void addGuard(
            List<String> statements, int column, String kind, List<String> events, String condition, String complaint) {
        Column guarded = table.columns().get(column);
        String message = Sql.literal("godwit: " + table.name() + "." + guarded.name() + " " + complaint);
        for (String event : events) {
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

    private String shadowColumns() {
        return Sql.join(table.columns().size(), ", ", i -> "c" + i);
    }
}
