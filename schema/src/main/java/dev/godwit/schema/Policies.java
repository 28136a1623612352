package dev.godwit.schema;

import dev.godwit.model.ColumnOptions;
import dev.godwit.model.MergeWord;
import dev.godwit.model.TablePolicies;
import dev.godwit.model.TablePolicies.OnDelete;
import dev.godwit.model.TablePolicies.OnKeyClash;
import dev.godwit.model.TablePolicies.OnMissingParent;
import dev.godwit.model.TablePolicies.OnUniqueClash;
import dev.godwit.schema.SchemaException.Problem;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The rows of {@code godwit_policy}: what does not fit into a word of a column's type. */
final class Policies {
    private static final Set<String> LATER = new TreeSet<>(Set.of("retention", "eviction"));
    private static final Set<String> KNOWN = new TreeSet<>(
            Set.of("scope", "merge", "delete", "key_clash", "unique", "parent", "precedence", "array_key", "quiet"));

    private final String file;
    private final List<Problem> problems;
    private final Map<String, String> scopes = new HashMap<>();
    private final Map<String, MergeWord> words = new HashMap<>();
    private final Map<String, List<String>> orders = new HashMap<>();
    private final Map<String, String> arrayKeys = new HashMap<>();
    private final Map<String, Boolean> quiet = new HashMap<>();
    private final Map<String, OnDelete> deletes = new HashMap<>();
    private final Map<String, OnKeyClash> keyClashes = new HashMap<>();
    private final Map<String, OnUniqueClash> uniqueClashes = new HashMap<>();
    private final Map<String, OnMissingParent> parents = new HashMap<>();

    Policies(String file, Catalogue catalogue, List<Problem> problems) {
        this.file = file;
        this.problems = problems;
        for (List<String> row : catalogue.policies()) {
            take(catalogue, row.get(0), row.get(1), row.get(2).toLowerCase(Locale.ROOT), row.get(3));
        }
    }

    private void take(Catalogue catalogue, String table, String column, String policy, String value) {
        String place = file + ": godwit_policy for " + table + (column.isEmpty() ? "" : "." + column);
        List<String> tables = catalogue.entries().stream()
                .filter(e -> e.type().equals("table"))
                .map(Catalogue.Entry::name)
                .toList();
        if (tables.stream().noneMatch(table::equalsIgnoreCase)) {
            problem(place, "there is no table '" + table + "'", Spelling.hint(table, tables));
        } else if (column.isEmpty() || hasColumn(catalogue.columns(table), column, place)) {
            take(place, key(table, column), column.isEmpty(), policy, value);
        }
    }

    private boolean hasColumn(List<Catalogue.ColumnInfo> columns, String name, String place) {
        Optional<Catalogue.ColumnInfo> found =
                columns.stream().filter(c -> c.name().equalsIgnoreCase(name)).findFirst();
        if (found.isEmpty()) {
            List<String> names =
                    columns.stream().map(Catalogue.ColumnInfo::name).toList();
            problem(place, "there is no column '" + name + "'", Spelling.hint(name, names));
        } else if (found.get().hidden() != 0) {
            problem(
                    place,
                    "'" + name + "' is a generated column, and those are not synced",
                    "name the columns that it is made of");
        }
        return found.isPresent() && found.get().hidden() == 0;
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
            case "delete" -> setOfTable(deletes, place, key, wholeTable, policy, value, OnDelete.values());
            case "key_clash" -> setOfTable(keyClashes, place, key, wholeTable, policy, value, OnKeyClash.values());
            case "unique" -> setOfTable(uniqueClashes, place, key, wholeTable, policy, value, OnUniqueClash.values());
            case "parent" -> setOfTable(parents, place, key, wholeTable, policy, value, OnMissingParent.values());
            case "precedence" -> takeOrder(place, key, wholeTable, value);
            case "array_key" -> {
                if (wholeTable || value.isEmpty()) {
                    problem(
                            place,
                            "an array_key names a member of the objects in one column's arrays",
                            "name the column in on_column, and the member in value");
                } else {
                    set(arrayKeys, place, key, value);
                }
            }
            case "quiet" -> {
                if (wholeTable || !(value.equals("1") || value.equals("0"))) {
                    problem(
                            place,
                            "quiet is 1 or 0 for one column",
                            "name the column in on_column, and set value to 1");
                } else {
                    set(quiet, place, key, value.equals("1"));
                }
            }
            default -> unknown(place, policy);
        }
    }

    /** A policy of a whole table, spelled as one of these constants. */
    private <E extends Enum<E>> void setOfTable(
            Map<String, E> policies,
            String place,
            String key,
            boolean wholeTable,
            String policy,
            String value,
            E[] constants) {
        List<String> names = Arrays.stream(constants)
                .map(c -> c.name().toLowerCase(Locale.ROOT))
                .toList();
        int found = names.indexOf(value.toLowerCase(Locale.ROOT));
        if (!wholeTable) {
            problem(place, "policy '" + policy + "' belongs to a whole table", "set on_column to null");
        } else if (found < 0) {
            problem(place, "'" + value + "' is no policy for '" + policy + "'", Spelling.hint(value, names));
        } else {
            set(policies, place, key, constants[found]);
        }
    }

    private void takeOrder(String place, String key, boolean wholeTable, String value) {
        List<String> order =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        if (wholeTable
                || order.size() < 2
                || order.contains("")
                || order.stream().distinct().count() < order.size()) {
            problem(
                    place,
                    "a precedence is a list of different values of one column, the weakest first",
                    "name the column in on_column, and write them with commas: 'open,assigned,done'");
        } else {
            set(orders, place, key, order);
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
        return Arrays.stream(MergeWord.values())
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

    /** What is said about a column beside its merge word. */
    ColumnOptions options(String table, String column) {
        String key = key(table, column);
        return new ColumnOptions(
                orders.getOrDefault(key, List.of()), arrayKeys.get(key), quiet.getOrDefault(key, false));
    }

    /**
     * What happens to rows that meet.
     *
     * @param renewable whether a row may be given another key
     */
    TablePolicies policies(String table, boolean renewable) {
        String key = key(table, "");
        TablePolicies fallback = TablePolicies.defaults(renewable);
        return new TablePolicies(
                deletes.getOrDefault(key, fallback.delete()),
                keyClashes.getOrDefault(key, fallback.keyClash()),
                uniqueClashes.getOrDefault(key, fallback.uniqueClash()),
                parents.getOrDefault(key, fallback.missingParent()));
    }
}
