package dev.godwit.schema;

import dev.godwit.schema.SchemaException.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which statements of a schema file are executed at all: those that declare, and rows of policies as literals. Whatever else SQLite
 * would do for it (open other files, run without end, fill the memory, change the connection) is refused before it begins.
 */
final class Admission {
    private static final Set<String> FOREIGN = Set.of(
            "analyze",
            "attach",
            "begin",
            "commit",
            "delete",
            "detach",
            "end",
            "explain",
            "pragma",
            "reindex",
            "release",
            "replace",
            "rollback",
            "savepoint",
            "select",
            "update",
            "vacuum",
            "values",
            "with");

    private static final String POLICY_TABLE = "godwit_policy";

    private final String file;

    Admission(String file) {
        this.file = file;
    }

    /** Why a statement is not executed; empty if it is. */
    Optional<Problem> complaint(Script.Statement statement) {
        List<String> tokens = new Script(statement.sql())
                .tokens().stream().map(token -> token.toLowerCase(Locale.ROOT)).toList();
        String first = tokens.get(0);
        if (FOREIGN.contains(first)) {
            return problem(
                    statement,
                    first.toUpperCase(Locale.ROOT) + " declares nothing",
                    "leave it out: a schema file has CREATE, ALTER and DROP, and policy rows");
        }
        if (first.equals("insert")) {
            return insert(statement, tokens);
        }
        boolean creates = first.equals("create") && tokens.size() > 1;
        if (creates && tokens.get(1).startsWith("temp")) {
            return problem(statement, "what is temporary belongs to no schema", "leave TEMP out");
        }
        boolean fillsTable = creates && tokens.get(1).equals("table") && tokens.contains("select");
        return fillsTable
                ? problem(statement, "it makes a table of a query", "name the columns and their types")
                : changesPolicyTable(statement, tokens);
    }

    private Optional<Problem> insert(Script.Statement statement, List<String> tokens) {
        int into = tokens.indexOf("into");
        String table = into < 0 || into + 1 == tokens.size() ? "" : tokens.get(into + 1);
        if (into >= 0 && !unquoted(table).equals(POLICY_TABLE)) {
            List<String> spelled = new Script(statement.sql()).tokens();
            return Optional.of(new Problem(
                    file + ": " + (table.isEmpty() ? "" : unquoted(spelled.get(into + 1))),
                    "the file inserts rows into it",
                    "insert rows with `godwit sql` or in the application"));
        }
        boolean literal = tokens.stream().skip(into + 2).allMatch(Admission::isLiteral);
        return literal
                ? Optional.empty()
                : problem(
                        statement,
                        "a policy row has something else than literals",
                        "write insert into godwit_policy values ('table', 'column', 'policy', 'value')");
    }

    /** What a list of columns and rows of literals is made of: no function and no query. */
    private static boolean isLiteral(String token) {
        char c = token.charAt(0);
        return Character.isDigit(c)
                || c == '-'
                || c == '.'
                || c == '\''
                || c == ','
                || c == '('
                || c == ')'
                || c == '"'
                || c == '`'
                || c == '['
                || Set.of("values", "null", "on_table", "on_column", "policy", "value")
                        .contains(token);
    }

    private Optional<Problem> changesPolicyTable(Script.Statement statement, List<String> tokens) {
        boolean changes = tokens.get(0).equals("alter") || tokens.get(0).equals("drop");
        boolean named = tokens.stream().anyMatch(token -> unquoted(token).equals(POLICY_TABLE));
        boolean triggered = tokens.get(0).equals("create") && tokens.contains("trigger") && isOn(tokens);
        return (changes && named) || triggered
                ? problem(statement, "godwit_policy is the engine's own", "leave the statement out")
                : Optional.empty();
    }

    /** Whether a trigger is one of the policy table: its name stands behind the first ON, a schema's before it. */
    private static boolean isOn(List<String> tokens) {
        int on = tokens.indexOf("on");
        return on >= 0
                && tokens.stream()
                        .skip(on + 1L)
                        .limit(3)
                        .anyMatch(token -> unquoted(token).equals(POLICY_TABLE));
    }

    private static String unquoted(String token) {
        boolean quoted = token.length() > 1 && "\"'`[".indexOf(token.charAt(0)) >= 0;
        return quoted ? token.substring(1, token.length() - 1) : token;
    }

    private Optional<Problem> problem(Script.Statement statement, String what, String mend) {
        return Optional.of(new Problem(file + ", line " + statement.line(), what, mend));
    }
}
