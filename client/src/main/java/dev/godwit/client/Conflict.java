package dev.godwit.client;

import dev.godwit.model.Key;
import dev.godwit.model.Value;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A write that lost a concurrent merge.
 *
 * @param id names the entry, for {@link Inbox}
 * @param undecided whether it waits for a person
 * @param table the table
 * @param key the row's key
 * @param column the column; null if the row as a whole is meant: a delete, or a row that went
 * @param base what the loser had replaced; NULL if it is not known
 * @param mine the value that lost; where {@code column} is null, NULL for a delete, else the row
 * @param theirs the value that it met
 * @param winner what the cell held then
 * @param rule the merge word or the policy that decided
 * @param loser who wrote {@code mine}
 * @param other who wrote {@code theirs}
 * @param transaction the transaction whose arrival brought it to light
 * @param choice how a person decided, if one did
 */
public record Conflict(
        String id,
        boolean undecided,
        String table,
        Key key,
        @Nullable String column,
        Value base,
        Value mine,
        Value theirs,
        Value winner,
        String rule,
        Writer loser,
        Writer other,
        String transaction,
        Optional<String> choice) {

    /**
     * Who wrote a value.
     *
     * @param subject the subject of the token; empty for the server itself
     * @param device the device's id; empty for the server itself
     * @param atMillis when, as far as the server believes it; ms since 1970
     */
    public record Writer(String subject, String device, long atMillis) {}
}
