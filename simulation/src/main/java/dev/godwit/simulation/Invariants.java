package dev.godwit.simulation;

import java.util.List;
import java.util.function.Function;

/** What holds in every database at every moment, whatever is pending: a list of queries that find nothing. */
final class Invariants {
    private static final String HALF_A_BATCH = "select batch, count(*) from entry group by batch"
            + " having count(*) <> cast(substr(batch, instr(batch, '/') + 1) as integer)";
    /** Both legs of a batch across scopes, where both scopes are held. */
    private static final String HALF_ACROSS = "select e.batch from entry e where e.batch like '%/1'"
            + " and not exists (select 1 from entry o where substr(o.id, instr(o.id, ':'), length(o.id) - instr(o.id, ':'))"
            + " = substr(e.id, instr(e.id, ':'), length(e.id) - instr(e.id, ':')) and o.id <> e.id)";

    private static final String SUMS = "select a.id, a.balance, (select coalesce(sum(amount), 0) from entry"
            + " where account = a.id) as entries from account a where balance is not entries";
    private static final String DANGLING = "pragma foreign_key_check";

    private Invariants() {}

    /**
     * Checks a database.
     *
     * @param ask runs a query and returns its rows as text
     * @param whole whether every scope is in it
     */
    static void check(String where, boolean whole, Function<String, List<String>> ask) {
        none("P4", where + " holds parts of batches", ask.apply(HALF_A_BATCH));
        none("P2", where + " has accounts whose entries do not add up to their balance", ask.apply(SUMS));
        none("P4", where + " has rows without their parents", ask.apply(DANGLING));
        if (whole) {
            none("P4", where + " holds one side of transactions across scopes", ask.apply(HALF_ACROSS));
        }
    }

    private static void none(String promise, String what, List<String> found) {
        if (!found.isEmpty()) {
            throw new Violation(promise, what + ": " + found);
        }
    }
}
