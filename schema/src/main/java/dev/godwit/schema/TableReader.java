package dev.godwit.schema;

import dev.godwit.model.Column;
import dev.godwit.model.ForeignKey;
import dev.godwit.model.Limits;
import dev.godwit.model.MergeWord;
import dev.godwit.model.Table;
import dev.godwit.schema.Catalogue.ColumnInfo;
import dev.godwit.schema.Catalogue.IndexColumn;
import dev.godwit.schema.Catalogue.IndexInfo;
import dev.godwit.schema.Catalogue.Reference;
import dev.godwit.schema.SchemaException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes one table of the model out of what SQLite says about it. */
final class TableReader {
    /** Of a name that is too long, in the message that says so. */
    private static final int SHOWN_CHARS = 100;

    private final String file;
    private final Catalogue catalogue;
    private final Policies policies;
    private final List<Problem> problems;
    private final MergeChecks checks;

    TableReader(String file, Catalogue catalogue, Policies policies, List<Problem> problems) {
        this.file = file;
        this.catalogue = catalogue;
        this.policies = policies;
        this.problems = problems;
        this.checks = new MergeChecks(file, problems);
    }

    /** The table; empty, with the problems noted, if it cannot be synced. */
    Optional<Table> read(String name) {
        int before = problems.size();
        Catalogue.TableInfo info = catalogue.table(name);
        if (info.type().equals("shadow")) {
            return Optional.empty(); // a part of a virtual table, which is refused by its own name
        }
        if (!info.type().equals("table")) {
            problem(
                    name,
                    "",
                    "it is a virtual table, and those are not synced",
                    "create it in the application instead");
            return Optional.empty();
        }
        List<ColumnInfo> stored =
                catalogue.columns(name).stream().filter(c -> c.hidden() == 0).toList();
        if (name.isEmpty() || stored.stream().anyMatch(column -> column.name().isEmpty())) {
            problem(
                    name,
                    "",
                    "it, or a column of it, has an empty name",
                    "give it one: SQLite does without, nobody else");
            return Optional.empty();
        }
        checkLengths(name, stored);
        List<Integer> key = key(name, stored);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            columns.add(column(name, stored.get(i), key.contains(i)));
        }
        int scopeColumn = scopeColumn(name, columns, stored);
        Optional<String> constant = policies.constantScope(name);
        if (catalogue.hasRows(name)) {
            problem(name, "", "the file inserts rows into it", "insert rows with `godwit sql` or in the application");
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        List<ForeignKey> foreignKeys = foreignKeys(name, columns);
        Table table = new Table(
                name,
                columns,
                key,
                isRowidAlias(name, info, stored, key),
                scopeColumn,
                constant.orElse(null),
                uniques(name, columns),
                foreignKeys,
                policies.policies(name, MergeChecks.isRenewable(columns, key, foreignKeys)));
        if (problems.size() == before) {
            checks.checkPolicies(table);
        }
        return problems.size() > before ? Optional.empty() : Optional.of(table);
    }

    private void checkLengths(String table, List<ColumnInfo> stored) {
        String mend = "give it a shorter one: a name has at most " + Limits.NAME_CHARS + " characters";
        if (table.length() > Limits.NAME_CHARS) {
            problem(shortened(table), "", "its name has " + table.length() + " characters", mend);
        }
        stored.stream()
                .map(ColumnInfo::name)
                .filter(name -> name.length() > Limits.NAME_CHARS)
                .forEach(name -> problem(
                        shortened(table), shortened(name), "its name has " + name.length() + " characters", mend));
    }

    private static String shortened(String name) {
        return name.length() > SHOWN_CHARS ? name.substring(0, SHOWN_CHARS) + "…" : name;
    }

