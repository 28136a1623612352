package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.schema.SchemaException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one schema grew out of another: only by tables, columns at the end of a table, indexes, views and triggers.
 *
 * @param statements SQL that turns a database of the old schema into one of the new, in order
 * @param newTables tables that are new
 * @param newColumns columns that are new, by table
 */
public record SchemaChange(List<String> statements, List<Table> newTables, Map<String, List<Column>> newColumns) {

    /** Copies the collections. */
    public SchemaChange {
        statements = List.copyOf(statements);
        newTables = List.copyOf(newTables);
        newColumns = Map.copyOf(newColumns);
    }

    /**
     * Compares.
     *
     * @throws SchemaException if the new schema takes something away or changes it
     */
    public static SchemaChange between(Schema before, Schema after) {
        return new Comparison(before, after).result();
    }

    private static final class Comparison {
        private final Schema before;
        private final Schema after;
        private final List<Problem> problems = new ArrayList<>();
        private final List<String> tables = new ArrayList<>();
        private final List<String> others = new ArrayList<>();
        private final List<Table> newTables = new ArrayList<>();
        private final Map<String, List<Column>> newColumns = new LinkedHashMap<>();

        Comparison(Schema before, Schema after) {
            this.before = before;
            this.after = after;
        }

        SchemaChange result() {
            for (Table old : before.tables()) {
                after.table(old.name())
                        .ifPresentOrElse(
                                now -> compare(old, now),
                                () -> problem(old, "it is gone", "keep it: other devices may still have rows for it"));
            }
            after.tables().stream()
                    .filter(t -> before.table(t.name()).isEmpty())
                    .forEach(newTables::add);
            before.statements().stream().filter(s -> !s.type().equals("table")).forEach(this::dropIfChanged);
            after.statements().forEach(this::createIfNew);
            if (!problems.isEmpty()) {
                throw new SchemaException(problems);
            }
            List<String> statements = new ArrayList<>(tables);
            statements.addAll(others);
            return new SchemaChange(statements, newTables, newColumns);
        }

        private void compare(Table old, Table now) {
            List<Column> kept = now.columns();
            if (kept.size() < old.columns().size()
                    || !kept.subList(0, old.columns().size()).equals(old.columns())) {
                problem(
                        old,
                        "a column was removed, moved or changed",
                        "only add columns, behind the others; make a new column for a new meaning");
                return;
            }
            if (!old.key().equals(now.key())
                    || old.scopeColumn() != now.scopeColumn()
                    || !java.util.Objects.equals(old.constantScope(), now.constantScope())) {
                problem(old, "its primary key or its scope has changed", "make a new table and copy the rows");
            } else if (!now.uniques().equals(old.uniques())) {
                problem(old, "its UNIQUE keys have changed", "rows that exist may clash; keep them as they are");
            }
            addColumns(old, now);
        }

        private void addColumns(Table old, Table now) {
            List<Column> added =
                    now.columns().subList(old.columns().size(), now.columns().size());
            if (added.isEmpty()) {
                return;
            }
            newColumns.put(now.name(), List.copyOf(added));
            List<String> definitions = new Script(sql(now.name())).definitions();
            for (Column column : added) {
                definitions.stream()
                        .filter(d -> names(d, column.name()))
                        .findFirst()
                        .ifPresentOrElse(
                                d -> tables.add("alter table " + quoted(now.name()) + " add column " + d),
                                () -> problem(
                                        now,
                                        "column " + column.name() + " cannot be found in its CREATE TABLE",
                                        "write one definition a line"));
            }
        }

        private String sql(String table) {
            return after.statements().stream()
                    .filter(s -> s.type().equals("table") && s.name().equalsIgnoreCase(table))
                    .map(Schema.Statement::sql)
                    .findFirst()
                    .orElse("");
        }

        /** Whether a definition is that of a column: its first word, bare or quoted, is the name. */
        private static boolean names(String definition, String column) {
            String text = definition.replaceAll("(?s)^(\\s*(--[^\n]*\n|/\\*.*?\\*/))*\\s*", "");
            for (String form : List.of(column, "\"" + column + "\"", "`" + column + "`", "[" + column + "]")) {
                boolean ends = text.length() == form.length()
                        || (text.length() > form.length()
                                && !Character.isLetterOrDigit(text.charAt(form.length()))
                                && text.charAt(form.length()) != '_');
                if (text.regionMatches(true, 0, form, 0, form.length()) && ends) {
                    return true;
                }
            }
            return false;
        }

        private void dropIfChanged(Schema.Statement old) {
            if (after.statements().stream().noneMatch(s -> s.equals(old))) {
                tables.add(0, "drop " + old.type() + " if exists " + quoted(old.name()));
            }
        }

        private void createIfNew(Schema.Statement now) {
            boolean known = now.type().equals("table")
                    ? before.statements().stream()
                            .anyMatch(s -> s.type().equals("table") && s.name().equalsIgnoreCase(now.name()))
                    : before.statements().contains(now);
            if (!known) {
                others.add(now.sql());
            }
        }

        private static String quoted(String name) {
            return '"' + name.replace("\"", "\"\"") + '"';
        }

        private void problem(Table table, String message, String mend) {
            problems.add(new Problem("table " + table.name(), message, mend));
        }
    }
}
