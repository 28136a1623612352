package dev.godwit.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts SQL text at semicolons and commas that are not inside quotes, comments, parentheses or trigger bodies. It knows just
 * enough of SQL's tokens for that; SQLite itself judges what the pieces say.
 */
final class Script {
    private final String text;

    Script(String text) {
        this.text = text;
    }

    /** A statement and the line of the file on which it begins. */
    record Statement(String sql, int line) {}

    /** The statements of the text, without empty ones. */
    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        int start = 0;
        int depth = 0;
        boolean trigger = false;
        for (int at = 0; at < text.length(); at = after(at)) {
            if (Character.isLetter(text.charAt(at))) {
                String word = text.substring(at, after(at)).toLowerCase(Locale.ROOT);
                trigger |= word.equals("trigger") && startsWithCreate(start);
                depth += trigger && (word.equals("begin") || word.equals("case")) ? 1 : 0;
                depth -= trigger && word.equals("end") ? 1 : 0;
            } else if (text.charAt(at) == ';' && depth <= 0) {
                add(statements, start, at);
                start = at + 1;
                trigger = false;
                depth = 0;
            }
        }
        add(statements, start, text.length());
        return statements;
    }

    private boolean startsWithCreate(int start) {
        int first = skipBlank(start);
        return text.regionMatches(true, first, "create", 0, 6);
    }

    private void add(List<Statement> statements, int start, int end) {
        int first = skipBlank(start);
        if (first < end) {
            int line = 1
                    + (int) text.substring(0, first)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            statements.add(new Statement(text.substring(first, end).strip(), line));
        }
    }

    private int skipBlank(int from) {
        int at = from;
        while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || isComment(at))) {
            at = after(at);
        }
        return at;
    }

    /** The definitions between the outermost parentheses of a CREATE TABLE, one for each comma on that level. */
    List<String> definitions() {
        List<String> definitions = new ArrayList<>();
        int depth = 0;
        int start = -1;
        for (int at = 0; at < text.length(); at = after(at)) {
            char c = text.charAt(at);
            if (c == '(' && depth++ == 0) {
                start = at + 1;
            } else if (c == ')' && --depth == 0) {
                definitions.add(text.substring(start, at).strip());
                return definitions;
            } else if (c == ',' && depth == 1) {
                definitions.add(text.substring(start, at).strip());
                start = at + 1;
            }
        }
        return definitions;
    }

    /** The place behind the token that begins here. */
    private int after(int at) {
        char c = text.charAt(at);
        if (isComment(at)) {
            String end = c == '-' ? "\n" : "*/";
            int close = text.indexOf(end, at + 2);
            return close < 0 ? text.length() : close + end.length();
        }
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            int close = text.indexOf(c == '[' ? ']' : c, at + 1);
            return close < 0 ? text.length() : close + 1;
        }
        int end = at + 1;
        if (Character.isLetter(c) || c == '_') {
            while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
                end++;
            }
        }
        return end;
    }

    private boolean isComment(int at) {
        return text.startsWith("--", at) || text.startsWith("/*", at);
    }
}
