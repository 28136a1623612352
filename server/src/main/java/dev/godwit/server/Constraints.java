package dev.godwit.server;

import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.rows.RowWrites;
import dev.godwit.sql.SqliteException;
import org.jspecify.annotations.Nullable;

/** Turns a constraint that SQLite found broken into a rejection that a person understands. */
final class Constraints {
    private Constraints() {}

    static Outcome.Rejected rejection(SqliteException failure, RowWrites.@Nullable Place culprit) {
        String table = culprit == null ? null : culprit.table();
        String key = culprit == null ? null : culprit.key().toString();
        String row = culprit == null ? "A row" : "Row " + key + " of " + table;
        String detail = String.valueOf(failure.getMessage());
        int colon = detail.indexOf(": ");
        String what = colon < 0 ? detail : detail.substring(colon + 2);
        return switch (failure.code()) {
            case CONSTRAINT_CHECK ->
                new Outcome.Rejected(
                        RejectionCode.CHECK,
                        row + " breaks the rule '" + what + "'. Correct it and retry.",
                        table,
                        key);
            case CONSTRAINT_NOTNULL ->
                new Outcome.Rejected(
                        RejectionCode.NOT_NULL,
                        row + " has no value for " + what + ". Give it one and retry.",
                        table,
                        key);
            case CONSTRAINT_UNIQUE, CONSTRAINT_PRIMARYKEY ->
                new Outcome.Rejected(
                        RejectionCode.UNIQUE,
                        row + ": another row already has this value of " + what + ". Choose another one and retry.",
                        table,
                        key);
            case CONSTRAINT_DATATYPE ->
                new Outcome.Rejected(
                        RejectionCode.TYPE, row + ": " + detail + ". Correct the value and retry.", table, key);
            default ->
                new Outcome.Rejected(
                        RejectionCode.CHECK, row + " is refused by the database: " + detail + ".", table, key);
        };
    }
}
