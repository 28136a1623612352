package dev.godwit.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server decided about one transaction. */
public sealed interface Outcome {

    /**
     * The new rows of the transaction that have another key than that under which it was sealed (H12); what its device wrote later
     * under the old one means them.
     */
    default List<Rekeyed> rekeyed() {
        return List.of();
    }

    /**
     * Its effect is in the server's log.
     *
     * @param commits the commit number it got in each scope it touched
     * @param lost the cells whose value lost a concurrent merge: the server's value stays
     * @param rekeyed the new rows that have another key than when they were sealed (H12)
     */
    record Applied(Map<String, Long> commits, List<LostCell> lost, List<Rekeyed> rekeyed) implements Outcome {
        /** Copies the collections. */
        public Applied {
            commits = Map.copyOf(commits);
            lost = List.copyOf(lost);
            rekeyed = List.copyOf(rekeyed);
        }

        /** Every row kept its key. */
        public Applied(Map<String, Long> commits, List<LostCell> lost) {
            this(commits, lost, List.of());
        }
    }

    /**
     * The server had decided this id before, and applied it. Its effect counts once.
     *
     * @param rekeyed the new rows that have another key than that under which they came (H12), from the key under which they were
     *     sealed
     */
    record Duplicate(List<Rekeyed> rekeyed) implements Outcome {
        /** Copies the list. */
        public Duplicate {
            rekeyed = List.copyOf(rekeyed);
        }

        /** Every row kept its key. */
        public Duplicate() {
            this(List.of());
        }
    }

    /**
     * Refused; nothing of it was applied.
     *
     * @param code why
     * @param message a sentence for people, naming the table, the row and the mend
     * @param table the table of the offending row, where there is one
     * @param key the offending row's key, printed, where there is one
     */
    record Rejected(
            RejectionCode code,
            String message,
            @Nullable String table,
            @Nullable String key) implements Outcome {}

    /** Not decided now; send it again after so many milliseconds. */
    record Later(long afterMillis, String reason) implements Outcome {}

    /** A place in the device's sequence that will never hold a transaction (H2): noted. */
    record Voided() implements Outcome {}

    /** A value that lost; {@code column} is null when the whole change lost to a delete. */
    record LostCell(String table, Key key, @Nullable String column) {}

    /**
     * A row that has another key than the one under which it was sealed; what refers to it follows. Its device may have given it the
     * new key itself, which copies of the device do not know.
     */
    record Rekeyed(String table, Key from, Key to) {}
}
