package dev.godwit.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The text of a CREATE TABLE, cut into what it says: SQLite tells the columns, but not their CHECKs. */
final class TableText {
    private static final Set<String> TABLE_CONSTRAINTS = Set.of("constraint", "primary", "unique", "check", "foreign");
    private static final Set<String> COLUMN_CONSTRAINTS = Set.of(
            "constraint",
            "primary",
            "not",
            "null",
            "unique",
            "check",
            "default",
            "collate",
            "references",
            "generated",
            "as");

    private final Map<String, Definition> columns = new LinkedHashMap<>();
    private final List<String> constraints = new ArrayList<>();
    private String options = "";

    TableText(String sql) {
        String text = new Script(sql).withoutComments();
        int depth = 0;
        int start = -1;
        int at = 0;
        for (String token : new Script(text).tokens()) {
            at = text.indexOf(token, at);
            if (token.equals("(") && depth++ == 0) {
                start = at + 1;
            } else if (token.equals(")") && --depth == 0) {
                add(text.substring(start, at));
                options = normal(text.substring(at + 1));
                return;
            } else if (token.equals(",") && depth == 1) {
                add(text.substring(start, at));
                start = at + 1;
            }
            at += token.length();
        }
    }

    private void add(String text) {
        List<String> tokens = new Script(text).tokens();
        if (TABLE_CONSTRAINTS.contains(tokens.get(0).toLowerCase(Locale.ROOT))) {
            constraints.add(normal(text));
        } else {
            // SQLite takes a string for a name here
            String name = plain(tokens.get(0)).replaceAll("^'(.*)'$", "$1").toLowerCase(Locale.ROOT);
            columns.put(name, new Definition(text.strip(), rules(tokens)));
        }
    }

    /**
     * A column.
     *
     * @param text as written, without comments
     * @param rules what follows the type: tokens, in lower case but for strings
     */
    record Definition(String text, List<String> rules) {
        boolean says(String... words) {
            return java.util.Collections.indexOfSubList(rules, List.of(words)) >= 0;
        }

        /** The first token of the default; {@code null} if there is none. */
        String fallback() {
            int at = rules.indexOf("default");
            return at < 0 ? "null" : rules.get(at + 1);
        }

        @Override
        public String toString() {
            return rules.isEmpty() ? "none" : "`" + String.join(" ", rules) + "`";
        }
    }

    private static List<String> rules(List<String> tokens) {
        int depth = 0;
        for (int i = 1; i < tokens.size(); i++) {
            String token = tokens.get(i).toLowerCase(Locale.ROOT);
            depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
            if (depth == 0 && COLUMN_CONSTRAINTS.contains(token)) {
                return tokens.subList(i, tokens.size()).stream()
                        .map(TableText::plain)
                        .toList();
            }
        }
        return List.of();
    }

    private static String normal(String text) {
        return String.join(
                " ", new Script(text).tokens().stream().map(TableText::plain).toList());
    }

    /** A name without its quotes, and in lower case, since SQL compares names so; a string as it is. */
    private static String plain(String token) {
        char first = token.charAt(0);
        if (first == '\'') {
            return token;
        }
        if (first == '[') {
            return token.substring(1, token.length() - 1).toLowerCase(Locale.ROOT);
        }
        boolean quoted = first == '"' || first == '`';
        String name = quoted ? token.substring(1, token.length() - 1).replace("" + first + first, "" + first) : token;
        return name.toLowerCase(Locale.ROOT);
    }

    /** The columns by name, in lower case. */
    Map<String, Definition> columns() {
        return columns;
    }

    /** The constraints of the table, normalised. */
    List<String> constraints() {
        return constraints;
    }

    /** What follows the parentheses, normalised: WITHOUT ROWID, STRICT. */
    String options() {
        return options;
    }
}
