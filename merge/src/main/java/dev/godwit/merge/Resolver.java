package dev.godwit.merge;

import dev.godwit.model.Key;
import dev.godwit.model.Value;
import java.util.Locale;

/**
 * Decides about concurrent writes of a cell for the application. It must be pure: the answer depends on the clash and on
 * nothing else, has no effect, and is quick. On the server it runs while a transaction is decided.
 */
public interface Resolver {

    /**
     * Two writes of a cell that had not seen each other.
     *
     * @param table the table
     * @param key the row's key
     * @param column the column
     * @param base the value that {@code theirs} replaced on its device; NULL if it is not known
     * @param ours the value that is stored
     * @param theirs the value that arrives
     * @param ourSubject who wrote {@code ours}: the subject of a token, empty for the server itself
     * @param theirSubject who wrote {@code theirs}
     */
    record Clash(
            String table,
            Key key,
            String column,
            Value base,
            Value ours,
            Value theirs,
            String ourSubject,
            String theirSubject) {}

    /** How a column is named where its resolver is registered; case does not matter. */
    static String name(String table, String column) {
        return (table + "." + column).toLowerCase(Locale.ROOT);
    }

    /** The value that the cell shall hold; whatever is thrown parks the transaction, and nothing else. */
    Value resolve(Clash clash);
}
