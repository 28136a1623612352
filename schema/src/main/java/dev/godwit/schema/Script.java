package dev.godwit.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts SQL text into tokens, and into statements at the semicolons that are not inside quotes, comments or trigger bodies. It
 * knows just enough of SQL for that; SQLite itself judges what the pieces say.
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
        for (int at = 0; at < text.length(); at = after(at)) {
            if (text.charAt(at) == ';' && (!isTrigger(start) || endsTrigger(start, at))) {
                add(statements, start, at);
                start = at + 1;
            }
        }
        add(statements, start, text.length());
        return statements;
    }

    private boolean isTrigger(int start) {
        List<String> first = words(start, 3);
        return first.get(0).equals("create")
                && (first.get(1).equals("trigger")
                        || (first.get(1).startsWith("temp") && first.get(2).equals("trigger")));
    }

    /** Words at the beginning of a statement, in lower case; other tokens count as words. */
    private List<String> words(int start, int count) {
        List<String> words = new ArrayList<>();
        int at = skipBlank(start);
        while (words.size() < count) {
            int end = at < text.length() ? after(at) : at;
            words.add(text.substring(at, end).toLowerCase(Locale.ROOT));
            at = skipBlank(end);
        }
        return words;
    }

    /** SQLite's own rule ({@code sqlite3_complete}): a trigger ends with {@code ; end ;}, whatever its columns are named. */
    private boolean endsTrigger(int start, int semicolon) {
        String before = "";
        String last = "";
        for (int at = skipBlank(start); at < semicolon; at = skipBlank(after(at))) {
            before = last;
            last = text.substring(at, after(at)).toLowerCase(Locale.ROOT);
        }
        return before.equals(";") && last.equals("end");
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

    /** The text with a blank for each comment. */
    String withoutComments() {
        StringBuilder kept = new StringBuilder();
        for (int at = 0; at < text.length(); at = after(at)) {
            kept.append(isComment(at) ? " " : text.substring(at, after(at)));
        }
        return kept.toString();
    }

    /** The tokens of the text, without blanks and comments. */
    List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        for (int at = skipBlank(0); at < text.length(); at = skipBlank(after(at))) {
            tokens.add(text.substring(at, after(at)));
        }
        return tokens;
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
            return afterQuote(at, c == '[' ? ']' : c);
        }
        int end = at + 1;
        if (isWord(c)) {
            while (end < text.length() && isWord(text.charAt(end))) {
                end++;
            }
        }
        return end;
    }

    /** Inside quotes the quote itself is written twice. */
    private int afterQuote(int at, char quote) {
        int close = text.indexOf(quote, at + 1);
        while (close >= 0 && quote != ']' && text.startsWith(String.valueOf(quote), close + 1)) {
            close = text.indexOf(quote, close + 2);
        }
        return close < 0 ? text.length() : close + 1;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c >= 0x80;
    }

    private boolean isComment(int at) {
        return text.startsWith("--", at) || text.startsWith("/*", at);
    }
}
