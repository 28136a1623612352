package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Stamp;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * A write that lost a merge, on its way into the inbox.
 *
 * @param scope the scope of the row
 * @param column the column; null if the row as a whole is meant
 * @param base what the loser had replaced; NULL if it is not known
 * @param mine what lost
 * @param theirs what it met
 * @param winner what the cell holds
 * @param rule the word or policy that decided
 * @param mineStamp by whom and when the loser was written
 * @param theirsStamp the same of what it met
 * @param undecided whether a person has to look at it
 */
record Conflict(
        String scope,
        Table table,
        Key key,
        @Nullable String column,
        Value base,
        Value mine,
        Value theirs,
        Value winner,
        String rule,
        Stamp mineStamp,
        Stamp theirsStamp,
        boolean undecided) {}
