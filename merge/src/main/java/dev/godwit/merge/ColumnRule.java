package dev.godwit.merge;

import dev.godwit.model.Column;
import dev.godwit.model.Value;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** How writes of one column merge. Pure: the same attempt has the same verdict, on every machine, for ever. */
public interface ColumnRule {

    /** Decides one write, on the server. */
    Verdict decide(Attempt attempt);

    /**
     * What a cell shows while a write of this device is pending on it.
     *
     * @param current the value without the write: the server's, or that under an earlier pending write
     * @throws ArithmeticException if it has no place on that value
     */
    Value predict(Value current, CellWrite write);

    /** Whether the rule remembers more of a cell than its {@link CellState}; only then {@link Attempt#memory} is given. */
    default boolean remembers() {
        return false;
    }

    /**
     * The packed time that the write's stamp must exceed, among what the rule remembers of a cell and the writer had seen.
     *
     * @param memory gives what {@link Attempt#memory} is; asked only where it matters
     */
    default long seenTime(Supplier<Value> memory, CellWrite write, Seen seen) {
        return 0;
    }

    /** What is left of the memory when nobody below this commit number comes any more; NULL if nothing. */
    default Value fold(Value memory, long horizon) {
        return memory;
    }

    /** The memory with other commit numbers, in the same order: the row has moved to another scope, which has its own. */
    default Value renumbered(Value memory, LongUnaryOperator numbers) {
        return memory;
    }

    /** The rule of a column. */
    static ColumnRule of(Column column) {
        if (!column.options().precedence().isEmpty()) {
            return new Precedence(column.options().precedence());
        }
        return switch (column.merge()) {
            case LAST_WRITER, SCOPE -> LastWriter.RULE;
            case SERVER_ORDER -> ServerOrder.RULE;
            case COUNTER -> Counter.RULE;
            case MAX -> Extremum.MAX;
            case MIN -> Extremum.MIN;
            case FIRST_WRITE -> FirstWrite.RULE;
            case MANUAL -> Manual.RULE;
            case CUSTOM -> Custom.RULE;
            case READ_ONLY -> ReadOnly.RULE;
            case ADD_WINS_SET -> AddWinsSet.RULE;
            case THREE_WAY -> ThreeWay.RULE;
            case MERGED_JSON -> new MergedJson(column.options().arrayKey());
            case MERGED_TEXT -> MergedText.RULE;
        };
    }
}
