package dev.godwit.server;

import dev.godwit.model.Table;
import dev.godwit.model.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rule of the application that the schema cannot express. Runs while a transaction is decided: it must be quick, and depend
 * on nothing but its arguments.
 */
public interface RowValidator {
    /**
     * Judges one row of a transaction as it would be stored.
     *
     * @param before the stored row, or null
     * @param after the row to be stored, or null for a delete
     * @return a sentence for the user if the transaction is to be rejected
     */
    Optional<String> complaint(Table table, @Nullable List<Value> before, @Nullable List<Value> after);
}
