package dev.godwit.jdbc;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiled statements of one connection that nobody uses, by their SQL: the ones used last, up to a bound. Those whose columns
 * another schema would change ({@code select *}) are not kept, since the driver counts columns once. Not safe for use by two
 * threads.
 */
final class IdleStatements {
    static final int MOST = 64;

    private static final String COUNT = "count(";

    private final Map<String, JdbcStatement> statements = new LinkedHashMap<>();

    /** A statement of this SQL, which is the caller's until it is given back; null if there is none. */
    @Nullable
    JdbcStatement take(String sql) {
        JdbcStatement waiting = statements.remove(sql);
        if (waiting != null) {
            waiting.reopen();
        }
        return waiting;
    }

    /** Whether it may have columns that it does not name; count(*) has none. */
    private static boolean hasStar(String sql) {
        for (int at = sql.indexOf('*'); at >= 0; at = sql.indexOf('*', at + 1)) {
            if (!sql.regionMatches(true, at - COUNT.length(), COUNT, 0, COUNT.length())) {
                return true;
            }
        }
        return false;
    }

    /** Takes a statement that was reset; false if it is not one to keep. */
    boolean give(String sql, JdbcStatement statement) {
        if (hasStar(sql) || statements.containsKey(sql) || !statement.clear()) {
            return false;
        }
        statements.put(sql, statement);
        if (statements.size() > MOST) {
            Iterator<JdbcStatement> eldest = statements.values().iterator();
            eldest.next().discard();
            eldest.remove();
        }
        return true;
    }
}
