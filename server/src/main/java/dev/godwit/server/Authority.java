package dev.godwit.server;

import dev.godwit.model.ForeignKey;
import dev.godwit.model.Key;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Schema;
import dev.godwit.model.Table;
import dev.godwit.model.Value;
import org.jspecify.annotations.Nullable;

/** Says what a transaction may touch: every row it writes goes through here, and what is not granted is denied. */
final class Authority {
    private final @Nullable Grant grant;
    private final Schema schema;

    /** With a device's grant; null for the server itself, which may do anything. */
    Authority(@Nullable Grant grant, Schema schema) {
        this.grant = grant;
        this.schema = schema;
    }

    void checkWrite(Table table, Key key, String scope) {
        if (grant != null && !grant.mayWrite(scope)) {
            throw new Refused(
                    RejectionCode.RIGHT,
                    grant.readOnly()
                            ? "The token only allows reading. Sign in with one that allows writing, then retry."
                            : "The token does not allow writing row " + key + " of " + table.name()
                                    + ": it lives in a scope that is not granted.",
                    table.name(),
                    key);
        }
    }

    /** A reference stays within its scope or points into a constant one (H14). */
    void checkReference(Table table, Key key, Value[] row, ForeignKey clause, Value[] parentRow) {
        Table parent = schema.table(clause.parent()).orElseThrow();
        boolean within =
                parent.constantScope() != null || parent.scopeOf(parentRow).equals(table.scopeOf(row));
        if (!within) {
            throw new Refused(
                    RejectionCode.REFERENCES,
                    "Row " + key + " of " + table.name() + " refers to a row of " + parent.name()
                            + " in another scope. Move both, or refer to one in the same scope.",
                    table.name(),
                    key);
        }
    }
}
