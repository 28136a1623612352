package dev.godwit.merge;

import dev.godwit.model.Stamp;
import dev.godwit.model.Value;
import java.util.Objects;

/**
 * A write that reaches a cell.
 *
 * @param stored the value that the cell has now
 * @param cell what is remembered of it, as of every cell
 * @param memory what the column's rule remembers of this cell beside that, as a blob; NULL if nothing
 * @param write the write
 * @param seen what the writer had seen of its scope; commit numbers are below zero, like those in the memory, where the row
 *     was in another scope then
 * @param commit the commit number that the write gets if it is accepted
 * @param stamp the write's stamp
 */
public record Attempt(
        Value stored, CellState cell, Value memory, CellWrite write, Seen seen, long commit, Stamp stamp) {
    /** The base of a writer of whom nobody knows what he had seen, beside his own. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** Checks the components. */
    public Attempt {
        Objects.requireNonNull(stored, "stored");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(write, "write");
        Objects.requireNonNull(seen, "seen");
        if (seen.writer() != stamp.writer()) {
            throw new IllegalArgumentException(
                    "writer " + seen.writer() + " had seen it, and writer " + stamp.writer() + " writes");
        }
    }

    /** A write of a cell of which nothing but its state is remembered. */
    public static Attempt of(Value stored, CellState cell, CellWrite write, Seen seen, long commit, Stamp stamp) {
        return new Attempt(stored, cell, Value.NULL, write, seen, commit, stamp);
    }

    /** The commit number up to which the writer had seen everything. */
    public long base() {
        return seen.base();
    }

    /** Whether somebody else changed the cell above the write's base (H1). */
    public boolean concurrent() {
        return cell.isConcurrent(seen);
    }

    /**
     * Whether the writer replaced another value than the one that is stored. Where somebody else stored it and the write is not
     * concurrent, its writer has pulled it and never saw it: the device showed a pending write of its own over it.
     */
    public boolean replacesAnother() {
        Value replaced = write.base();
        return replaced != null && !replaced.equals(stored);
    }

    /** The value to be written. */
    public Value incoming() {
        return write.value();
    }
}