    private List<Integer> key(String table, List<ColumnInfo> stored) {
        List<Integer> key = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i).key() > 0) {
                key.add(i);
            }
        }
        key.sort(Comparator.comparing(i -> stored.get(i).key()));
        if (key.isEmpty()) {
            problem(table, "", "it has no primary key", "declare one, for instance `id text primary key`");
        }
        return key;
    }

    private Column column(String table, ColumnInfo info, boolean isKey) {
        DeclaredType type = DeclaredType.of(info.type());
        Optional<MergeWord> policy = policies.word(table, info.name());
        MergeWord near = type.nearMiss();
        if (near != null) {
            problem(
                    table,
                    info.name(),
                    "'" + info.type() + "' ends in no merge word",
                    "did you mean '" + near.word() + "'? If it is a type of its own, give it a size: `" + info.type()
                            + "(1)`");
        }
        MergeWord typed = type.word();
        MergeWord merge = typed != null ? typed : policy.orElse(MergeWord.LAST_WRITER);
        if (typed != null && policy.isPresent() && policy.get() != typed) {
            problem(table, info.name(), "its type and its policy row name different merge words", "keep one of them");
        }
        Column column = new Column(
                info.name(),
                type.type(),
                merge,
                collation(table, info.name()),
                info.notNull(),
                policies.options(table, info.name()));
        int before = problems.size();
        checks.checkColumn(table, column, isKey);
        if (problems.size() == before && typed != null && typed != MergeWord.SCOPE) {
            checkAffinity(table, info, type.type(), typed);
        }
        return column;
    }

    /** A word must leave to SQLite the type that stands before it. */
    private void checkAffinity(String table, ColumnInfo info, String type, MergeWord word) {
        String meant = DeclaredType.affinity(type);
        String is = DeclaredType.affinity(info.type());
        if (!is.equals(meant)) {
            problem(
                    table,
                    info.name(),
                    "'" + word.word() + "' would change the column's affinity from " + meant + " to " + is,
                    "leave it out and say it with a policy row: insert into godwit_policy values ('"
                            + table.replace("'", "''") + "', '" + info.name().replace("'", "''") + "', 'merge', '"
                            + word.word() + "')");
        }
    }

    private int scopeColumn(String table, List<Column> columns, List<ColumnInfo> stored) {
        List<Integer> scopes = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).merge() == MergeWord.SCOPE) {
                scopes.add(i);
            }
        }
        boolean constant = policies.constantScope(table).isPresent();
        if (scopes.size() + (constant ? 1 : 0) != 1) {
            problem(
                    table,
                    "",
                    scopes.isEmpty() && !constant
                            ? "nothing says which scope its rows live in"
                            : "more than one thing says which scope its rows live in",
                    "either one column like `team text scope not null`, or one policy row: insert into godwit_policy values ('"
                            + table.replace("'", "''") + "', null, 'scope', 'shared')");
            return -1;
        }
        if (constant) {
            return -1;
        }
        ColumnInfo scope = stored.get(scopes.get(0));
        if (!scope.notNull()
                || !DeclaredType.affinity(DeclaredType.of(scope.type()).type()).equals("TEXT")) {
            problem(
                    table,
                    scope.name(),
                    "a scope column is a text and never NULL",
                    "declare `" + scope.name() + " text scope not null`");
        }
        return scopes.get(0);
    }

    /** Only {@code INTEGER PRIMARY KEY} is the rowid; with it SQLite makes no index for the key. */
    private boolean isRowidAlias(String table, Catalogue.TableInfo info, List<ColumnInfo> stored, List<Integer> key) {
        return !info.withoutRowid()
                && key.size() == 1
                && stored.get(key.get(0)).type().equalsIgnoreCase("integer")
                && catalogue.indexes(table).stream().noneMatch(i -> i.origin().equals("pk"));
    }

    private String collation(String table, String column) {
        // of the key first: another UNIQUE may collate the same column differently
        List<IndexInfo> indexes = catalogue.indexes(table).stream()
                .filter(index -> !index.origin().equals("c"))
                .sorted(Comparator.comparing(IndexInfo::origin))
                .toList();
        for (IndexInfo index : indexes) {
            for (IndexColumn part : catalogue.indexColumns(index.name())) {
                if (part.name().equalsIgnoreCase(column)) {
                    return part.collation();
                }
            }
        }
        return "BINARY";
    }

    private List<List<Integer>> uniques(String table, List<Column> columns) {
        List<List<Integer>> uniques = new ArrayList<>();
        for (IndexInfo index : catalogue.indexes(table)) {
            if (!index.unique() || index.partial() || index.origin().equals("pk")) {
                continue;
            }
            List<Integer> places = new ArrayList<>();
            for (IndexColumn part : catalogue.indexColumns(index.name())) {
                places.add(place(columns, part.name()));
            }
            if (!places.contains(-1)) {
                uniques.add(places);
            }
        }
        return uniques;
    }

    private List<ForeignKey> foreignKeys(String table, List<Column> columns) {
        Map<Integer, List<Reference>> clauses = new TreeMap<>(Comparator.reverseOrder());
        for (Reference reference : catalogue.references(table)) {
            clauses.computeIfAbsent(reference.id(), id -> new ArrayList<>()).add(reference);
        }
        List<ForeignKey> keys = new ArrayList<>();
        for (List<Reference> clause : clauses.values()) {
            foreignKey(table, columns, clause).ifPresent(keys::add);
        }
        return keys;
    }

    private Optional<ForeignKey> foreignKey(String table, List<Column> columns, List<Reference> clause) {
        String parent = clause.get(0).parent();
        List<ColumnInfo> parentColumns =
                catalogue.columns(parent).stream().filter(c -> c.hidden() == 0).toList();
        List<Integer> from = new ArrayList<>();
        List<Integer> to = new ArrayList<>();
        for (Reference reference : clause) {
            from.add(place(columns, reference.from()));
            to.add(parentPlace(parentColumns, reference));
        }
        if (parentColumns.isEmpty() || to.contains(-1) || from.contains(-1)) {
            problem(
                    table,
                    clause.get(0).from(),
                    "it refers to " + parent + ", where there is no such table or column",
                    "create the parent in this file, or leave the REFERENCES out");
            return Optional.empty();
        }
        return Optional.of(new ForeignKey(from, parent, to, action(clause.get(0).onDelete())));
    }

    private static int parentPlace(List<ColumnInfo> parent, Reference reference) {
        for (int i = 0; i < parent.size(); i++) {
            boolean named = parent.get(i).name().equalsIgnoreCase(reference.to());
            if (reference.to().isEmpty() ? parent.get(i).key() == reference.place() + 1 : named) {
                return i;
            }
        }
        return -1;
    }

    private static ForeignKey.Action action(String onDelete) {
        return switch (onDelete) {
            case "CASCADE" -> ForeignKey.Action.CASCADE;
            case "SET NULL" -> ForeignKey.Action.SET_NULL;
            case "SET DEFAULT" -> ForeignKey.Action.SET_DEFAULT;
            default -> ForeignKey.Action.NO_ACTION;
        };
    }

    private static int place(List<Column> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private void problem(String table, String column, String message, String mend) {
        problems.add(new Problem(file + ": " + table + (column.isEmpty() ? "" : "." + column), message, mend));
    }
}
