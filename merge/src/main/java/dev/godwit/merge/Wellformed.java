package dev.godwit.merge;

import dev.godwit.model.Column;
import dev.godwit.model.Value;
import java.util.Optional;

/** What values the columns of some merge words take: those that the server would refuse are refused where they are written. */
public final class Wellformed {
    private Wellformed() {}

    /** Why a column cannot take a value, to follow the column's name in a sentence; empty if it can. */
    public static Optional<String> complaint(Column column, Value value) {
        try {
            switch (column.merge()) {
                case ADD_WINS_SET -> ScalarSet.parse(value);
                case MERGED_JSON -> MergedJson.parse(value);
                default -> {
                    // takes what SQLite takes
                }
            }
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The form that a merge would give to a value, for those who write it whole: an insert, or the server's own SQL.
     *
     * @throws IllegalArgumentException if there is a {@link #complaint}
     */
    public static Value canonical(Column column, Value value) {
        return switch (column.merge()) {
            case ADD_WINS_SET -> AddWinsSet.canonical(value);
            case MERGED_JSON -> new MergedJson(column.options().arrayKey()).canonical(value);
            default -> value;
        };
    }
}
