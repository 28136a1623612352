package dev.godwit.jdbc;

import dev.godwit.sql.SqliteCode;
import dev.godwit.sql.SqliteException;
import java.util.regex.Pattern;

/** Refuses SQL that holds a second statement: the driver would compile the first and forget the rest without a word. */
final class OneStatement {
    /** The only statement with semicolons inside. */
    private static final Pattern TRIGGER = Pattern.compile(
            "\\s*create\\s+(temp\\s+|temporary\\s+)?trigger\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private OneStatement() {}

    static void check(String sql) {
        int end = sql.indexOf(';');
        if (end < 0 || sql.substring(end + 1).isBlank() || TRIGGER.matcher(sql).matches()) {
            return;
        }
        boolean ended = false;
        for (int i = 0; i < sql.length(); ) {
            int next = skip(sql, i);
            boolean isText = next == i + 1 && !Character.isWhitespace(sql.charAt(i)) && sql.charAt(i) != ';';
            if (ended && (isText || isQuote(sql.charAt(i)))) {
                throw new SqliteException(
                        SqliteCode.ERROR,
                        "more than one statement, and only the first would run; run each on its own. The second begins with: "
                                + sql.substring(i, Math.min(sql.length(), i + 40)),
                        null);
            }
            ended |= sql.charAt(i) == ';';
            i = next;
        }
    }

    /** Where what begins at {@code i} ends: a quoted text, a comment, or one character. */
    private static int skip(String sql, int i) {
        char c = sql.charAt(i);
        if (isQuote(c)) {
            return after(sql, c == '[' ? "]" : String.valueOf(c), i + 1);
        } else if (sql.startsWith("--", i)) {
            return after(sql, "\n", i);
        } else if (sql.startsWith("/*", i)) {
            return after(sql, "*/", i + 2);
        }
        return i + 1;
    }

    private static boolean isQuote(char c) {
        return c == '\'' || c == '"' || c == '`' || c == '[';
    }

    private static int after(String sql, String end, int from) {
        int at = sql.indexOf(end, from);
        return at < 0 ? sql.length() : at + end.length();
    }
}
