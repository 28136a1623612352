package dev.godwit.model;

import java.util.Objects;

/**
 * What a table's policy rows say about rows that meet.
 *
 * @param delete of a delete and a concurrent update
 * @param keyClash of two rows that were inserted concurrently under one key (H12)
 * @param uniqueClash of two rows with one value of a UNIQUE key
 * @param missingParent of a row whose parent is gone
 */
public record TablePolicies(
        OnDelete delete, OnKeyClash keyClash, OnUniqueClash uniqueClash, OnMissingParent missingParent) {

    /** A delete and a concurrent update. */
    public enum OnDelete {
        /** The row is gone. */
        DELETE_WINS,
        /** The row stays, or comes back, with the update. */
        UPDATE_WINS,
        /** What the server has stays, and a person decides. */
        MANUAL
    }

    /** Two different rows under one new key. */
    public enum OnKeyClash {
        /** The later one gets another key, and what refers to it follows; for one integer. */
        REKEY,
        /** The later one's transaction is rejected. */
        REJECT,
        /** They are one row; its columns merge. */
        MERGE_ROWS
    }

    /** Two rows with one UNIQUE value. */
    public enum OnUniqueClash {
        /** The later one's transaction is rejected. */
        FIRST_WINS,
        /** The later one's text gets a number behind it. */
        RENAME,
        /** They are one row, under the first one's key; what refers to the later one follows. */
        MERGE_ROWS
    }

    /** A row whose parent is gone. */
    public enum OnMissingParent {
        /** The transaction is parked on its device, and a person decides. */
        HOLD,
        /** The parent comes back. */
        RESURRECT,
        /** The row goes too. */
        CASCADE,
        /** The reference becomes NULL. */
        SET_NULL
    }

    /** Checks the components. */
    public TablePolicies {
        Objects.requireNonNull(delete, "delete");
        Objects.requireNonNull(keyClash, "keyClash");
        Objects.requireNonNull(uniqueClash, "uniqueClash");
        Objects.requireNonNull(missingParent, "missingParent");
    }

    /** The defaults of a table. */
    public static TablePolicies defaults(boolean integerKey) {
        return new TablePolicies(
                OnDelete.DELETE_WINS,
                integerKey ? OnKeyClash.REKEY : OnKeyClash.REJECT,
                OnUniqueClash.FIRST_WINS,
                OnMissingParent.HOLD);
    }
}
