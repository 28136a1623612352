package dev.godwit.schema;

import dev.godwit.model.MergeWord;
import dev.godwit.schema.SchemaException.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rows of {@code godwit_policy}: what does not fit into a word of a column's type. */
final class Policies {
    private static final Set<String> LATER = new TreeSet<>(
            Set.of("precedence", "unique", "parent", "key_clash", "retention", "eviction", "array_key", "quiet"));
    private static final Set<String> KNOWN = new TreeSet<>(Set.of("scope", "merge", "delete"));

    private static final Set<String> LATER_DELETES = Set.of("update_wins", "manual");

    private final String file;
    private final List<Problem> problems;
    private final Map<String, String> scopes = new HashMap<>();
    private final Map<String, MergeWord> words = new HashMap<>();

    Policies(String file, Catalogue catalogue, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
        for (List<String> row : catalogue.policies()) {
            take(catalogue, row.get(0), row.get(1), row.get(2).toLowerCase(Locale.ROOT), row.get(3));
        }
    }

    private void take(Catalogue catalogue, String table, String column, String policy, String value) {
        String place = file + ": godwit_policy for " + table + (column.isEmpty() ? "" : "." + column);
        List<Catalogue.ColumnInfo> columns = catalogue.columns(table);
        List<String> tables = catalogue.entries().stream()
                .filter(e -> e.type().equals("table"))
                .map(Catalogue.Entry::name)
                .toList();
        if (tables.stream().noneMatch(table::equalsIgnoreCase)) {
            problem(place, "there is no table '" + table + "'", Spelling.hint(table, tables));
        } else if (!column.isEmpty() && columns.stream().noneMatch(c -> c.name().equalsIgnoreCase(column))) {
            List<String> names =
                    columns.stream().map(Catalogue.ColumnInfo::name).toList();
            problem(place, "there is no column '" + column + "'", Spelling.hint(column, names));
        } else {
            take(place, key(table, column), column.isEmpty(), policy, value);
        }
    }

    private void take(String place, String key, boolean wholeTable, String policy, String value) {
        switch (policy) {
            case "scope" -> {
                if (!wholeTable || value.isEmpty()) {
                    problem(
                            place,
                            "a constant scope belongs to a whole table and has a name",
                            "set on_column to null, and value to the scope's name");
                } else {
                    set(scopes, place, key, value);
                }
            }
            case "merge" -> {
                Optional<MergeWord> word = MergeWord.ofWord(value);
                if (wholeTable) {
                    problem(place, "'" + value + "' is no merge word for a whole table", "name a column in on_column");
                } else if (word.isEmpty()) {
                    problem(place, "'" + value + "' is no merge word for a column", Spelling.hint(value, mergeWords()));
                } else {
                    set(words, place, key, word.get());
                }
            }
            case "delete" -> {
                if (LATER_DELETES.contains(value)) {
                    problem(
                            place,
                            "delete policy '" + value + "' comes in a later release",
                            "use 'delete_wins' until then");
                } else if (!value.equals("delete_wins")) {
                    problem(place, "'" + value + "' is no delete policy", "use 'delete_wins'");
                }
            }
            default -> unknown(place, policy);
        }
    }

    private <T> void set(Map<String, T> policies, String place, String key, T value) {
        T other = policies.put(key, value);
        if (other != null && !other.equals(value)) {
            problem(place, "two rows say different things", "keep one of them");
        }
    }

    private void unknown(String place, String policy) {
        if (LATER.contains(policy)) {
            problem(place, "policy '" + policy + "' comes in a later release", "leave the row out until then");
        } else {
            problem(place, "'" + policy + "' is no policy", Spelling.hint(policy, KNOWN));
        }
    }

    static List<String> mergeWords() {
        return java.util.Arrays.stream(MergeWord.values())
                .map(MergeWord::word)
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private void problem(String place, String message, String mend) {
        problems.add(new Problem(place, message, mend));
    }

    private static String key(String table, String column) {
        return (table + "\u0000" + column).toLowerCase(Locale.ROOT);
    }

    Optional<String> constantScope(String table) {
        return Optional.ofNullable(scopes.get(key(table, "")));
    }

    Optional<MergeWord> word(String table, String column) {
        return Optional.ofNullable(words.get(key(table, column)));
    }
}
