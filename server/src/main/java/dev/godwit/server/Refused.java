package dev.godwit.server;

import dev.godwit.model.Key;
import dev.godwit.model.Outcome;
import dev.godwit.model.RejectionCode;
import dev.godwit.model.Table;
import org.jspecify.annotations.Nullable;

/** Ends the deciding of one transaction with a rejection; never leaves {@link PushDecider}. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Outcome.Rejected rejection;

    Refused(RejectionCode code, String message, @Nullable String table, @Nullable Key key) {
        super(message, null, false, false);
        this.rejection = new Outcome.Rejected(code, message, table, key == null ? null : key.toString());
    }

    /** About one column of a row; the reason follows its name in a sentence. */
    static Refused cell(RejectionCode code, Table table, Key key, String column, String reason) {
        return new Refused(
                code,
                "Column " + column + " of " + table.name() + ", row " + key + ": " + reason + ".",
                table.name(),
                key);
    }

    Outcome.Rejected rejection() {
        return rejection;
    }
}
