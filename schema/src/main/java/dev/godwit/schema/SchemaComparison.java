package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.schema.SchemaException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares two schemas, table by table and column by column. */
final class SchemaComparison {
    private static final String NEW_MEANING = "leave it, and make a new column for a new meaning";
    private static final Set<String> NO_CONSTANT = Set.of("(", "current_timestamp", "current_date", "current_time");

    private final Schema before;
    private final Schema after;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> drops = new ArrayList<>();
    private final List<String> additions = new ArrayList<>();
    private final List<String> creations = new ArrayList<>();
    private final List<Table> newTables = new ArrayList<>();
    private final Map<String, List<Column>> newColumns = new LinkedHashMap<>();

    SchemaComparison(Schema before, Schema after) {
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
        after.tables().stream().filter(t -> before.table(t.name()).isEmpty()).forEach(newTables::add);
        before.statements().stream().filter(s -> !s.type().equals("table")).forEach(this::dropIfChanged);
        after.statements().forEach(this::createIfNew);
        if (!problems.isEmpty()) {
            throw new SchemaException(problems);
        }
        List<String> statements = new ArrayList<>(drops);
        statements.addAll(additions);
        statements.addAll(creations);
        return new SchemaChange(statements, newTables, newColumns);
    }

    private void compare(Table old, Table now) {
        int known = problems.size();
        for (int i = 0; i < old.columns().size(); i++) {
            compare(now, old.columns().get(i), i);
        }
        if (problems.size() > known) {
            return;
        }
        if (!old.key().equals(now.key())) {
            problem(old, "its primary key has changed", "make a new table and copy the rows");
        } else if (old.scopeColumn() != now.scopeColumn()
                || !Objects.equals(old.constantScope(), now.constantScope())) {
            problem(old, "its scope has changed", "make a new table and copy the rows");
        } else if (!now.uniques().equals(old.uniques())) {
            problem(old, "its UNIQUE keys have changed", "rows that exist may clash: leave them as they are");
        }
        if (problems.size() > known) {
            return;
        }
        compareTexts(old, now);
        List<Column> added =
                now.columns().subList(old.columns().size(), now.columns().size());
        if (!added.isEmpty()) {
            newColumns.put(now.name(), List.copyOf(added));
            TableText text = new TableText(sql(after, now.name()));
            added.forEach(column -> add(now, column, text.columns().get(lower(column.name()))));
        }
    }

    private void compare(Table table, Column old, int place) {
        int found = table.columnIndex(old.name()).orElse(-1);
        if (found < 0) {
            problem(table, old, "it is gone", "keep it: other devices may still have values for it");
            return;
        }
        Column now = table.columns().get(found);
        if (found != place) {
            problem(table, old, "it has moved", "keep the order, and add columns behind the others");
        } else if (!now.name().equals(old.name())) {
            problem(table, old, "it is spelt " + now.name() + " now", "keep the spelling");
        } else if (!now.type().equalsIgnoreCase(old.type())) {
            problem(table, old, "its type was '" + old.type() + "' and is '" + now.type() + "' now", NEW_MEANING);
        } else if (now.merge() != old.merge()) {
            problem(
                    table,
                    old,
                    "its merge word was " + named(old.merge()) + " and is " + named(now.merge()) + " now",
                    NEW_MEANING);
        } else if (now.notNull() != old.notNull()) {
            problem(table, old, "its NOT NULL has changed", "leave it as it was");
        } else if (!now.collation().equals(old.collation())) {
            problem(table, old, "its collation has changed", "leave it as it was");
        }
    }

    /** What SQLite does not tell in columns, and no ALTER TABLE changes. */
    private void compareTexts(Table old, Table now) {
        TableText was = new TableText(sql(before, old.name()));
        TableText is = new TableText(sql(after, now.name()));
        String mend = "a table that exists keeps its own: leave them as they were";
        was.columns().forEach((name, column) -> {
            TableText.Definition other = is.columns().get(name);
            if (other != null && !other.rules().equals(column.rules())) {
                problem(old, name, "its constraints were " + column + " and are " + other, mend);
            }
        });
        is.columns().keySet().stream()
                .filter(name -> !was.columns().containsKey(name)
                        && now.columnIndex(name).isEmpty())
                .forEach(name -> problem(
                        now,
                        name,
                        "a generated column cannot be added to a table that exists",
                        "put the expression into a view"));
        if (!is.constraints().equals(was.constraints())) {
            problem(
                    old,
                    "its constraints were " + listed(was.constraints()) + " and are " + listed(is.constraints()),
                    mend);
        }
        if (!is.options().equals(was.options())) {
            problem(old, "it was " + kind(was) + " and is " + kind(is) + " now", "leave it as it was");
        }
    }

    private static String kind(TableText text) {
        return text.options().isEmpty() ? "a plain table" : text.options().toUpperCase(Locale.ROOT);
    }

    private static String listed(List<String> texts) {
        return texts.isEmpty() ? "none" : "`" + String.join("`, `", texts) + "`";
    }

    private static String named(MergeWord merge) {
        return merge == MergeWord.LAST_WRITER ? "none" : "'" + merge.word() + "'";
    }

    /** What SQLite refuses to add to a table that has rows is refused here for every table. */
    private void add(Table table, Column column, TableText.@org.jspecify.annotations.Nullable Definition definition) {
        if (definition == null) {
            problem(table, column, "it cannot be found in its CREATE TABLE", "write its name as it is, or in quotes");
            return;
        }
        String fallback = definition.fallback();
        boolean refers = definition.says("references");
        if (refers && (column.notNull() || !fallback.equals("null"))) {
            problem(
                    table,
                    column,
                    "a new column with REFERENCES is NULL in the rows that exist",
                    "declare it without NOT NULL and DEFAULT");
        } else if (column.notNull() && fallback.equals("null")) {
            problem(
                    table,
                    column,
                    "it is new, NOT NULL, and has no default for the rows that exist",
                    "give it one: default 0, or default ''");
        } else if (NO_CONSTANT.contains(fallback)) {
            problem(
                    table,
                    column,
                    "it is new, and its default is no constant for the rows that exist",
                    "give it a plain number or text as default");
        }
        additions.add("alter table " + quoted(table.name()) + " add column " + definition.text());
    }

    private static String sql(Schema schema, String table) {
        return schema.statements().stream()
                .filter(s -> s.type().equals("table") && s.name().equalsIgnoreCase(table))
                .map(Schema.Statement::sql)
                .findFirst()
                .orElse("");
    }

    private void dropIfChanged(Schema.Statement old) {
        if (!after.statements().contains(old)) {
            drops.add(0, "drop " + old.type() + " if exists " + quoted(old.name()));
        }
    }

    private void createIfNew(Schema.Statement now) {
        boolean known = now.type().equals("table")
                ? before.table(now.name()).isPresent()
                : before.statements().contains(now);
        if (!known) {
            creations.add(now.sql());
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void problem(Table table, Column column, String message, String mend) {
        problem(table, column.name(), message, mend);
    }

    private void problem(Table table, String column, String message, String mend) {
        problems.add(new Problem("the new schema: " + table.name() + "." + column, message, mend));
    }

    private void problem(Table table, String message, String mend) {
        problems.add(new Problem("the new schema: " + table.name(), message, mend));
    }
}
