package dev.godwit.merge;

import dev.godwit.model.Value;
import java.util.Objects;

/** What a rule makes of a write. */
public sealed interface Verdict {

    /** Whose value is not what the cell holds afterwards although nobody had overwritten it knowingly. */
    enum Loser {
        /** Nobody's: both are in the result, or one had seen the other. */
        NONE,
        /** The value that was stored. */
        STORED,
        /** The write. */
        INCOMING
    }

    /**
     * The cell is settled.
     *
     * @param value what it holds now
     * @param taken whether the write changed the cell, and its writer and stamp are the cell's now
     * @param memory what the rule remembers beside the value; NULL if nothing
     * @param loser whose value was lost
     * @param undecided whether a person has to look at it
     */
    record Settled(Value value, boolean taken, Value memory, Loser loser, boolean undecided) implements Verdict {
        /** Checks the components. */
        public Settled {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(memory, "memory");
            if (undecided && loser == Loser.NONE) {
                throw new IllegalArgumentException("undecided, and nobody lost");
            }
        }
    }

    /** The write makes no sense for the column; the transaction is rejected with this reason. */
    record Refused(String reason) implements Verdict {}

    /** A resolver of the application decides. */
    record Ask() implements Verdict {}

    /** The cell takes the value; nothing was lost. */
    static Settled write(Value value) {
        return new Settled(value, true, Value.NULL, Loser.NONE, false);
    }

    /** The cell takes the value, and a stored value that the writer had not seen is lost; equal values lose nothing. */
    static Settled replace(Attempt attempt, Value value) {
        CellState cell = attempt.cell();
        boolean own = attempt.seen().isOwn(cell.commit(), cell.stamp().writer());
        boolean unseen = attempt.concurrent() || attempt.replacesAnother();
        boolean lost = unseen && !own && !attempt.stored().equals(value);
        return new Settled(value, true, Value.NULL, lost ? Loser.STORED : Loser.NONE, false);
    }

    /** The stored value stays, and the write is lost; equal values lose nothing. */
    static Settled keep(Attempt attempt) {
        boolean lost = !attempt.stored().equals(attempt.incoming());
        return new Settled(attempt.stored(), false, Value.NULL, lost ? Loser.INCOMING : Loser.NONE, false);
    }
}
