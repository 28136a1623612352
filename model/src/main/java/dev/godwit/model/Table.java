package dev.godwit.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A synced table.
 *
 * @param name as declared
 * @param columns every stored column, in the table's own order (generated columns are left out)
 * @param key the primary key's columns, in the key's order, as indexes into {@code columns}
 * @param rowidAlias whether the key is an {@code INTEGER PRIMARY KEY}, which SQLite fills in itself
 * @param scopeColumn the column that names the row's scope, or -1 where {@code constantScope} does
 * @param constantScope the scope of every row of a table without a scope column, or null
 * @param uniques the UNIQUE keys beside the primary key, each as indexes into {@code columns}; UNIQUE indexes over
 *     expressions or a part of the rows are not listed, but hold all the same
 * @param foreignKeys the REFERENCES clauses that point at synced tables
 * @param policies what happens to rows that meet
 */
public record Table(
        String name,
        List<Column> columns,
        List<Integer> key,
        boolean rowidAlias,
        int scopeColumn,
        @org.jspecify.annotations.Nullable String constantScope,
        List<List<Integer>> uniques,
        List<ForeignKey> foreignKeys,
        TablePolicies policies) {

    /** Copies the lists and checks them. */
    public Table {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(policies, "policies");
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        uniques = uniques.stream().map(List::copyOf).toList();
        foreignKeys = List.copyOf(foreignKeys);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key is empty: table " + name);
        }
        if ((scopeColumn >= 0) == (constantScope != null)) {
            throw new IllegalArgumentException("scopeColumn " + scopeColumn + " and constantScope " + constantScope
                    + ": table " + name + " has exactly one of them");
        }
    }

    /** The column's index by name, as SQL compares names: case does not matter; empty if there is none. */
    public Optional<Integer> columnIndex(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(column)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Whether this column is part of the primary key. */
    public boolean isKey(int column) {
        return key.contains(column);
    }

    /** Whether the text in this column is a name of its own that could get a number: it is no key, no scope, no reference. */
    public boolean isName(int column) {
        MergeWord merge = columns.get(column).merge();
        boolean composed = merge == MergeWord.ADD_WINS_SET
                || merge == MergeWord.MERGED_TEXT
                || merge == MergeWord.MERGED_JSON
                || merge == MergeWord.SCOPE;
        return !isKey(column)
                && !composed
                && foreignKeys.stream().noneMatch(clause -> clause.columns().contains(column));
    }

    /** The key within a whole row, which has a value per column. */
    public Key keyOf(Value[] row) {
        Value[] values = new Value[key.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row[key.get(i)];
        }
        return new Key(List.of(values));
    }

    /** The scope that a whole row lives in; empty if its scope column holds no text. */
    public Optional<String> scopeOf(Value[] row) {
        if (constantScope != null) {
            return Optional.of(constantScope);
        }
        Value value = row[scopeColumn];
        return value.kind() == Value.Kind.TEXT && !value.asText().isEmpty()
                ? Optional.of(value.asText())
                : Optional.empty();
    }
}
